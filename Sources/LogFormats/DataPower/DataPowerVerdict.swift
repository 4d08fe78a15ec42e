import LogEvents

/// What the words of a message and the object that wrote it say beyond the message's code.
enum DataPowerVerdict {
  /// What a message's own words and object add to its class.
  static func refine(
    _ outcome: inout Outcome, _ side: inout DataPowerMessage.Side, _ backend: inout BackendText,
    _ message: DataPowerMessage.Meaning, _ entry: DataPowerEntry, _ record: Span<UInt8>
  ) {
    switch (message.outcome, message.place) {
    case (.ok, .quoted):
      guard let hit = record.find("HTTP response code ", in: entry.message) else { return }
      let start = hit + "HTTP response code ".utf8.count
      let status = record.integer(ByteRange(start, start + 3)) ?? 0
      outcome = status >= 500 ? .http5xx : .ok
    case (.tlsFailure, _):
      if record.equals(entry.objectType, "ssl-server") || message.side == .front {
        side = .front
      } else if record.has("source-http", at: entry.objectType.start) {
        side = .front
      }
    case (.connectRefused, .hostAndPort):
      if record.find("imed out", in: entry.message) != nil
        || record.find("timeout", in: entry.message) != nil
      {
        outcome = .connectTimeout
      } else if record.find("refused", in: entry.message) == nil {
        switch SystemErrorText(record, entry.message) {
        case .refused: outcome = .connectRefused
        case .timedOut: outcome = .connectTimeout
        default: outcome = .connectUnreachable
        }
      }
    case (.connectUnreachable, .quoted) where message.side == .neither:
      // A side call to something that is not on the network is a missing file.
      if backend.isEmpty { outcome = .configError }
    case (.serverDown, .member):
      if record.find("marked up", in: entry.message) != nil { outcome = .serverUp }
    case (.serverDown, .object), (.serverUp, .object):
      if !record.equals(entry.objectType, "loadbalancer-group") { outcome = .info }
    case (.other, .url):
      if record.equals(entry.direction, "response") {
        outcome = .badGatewayResponse
        side = .backend
      } else {
        backend = .none
      }
    default: break
    }
  }
}
