import LogEvents

/// An event kept in the digest: proof for the reader, and a sample for shares of keys.
package struct StoredEvent: Ranked, Equatable, Codable {
  package var hash: UInt64
  package var time: Int64
  package var outcome: Outcome
  package var line: UInt32
  /// Milliseconds; negative where the record has none.
  package var duration: Int32 = -1
  package var file: String
  package var gateway: String?
  package var client: String?
  package var uri: String?
  package var code: String?
  package var message: String?

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
