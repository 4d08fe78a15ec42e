import LogEvents

/// What a product's own code or text stands for.
package struct CodeMeaning: Sendable {
  /// The code, or the text that products without codes write.
  package var code: String
  package var product: String
  /// What the product says with it.
  package var says: String
  /// Classes that it may be read as; the record's other parts decide between several.
  package var outcomes: [Outcome]
  /// What it does not prove, or what is known only of this code; empty where its classes say it all.
  package var caveat: String
  package var source: String
}

/// Codes and texts of one product, as `explain` tells them; they stand near the format that reads them.
package struct CodeTable: Sendable {
  package struct Entry: Sendable {
    var code: String
    var says: String
    var outcomes: [Outcome]
    var caveat: String

    init(_ code: String, _ says: String, _ outcomes: Outcome..., caveat: String = "") {
      self.code = code
      self.says = says
      self.outcomes = outcomes
      self.caveat = caveat
    }

    init(_ code: String, _ says: String, classes: [Outcome], caveat: String = "") {
      self.code = code
      self.says = says
      outcomes = classes
      self.caveat = caveat
    }
  }

  var product: String
  var source: String
  var entries: [Entry]

  func meaning(_ entry: Entry) -> CodeMeaning {
    CodeMeaning(
      code: entry.code, product: product, says: entry.says, outcomes: entry.outcomes,
      caveat: entry.caveat, source: source)
  }
}

/// Looks codes up in the tables that the formats read with.
package enum CodeGuide {
  static let tables: [CodeTable] = FormatShelf.all.flatMap { $0.codes } + [StatusGuide.table]

  /// Every code and text that is known, for lists and tests.
  package static var all: [CodeMeaning] {
    tables.flatMap { table in table.entries.map(table.meaning) }
  }

  /// The codes that are the term; else the texts that stand in it, or in which it stands.
  ///
  /// A pasted record is a good term.
  package static func meanings(of term: String) -> [CodeMeaning] {
    let wanted = term.lowercased()
    guard !wanted.isEmpty else { return [] }
    let exact = all.filter { $0.code.lowercased() == wanted }
    let state = HAProxyGuide.state(term).map { [$0] } ?? []
    if !exact.isEmpty || !state.isEmpty { return exact + state }
    if let padded = ApacheGuide.padded(term) { return meanings(of: padded) }
    let within = all.filter { $0.code.count >= 5 && stands($0.code.lowercased(), in: wanted) }
    if !within.isEmpty { return Array(longest(within).prefix(12)) }
    guard wanted.count >= 5, wanted.contains(" ") || wanted.count >= 8 else { return [] }
    return Array(all.filter { $0.code.lowercased().contains(wanted) }.prefix(12))
  }

  /// Whether `code` stands in the text by itself.
  private static func stands(_ code: String, in text: String) -> Bool {
    guard let range = text.firstRange(of: code) else { return false }
    guard !code.contains(" ") else { return true }
    let before =
      range.lowerBound == text.startIndex ? nil : text[text.index(before: range.lowerBound)]
    let after = range.upperBound == text.endIndex ? nil : text[range.upperBound]
    return !(before.map { isPart($0) && $0 != "_" } ?? false) && !(after.map(isPart) ?? false)
  }

  private static func isPart(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || character == "_"
  }

  /// What is part of a longer text that stands there too says less.
  private static func longest(_ found: [CodeMeaning]) -> [CodeMeaning] {
    found.filter { entry in
      !found.contains {
        $0.code.count > entry.code.count && $0.code.lowercased().contains(entry.code.lowercased())
      }
    }
  }

  /// Codes spelled like the term, the nearest first.
  package static func near(_ term: String, among more: [String] = []) -> [String] {
    let wanted = Array(term.lowercased().utf8.prefix(64))
    var seen: Set<String> = []
    let ranked = (more + HAProxyGuide.commonStates + all.map(\.code)).compactMap {
      code -> (distance: Int, code: String)? in
      let bytes = Array(code.lowercased().utf8)
      guard bytes.count <= 48, seen.insert(code).inserted else { return nil }
      let isPart = wanted.count >= 3 && code.lowercased().contains(term.lowercased())
      let distance = isPart ? 1 : distance(wanted, bytes)
      return distance <= max(1, min(wanted.count, bytes.count) / 3) ? (distance, code) : nil
    }
    return ranked.sorted { ($0.distance, $0.code) < ($1.distance, $1.code) }.prefix(6).map(\.code)
  }

  /// Insertions, deletions and changes of one byte that make one of the other (Levenshtein).
  private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var row = Array(0...b.count)
    for (i, byte) in a.enumerated() {
      var before = row[0]
      row[0] = i + 1
      for j in b.indices {
        let kept = row[j + 1]
        row[j + 1] = min(before + (b[j] == byte ? 0 : 1), row[j] + 1, row[j + 1] + 1)
        before = kept
      }
    }
    return row[b.count]
  }
}
