import LogEvents

/// The traffic log's payload, read by the template that the operator gave it
/// (`trafficlogger.detail`): literal text between variables are the anchors.
///
/// Source: formats/ca-api-gateway.md §1.5; techdocs 9.1 "HTTP Routing Response Codes".
struct CATraffic: Sendable {
  private enum Variable {
    case service, request, client, status, reason, url, latency, elapsed, node, other
  }

  private struct Part: Sendable {
    var before: [UInt8]
    var variable: Variable
  }

  private var parts: [Part] = []
  private var tail: [UInt8] = []

  private static let variables: [(name: String, variable: Variable)] = [
    ("service.name", .service), ("requestId", .request), ("request.tcp.remoteip", .client),
    ("request.tcp.remoteAddress", .client), ("request.clientid", .client),
    ("response.http.status", .status), ("httpRouting.reasonCode", .reason),
    ("httpRouting.url", .url), ("httpRouting.latency", .latency),
    ("request.elapsedTime", .elapsed), ("ssgnode.name", .node),
  ]

  init(template: String) {
    var literal: [UInt8] = []
    var rest = Substring(template)
    while let open = rest.firstRange(of: "${"),
      let close = rest[open.upperBound...].firstIndex(of: "}")
    {
      literal += Array(rest[..<open.lowerBound].utf8)
      let name = rest[open.upperBound..<close]
      let variable = Self.variables.first { $0.name.lowercased() == name.lowercased() }?.variable
      parts.append(Part(before: literal, variable: variable ?? .other))
      literal = []
      rest = rest[rest.index(after: close)...]
    }
    tail = literal + Array(rest.utf8)
  }

  /// Fills the event from the payload; `false` when the payload does not fit the template.
  func read(
    _ record: Span<UInt8>, _ payload: ByteRange, _ event: inout Event, _ batch: inout EventBatch
  ) -> Bool {
    var at = payload.start
    var reason = ByteRange.empty
    var status = ByteRange.empty
    for (index, part) in parts.enumerated() {
      guard matches(record, part.before, at, payload.end) else { return false }
      at += part.before.count
      let next = index + 1 < parts.count ? parts[index + 1].before : tail
      var end = payload.end
      if !next.isEmpty {
        guard let hit = find(record, next, at, payload.end) else { return false }
        end = hit
      }
      let value = record.trimmed(ByteRange(at, end))
      switch part.variable {
      case .service: event.service = batch.names.id(record, value)
      case .request: event.transaction = batch.keep(record, value)
      case .client: event.client = batch.keep(record, value)
      case .node: event.gateway = batch.names.id(record, value)
      case .status: status = value
      case .reason: reason = value
      case .url:
        event.backend = batch.names.id(CABackend.url(record, value).span)
        event.uri = batch.keep(record, value)
      case .elapsed:
        event.durationMilliseconds = Int32(clamping: record.integer(value) ?? -1)
      case .latency, .other: break
      }
      at = end
    }
    judge(record, reason: reason, status: status, &event, &batch)
    return true
  }

  private func judge(
    _ record: Span<UInt8>, reason: ByteRange, status: ByteRange, _ event: inout Event,
    _ batch: inout EventBatch
  ) {
    let answered = record.integer(status) ?? 0
    event.status = UInt16(clamping: answered)
    event.journal = .access
    guard let code = record.integer(reason) else {
      event.code = batch.names.id(record, status)
      event.backend = .none
      event.outcome = answered >= 500 ? .http5xx : answered >= 400 ? .info : .ok
      return
    }
    event.code = batch.names.id(record, reason)
    switch code {
    case -1: event.outcome = .connectUnreachable
    case -2: event.outcome = .configError
    case -3: event.outcome = .connectTimeout
    case -4: event.outcome = .responseTimeout
    case ..<0: event.outcome = .other
    default: event.outcome = code >= 500 ? .http5xx : .ok
    }
  }

  private func matches(_ record: Span<UInt8>, _ text: [UInt8], _ at: Int, _ end: Int) -> Bool {
    guard at + text.count <= end else { return false }
    for offset in text.indices where record.byte(at + offset) != text[offset] { return false }
    return true
  }

  private func find(_ record: Span<UInt8>, _ text: [UInt8], _ start: Int, _ end: Int) -> Int? {
    var at = start
    while let hit = record.find(text[0], at, end) {
      if matches(record, text, hit, end) { return hit }
      at = hit + 1
    }
    // A separator at the very end may have lost its blank.
    return nil
  }
}
