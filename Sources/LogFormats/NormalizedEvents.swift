import LogEvents

/// What `logtriage events --format ndjson` writes, read again: other tools feed the correlator so.
///
///     {"file":"gw1.log","line":7,"time":"2026-11-20T23:57:51.236Z","source":"haproxy",...,"class":"ok"}
///
/// Unknown keys are passed over; `class` and `time` must be there.
struct NormalizedEvents: LogFormat {
  static let card = FormatCard(
    name: "events", product: "events", title: "Normalized events, as `logtriage events` writes",
    vantage: .gateway,
    sample: "{\"file\":\"gw1.log\",\"line\":7,\"time\":\"2026-11-20T23:57:51.236Z\","
      + "\"class\":\"connect-refused\",\"backend\":\"be1.example.com:8443\"}")

  let readsJSON = true

  init(_ settings: FormatSettings) {}

  func stands(_ line: Span<UInt8>, apartFrom before: Span<UInt8>) -> Bool { true }

  mutating func read(
    _ record: Span<UInt8>, _ context: RecordContext, into batch: inout EventBatch
  ) throws(RecordFault) {
    guard record.byte(0) == UInt8(ascii: "{"),
      var members = JSONMembers(record, record.whole)
    else { throw .notThisDialect }
    var event = Event(time: .unknown, line: context.line, outcome: .info)
    var outcome: Outcome?
    while let member = try members.next() {
      guard member.kind != .literal else { continue }
      let value = member.value
      // The first byte and the length tell the keys apart.
      switch (record.byte(member.key.start), member.key.count) {
      case (UInt8(ascii: "t"), 4) where record.equals(member.key, "time"):
        var scan = ByteScanner(record, from: value.start)
        let civil = try scan.isoTime()
        guard civil.isValid else { throw .badTime }
        let seconds = civil.seconds(inYear: civil.year) - Int64(civil.offsetSeconds ?? 0)
        event.time = Timestamp(milliseconds: seconds * 1000 + Int64(civil.millisecond))
        event.hasMilliseconds = civil.hasMilliseconds
      case (UInt8(ascii: "c"), 5) where record.equals(member.key, "class"):
        outcome = Self.outcomes.first { record.equals(value, $0.name) }?.outcome
      case (UInt8(ascii: "f"), 4) where record.equals(member.key, "file"):
        event.stream = name(record, member, &batch)
      case (UInt8(ascii: "g"), 7): event.gateway = name(record, member, &batch)
      case (UInt8(ascii: "b"), 7): event.backend = name(record, member, &batch)
      case (UInt8(ascii: "p"), 4): event.pool = name(record, member, &batch)
      case (UInt8(ascii: "s"), 7) where record.equals(member.key, "service"):
        event.service = name(record, member, &batch)
      case (UInt8(ascii: "c"), 4): event.code = name(record, member, &batch)
      case (UInt8(ascii: "t"), 11): event.transaction = text(record, member, &batch)
      case (UInt8(ascii: "c"), 6): event.client = text(record, member, &batch)
      case (UInt8(ascii: "u"), 3): event.uri = text(record, member, &batch)
      case (UInt8(ascii: "m"), 7): event.message = text(record, member, &batch)
      case (UInt8(ascii: "s"), 6) where record.equals(member.key, "status"):
        event.status = UInt16(clamping: record.integer(value) ?? 0)
      case (UInt8(ascii: "d"), 11):
        event.durationMilliseconds = Int32(clamping: record.integer(value) ?? -1)
      case (UInt8(ascii: "c"), 5) where record.equals(member.key, "count"):
        event.count = max(1, UInt32(clamping: record.integer(value) ?? 1))
      case (UInt8(ascii: "s"), 7) where record.equals(member.key, "span_ms"):
        event.spanMilliseconds = UInt32(clamping: record.integer(value) ?? 0)
      case (UInt8(ascii: "j"), 7):
        event.journal =
          record.equals(value, "access")
          ? .access : record.equals(value, "state") ? .state : .error
      case (UInt8(ascii: "n"), 4) where record.equals(member.key, "note"):
        event.note =
          Note.allCases.first { $0.name.map { record.equals(value, $0) } ?? false } ?? .none
      default: break
      }
    }
    guard let outcome, event.time.isKnown else { throw .notThisDialect }
    event.outcome = outcome
    batch.append(event)
  }

  private static let outcomes = Outcome.allCases.map { (name: $0.name, outcome: $0) }

  private func name(
    _ record: Span<UInt8>, _ member: JSONMembers.Member, _ batch: inout EventBatch
  ) -> NameID {
    guard member.hasEscapes else { return batch.names.id(record, member.value) }
    var decoded: [UInt8] = []
    unescape(record, member.value, into: &decoded)
    return batch.names.id(decoded.span)
  }

  private func text(
    _ record: Span<UInt8>, _ member: JSONMembers.Member, _ batch: inout EventBatch
  ) -> TextRange {
    guard member.hasEscapes else { return batch.keep(record, member.value) }
    var decoded: [UInt8] = []
    unescape(record, member.value, into: &decoded)
    return batch.keep(decoded)
  }
}
