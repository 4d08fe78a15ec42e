import LogEvents

/// An event kept in the digest: proof for the reader, and a sample for shares of keys.
package struct StoredEvent: Ranked, Equatable {
  // First what leaves room behind it, which the small ones take.
  private var text: EventText
  package var outcome: Outcome
  package var line: UInt32
  /// Milliseconds; negative where the record has none.
  package var duration: Int32
  package var hash: UInt64
  package var time: Int64
  package var file: String
  package var gateway: String?
  package var code: String?

  package var client: String? { text.client }
  package var uri: String? { text.uri }
  package var message: String? { text.message }

  init(
    hash: UInt64, time: Int64, outcome: Outcome, line: UInt32, duration: Int32, file: String,
    gateway: String?, code: String?, text: EventText
  ) {
    self.hash = hash
    self.time = time
    self.outcome = outcome
    self.line = line
    self.duration = duration
    self.file = file
    self.gateway = gateway
    self.code = code
    self.text = text
  }

  /// Order by hash; the fields decide between equal hashes, so that the choice never depends on the
  /// order of events.
  package func precedes(_ other: StoredEvent) -> Bool {
    if hash != other.hash { return hash < other.hash }
    if time != other.time { return time < other.time }
    if file != other.file { return file < other.file }
    if line != other.line { return line < other.line }
    if outcome != other.outcome { return outcome.rawValue < other.outcome.rawValue }
    return (client ?? "", uri ?? "", gateway ?? "", code ?? "", message ?? "")
      < (
        other.client ?? "", other.uri ?? "", other.gateway ?? "", other.code ?? "",
        other.message ?? ""
      )
  }

  package var exemplar: Exemplar {
    var kept = Exemplar(
      time: Timestamp(milliseconds: time), outcome: outcome, file: file, line: Int(line))
    kept.gateway = gateway
    kept.client = client
    kept.uri = uri
    kept.code = code
    kept.message = message
    return kept
  }
}

extension StoredEvent: Codable {
  private enum Key: String, CodingKey {
    case hash, time, outcome, line, duration, file, gateway, client, uri, code, message
  }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    func text(_ key: Key) throws -> String? {
      try values.decodeIfPresent(String.self, forKey: key)
    }
    self.init(
      hash: try values.decode(UInt64.self, forKey: .hash),
      time: try values.decode(Int64.self, forKey: .time),
      outcome: try values.decode(Outcome.self, forKey: .outcome),
      line: try values.decode(UInt32.self, forKey: .line),
      duration: try values.decode(Int32.self, forKey: .duration),
      file: try values.decode(String.self, forKey: .file), gateway: try text(.gateway),
      code: try text(.code),
      text: EventText(client: try text(.client), uri: try text(.uri), message: try text(.message)))
  }

  package func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    try values.encode(hash, forKey: .hash)
    try values.encode(time, forKey: .time)
    try values.encode(outcome, forKey: .outcome)
    try values.encode(line, forKey: .line)
    try values.encode(duration, forKey: .duration)
    try values.encode(file, forKey: .file)
    try values.encodeIfPresent(gateway, forKey: .gateway)
    try values.encodeIfPresent(client, forKey: .client)
    try values.encodeIfPresent(uri, forKey: .uri)
    try values.encodeIfPresent(code, forKey: .code)
    try values.encodeIfPresent(message, forKey: .message)
  }
}
