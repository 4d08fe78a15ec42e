import LogEvents

/// What a product's own code stands for.
package struct CodeMeaning: Sendable {
  package var code: String
  package var product: String
  /// What the product says with it.
  package var says: String
  /// Classes that it may be read as; the record's other parts decide between several.
  package var outcomes: [Outcome]
}

/// Looks codes up in the tables that the formats read with.
package enum CodeGuide {
  package static func meanings(of term: String) -> [CodeMeaning] {
    let bytes = Array(term.utf8)
    let span = bytes.span
    return [apache(term, span), dataPower(term, span), haproxy(term, span), f5(term, span)]
      .compactMap { $0 }
  }

  private static func apache(_ term: String, _ bytes: Span<UInt8>) -> CodeMeaning? {
    guard bytes.has("AH", at: 0), let number = bytes.integer(ByteRange(2, bytes.count)) else {
      return nil
    }
    let messages = ApacheMessage.table.filter { $0.codes.contains(number) }
    guard !messages.isEmpty else { return nil }
    let outcomes = Set(messages.flatMap(\.outcomes)).sorted { $0.rawValue < $1.rawValue }
    let texts = messages.map(\.text).filter { !$0.isEmpty }
    return CodeMeaning(
      code: term, product: "Apache httpd",
      says: texts.isEmpty ? "a message of the proxy modules" : texts.joined(separator: "; "),
      outcomes: outcomes)
  }

  private static func dataPower(_ term: String, _ bytes: Span<UInt8>) -> CodeMeaning? {
    guard bytes.has("0x", at: 0), let number = hexadecimal(bytes, 2, bytes.count),
      let message = DataPowerMessage.table.first(where: { $0.codes.contains(number) })
    else { return nil }
    let cause =
      message.isGeneric
      ? "; the last word of a failed transaction, other records name the cause" : ""
    let says =
      message.text.isEmpty ? "backside or gateway message without fixed text" : message.text
    return CodeMeaning(
      code: term, product: "IBM DataPower", says: says + cause, outcomes: [message.outcome])
  }

  private static func haproxy(_ term: String, _ bytes: Span<UInt8>) -> CodeMeaning? {
    guard HAProxyTermination.isState(bytes, bytes.whole),
      HAProxyTermination.phases.contains(where: { $0.letter == bytes.byte(1) }),
      let who = HAProxyTermination.enders.first(where: { $0.letter == bytes.byte(0) })
    else { return nil }
    let phase = HAProxyTermination.phases.first { $0.letter == bytes.byte(1) }
    var outcomes: [Outcome] = []
    for hasServer in [true, false] {
      let outcome = HAProxyTermination.outcome(
        bytes.byte(0), bytes.byte(1), status: 0, isHTTP: bytes.count == 4, hasServer: hasServer)
      if !outcomes.contains(outcome) { outcomes.append(outcome) }
    }
    return CodeMeaning(
      code: term, product: "HAProxy", says: "\(who.words) \(phase?.words ?? "")", outcomes: outcomes
    )
  }

  private static func f5(_ term: String, _ bytes: Span<UInt8>) -> CodeMeaning? {
    guard bytes.count == 8, let id = hexadecimal(bytes, 0, 8),
      let message = F5Log.messages.first(where: { $0.ids.contains(id) })
    else { return nil }
    return CodeMeaning(
      code: term, product: "F5 BIG-IP", says: message.shape.words, outcomes: [message.outcome])
  }
}
