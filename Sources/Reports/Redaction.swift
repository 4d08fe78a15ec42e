/// What must not be in a page that is shared.
///
/// Secrets are always taken out (`SecretText`). Addresses, hosts and users get pseudonyms on demand: a
/// word and a number, in the order in which the report meets them. The same input and flags give the
/// same pseudonyms, and none can be computed back, because nothing of the name is in it.
package struct Redaction: Sendable, Hashable {
  package enum Kind: String, Sendable, CaseIterable, Hashable { case ips, hosts, users }

  package var kinds: Set<Kind>

  package init(_ kinds: Set<Kind> = []) { self.kinds = kinds }

  /// `secrets`, `secrets, ips, hosts`: said in every report.
  package var level: String {
    (["secrets"] + Kind.allCases.filter(kinds.contains).map(\.rawValue)).joined(separator: ", ")
  }
}

/// Takes secrets out of texts and keeps the pseudonyms of one run.
package struct Redactor: Sendable {
  private let kinds: Set<Redaction.Kind>
  private var hosts: Set<String> = []
  private var numbers: [String: Int] = [:]
  private var counts: [String: Int] = [:]
  /// Names that get a number of their own; further ones share one word.
  private static let limit = 1 << 20

  package init(_ redaction: Redaction) { kinds = redaction.kinds }

  /// A name that is a host wherever it stands: a gateway, a member, `host:port`.
  package mutating func learn(host name: String) {
    guard kinds.contains(.hosts) else { return }
    var host = Substring(name)
    if let slash = host.lastIndex(of: "/") { host = host[host.index(after: slash)...] }
    if let colon = host.lastIndex(of: ":"), Int(host[host.index(after: colon)...]) != nil {
      host = host[..<colon]
    }
    guard host.count > 1, host.utf8.allSatisfy(Self.isName), Int(host) == nil else { return }
    hosts.insert(host.lowercased())
  }

  package mutating func text(_ text: String) -> String {
    guard kinds.contains(.users) else { return named(SecretText.scrubbed(text)) }
    var told = self
    let scrubbed = SecretText.scrubbed(text) { told.pseudonym("user", $0) }
    self = told
    return named(scrubbed)
  }

  package mutating func text(ifAny text: String?) -> String? { text.map { self.text($0) } }

  /// The whole of it is a URL or a path: what stands behind `?` is its query, blanks and all.
  package mutating func uri(_ uri: String?) -> String? {
    guard let uri, let mark = uri.firstIndex(of: "?") else { return text(ifAny: uri) }
    let query = uri[mark...].map { $0.isWhitespace || $0 == "\"" ? "+" : $0 }
    return text(String(uri[..<mark]) + String(query))
  }

  private mutating func pseudonym(_ word: String, _ name: String) -> String {
    // What has a pseudonym already keeps it.
    if name.hasPrefix(word + "-"), Int(name.dropFirst(word.count + 1)) != nil { return name }
    let key = "\(word) \(name.lowercased())"
    if let known = numbers[key] { return "\(word)-\(known)" }
    guard numbers.count < Self.limit else { return "\(word)-other" }
    counts[word, default: 0] += 1
    numbers[key] = counts[word]
    return "\(word)-\(counts[word] ?? 0)"
  }

  // MARK: Addresses and hosts

  private mutating func named(_ text: String) -> String {
    guard kinds.contains(.ips) || kinds.contains(.hosts) else { return text }
    let bytes = Array(text.utf8)
    var out: [UInt8] = []
    var at = 0
    while at < bytes.count {
      let isStart = at == 0 || !Self.isName(bytes[at - 1]) || bytes[at - 1] == .init(ascii: "_")
      if isStart, kinds.contains(.ips), let stop = Self.addressEnd(bytes, at) {
        out += Array(pseudonym("ip", String(decoding: bytes[at..<stop], as: UTF8.self)).utf8)
        at = stop
      } else if Self.isName(bytes[at]) {
        var stop = at
        while stop < bytes.count, Self.isName(bytes[stop]) { stop += 1 }
        out += Array(host(String(decoding: bytes[at..<stop], as: UTF8.self)).utf8)
        at = stop
      } else {
        out.append(bytes[at])
        at += 1
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  private mutating func host(_ word: String) -> String {
    guard kinds.contains(.hosts) else { return word }
    var name = Substring(word)
    while name.hasSuffix(".") { name = name.dropLast() }
    guard hosts.contains(name.lowercased()) || Self.looksLikeHost(name) else { return word }
    return pseudonym("host", String(name)) + word.dropFirst(name.count)
  }

  private static let suffixes: Set<String> = [
    "log", "gz", "xz", "zst", "bz2", "txt", "csv", "md", "html", "htm", "json", "ndjson", "xml",
    "swift",
    "c", "h", "cc", "cpp", "go", "java", "py", "rb", "php", "js", "css", "jsp", "asp", "aspx", "do",
    "so",
    "conf", "cfg", "yaml", "yml", "pcap", "sock", "jpg", "png", "gif", "svg", "ico", "pdf",
    "digest",
  ]

  /// Dotted words that end in letters, files and packages of programs apart.
  private static func looksLikeHost(_ name: Substring) -> Bool {
    let labels = name.split(separator: ".", omittingEmptySubsequences: false)
    guard labels.count >= 2, let last = labels.last, let first = labels.first, last.count >= 2,
      last.utf8.allSatisfy({ ($0 | 0x20) &- 97 < 26 }), labels.allSatisfy({ !$0.isEmpty }),
      !suffixes.contains(last.lowercased()),
      !["com", "org", "net", "java", "javax", "sun", "io"].contains(first.lowercased())
    else { return false }
    return name.utf8.allSatisfy { isName($0) && $0 != .init(ascii: "_") }
  }

  private static func isName(_ byte: UInt8) -> Bool {
    byte &- 48 < 10 || (byte | 0x20) &- 97 < 26 || byte == .init(ascii: "-")
      || byte == .init(ascii: ".")
      || byte == .init(ascii: "_")
  }

  /// Where the IPv4 or IPv6 address ends that starts at `start`; `nil` where none does.
  static func addressEnd(_ bytes: [UInt8], _ start: Int) -> Int? {
    if let end = dottedEnd(bytes, start) { return end }
    var stop = start
    var colons = 0
    var isCompressed = false
    while stop < bytes.count, isHex(bytes[stop]) || bytes[stop] == .init(ascii: ":") {
      if bytes[stop] == .init(ascii: ":") {
        colons += 1
        if stop > start, bytes[stop - 1] == .init(ascii: ":") { isCompressed = true }
      }
      stop += 1
    }
    // A port behind a bare address has five digits, or goes with it.
    let groups = bytes[start..<stop].split(separator: .init(ascii: ":"))
    guard colons == 7 || colons >= 2 && isCompressed && colons <= 8, !groups.isEmpty,
      groups.dropLast().allSatisfy({ $0.count <= 4 })
    else { return nil }
    if let last = groups.last, last.count > 4 {
      return groups.count > 1 ? last.startIndex - 1 : nil
    }
    if let last = groups.last, let end = dottedEnd(bytes, last.startIndex) { return end }
    guard stop == bytes.count || !isLetter(bytes[stop]) else { return nil }
    return stop
  }

  /// Four numbers up to 255 with dots between.
  private static func dottedEnd(_ bytes: [UInt8], _ start: Int) -> Int? {
    var at = start
    for number in 0..<4 {
      var value = 0
      let first = at
      while at < bytes.count, at < first + 3, bytes[at] &- 48 < 10 {
        value = value * 10 + Int(bytes[at] &- 48)
        at += 1
      }
      guard at > first, value <= 255 else { return nil }
      if number < 3 {
        guard at < bytes.count, bytes[at] == .init(ascii: ".") else { return nil }
        at += 1
      }
    }
    guard at == bytes.count || !(bytes[at] &- 48 < 10 || isLetter(bytes[at])) else { return nil }
    return at
  }

  private static func isHex(_ byte: UInt8) -> Bool { byte &- 48 < 10 || (byte | 0x20) &- 97 < 6 }
  private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 97 < 26 }
}
