import LogEvents

/// Audit log of NetScaler (Citrix ADC): members and virtual servers up and down, connections, TLS.
///
///     <133> 03/02/2026:04:05:06 GMT ns1 0-PPE-0 : default EVENT MONITORDOWN 62431877 0 :  Monitor MonServiceBinding_192.0.2.11:80_(tcp-default)(svc_web) - State DOWN
///     <134>1 2026-03-02T04:05:06Z ns1 TCP 0 - - default CONN_DELINK 6243 0 : Source 203.0.113.20:48270 - Vserver 192.0.2.100:443 - ...
///
/// Events that say nothing of a backend are chatter. Source: NetScaler documentation, "Syslog message
/// reference"; formats/citrix-kemp-traefik.md part 1.
struct NetScalerLog: LogFormat {
  static let card = FormatCard(
    name: "netscaler", product: "citrix-netscaler", title: "NetScaler (Citrix ADC) audit log",
    vantage: .loadBalancer,
    sample:
      "<133> 03/02/2026:04:05:06 GMT ns1 0-PPE-0 : default EVENT DEVICEDOWN 62431884 0 :  Device "
      + "\"server_svc_NSSVC_HTTP_192.0.2.11:80(svc_web)\" - State DOWN")

  static var codes: [CodeTable] { [NetScalerGuide.table] }

  /// The parts of one record.
  private struct Entry {
    var feature = ByteRange.empty
    var name = ByteRange.empty
    var text = ByteRange.empty
    var time = Timestamp.unknown
    var host = NameID.none
  }

  private var clock: LocalClock
  private var date = NetScalerDate()

  init(_ settings: FormatSettings) { clock = LocalClock(settings) }

  mutating func read(
    _ record: Span<UInt8>, _ context: RecordContext, into batch: inout EventBatch
  ) throws(RecordFault) {
    // Application firewall records may come as CEF.
    if record.find("CEF:0|Citrix|", 0, min(record.count, 160)) != nil {
      batch.witness(context.time)
      return
    }
    let entry = try parse(record, context, &batch)
    guard entry.time.isKnown else { throw .badTime }
    var event = Event(time: entry.time, line: context.line, outcome: .info)
    event.severity = severity(context, batch)
    event.gateway = entry.host
    event.code = batch.names.id(record, entry.name)
    let isEvent = entry.feature.isEmpty || record.equals(entry.feature, "EVENT")
    if isEvent, let isUp = Self.stateOfMonitor(record, entry.name) {
      guard try tellMonitor(record, entry.text, isUp, &event, &batch) else {
        throw .badShape
      }
    } else if isEvent, let isUp = Self.stateOfDevice(record, entry.name) {
      guard tellDevice(record, entry.text, isUp, &event, &batch) else { throw .badShape }
    } else if record.equals(entry.name, "CONN_DELINK") {
      try tellConnection(record, entry.text, &event, &batch)
    } else if record.equals(entry.name, "SSL_HANDSHAKE_SUCCESS") {
      event.outcome = .ok
      try tellHandshake(record, entry.text, &event, &batch)
    } else if record.equals(entry.name, "SSL_HANDSHAKE_FAILURE") {
      event.outcome = .tlsFailure
      try tellHandshake(record, entry.text, &event, &batch)
    } else {
      batch.witness(entry.time)
      return
    }
    if event.outcome != .ok { event.message = batch.keepEvidence(record) }
    batch.append(event)
  }

  // MARK: Header

  private mutating func parse(
    _ record: Span<UInt8>, _ context: RecordContext, _ batch: inout EventBatch
  ) throws(RecordFault) -> Entry {
    var entry = Entry()
    var scan = ByteScanner(record)
    if let at = NetScalerDate.position(record) {
      scan.move(to: at + 19)
      scan.skipSpaces()
      let isGreenwich = scan.skipIf("GMT ") || scan.skipIf("UTC ")
      scan.skipSpaces()
      let host = try word(&scan)
      entry.host = batch.names.id(record, host)
      guard let colon = record.find(" : ", scan.at, record.count) else { throw .notThisDialect }
      scan.move(to: colon + 3)
      entry.time = date.time(
        record, at: at, isGreenwich: isGreenwich, host: entry.host, carrier: context.time, &clock)
    } else {
      // In RFC 5424 the header has time, host and feature.
      guard context.time.isKnown, !context.tag.isNone else { throw .notThisDialect }
      entry.time = context.time
      entry.host = context.host
    }
    scan.skipSpaces()
    // Before the next colon: partition, feature, event, id, a zero; some may be missing.
    guard let colon = record.find(" :", scan.at, record.count) else { throw .notThisDialect }
    var words = [6 of ByteRange](repeating: .empty)
    var count = 0
    while scan.at < colon {
      guard count < 6 else { throw .notThisDialect }
      words[count] = try word(&scan)
      count += 1
    }
    guard count >= 3, record.integer(words[count - 1]) != nil,
      record.integer(words[count - 2]) != nil
    else { throw .notThisDialect }
    entry.name = words[count - 3]
    if count >= 4, NetScalerDate.position(record) != nil { entry.feature = words[count - 4] }
    let text = record.trimmed(ByteRange(colon + 2, record.count))
    entry.text = text
    return entry
  }

  /// On the appliance a word such as `<local0.notice>` stands where a host does.
  private func severity(_ context: RecordContext, _ batch: borrowing EventBatch) -> Severity {
    guard context.severity == .none, !context.host.isNone else { return context.severity }
    let word = batch.names.bytes(context.host)
    guard word.first == UInt8(ascii: "<"), word.last == UInt8(ascii: ">"),
      let point = word.firstIndex(of: UInt8(ascii: "."))
    else { return .none }
    let level = word[(point + 1)...].dropLast()
    let levels: [(String, Severity)] = [
      ("emerg", .emergency), ("alert", .alert), ("crit", .critical), ("err", .error),
      ("error", .error), ("warn", .warning), ("warning", .warning), ("notice", .notice),
      ("info", .info), ("debug", .debug),
    ]
    return levels.first { level.elementsEqual($0.0.utf8) }?.1 ?? .none
  }

  private func word(_ scan: inout ByteScanner) throws(RecordFault) -> ByteRange {
    do throws(RecordFault) { return try scan.word() } catch { throw .notThisDialect }
  }

  private static func stateOfMonitor(_ record: Span<UInt8>, _ name: ByteRange) -> Bool? {
    if record.equals(name, "MONITORUP") { return true }
    return record.equals(name, "MONITORDOWN") ? false : nil
  }

  private static func stateOfDevice(_ record: Span<UInt8>, _ name: ByteRange) -> Bool? {
    if record.equals(name, "DEVICEUP") { return true }
    return record.equals(name, "DEVICEDOWN") || record.equals(name, "DEVICEOFS") ? false : nil
  }

  // MARK: States

  /// `MonServiceBinding_IP:PORT_(monitor)(service)`.
  private func tellMonitor(
    _ record: Span<UInt8>, _ text: ByteRange, _ isUp: Bool, _ event: inout Event,
    _ batch: inout EventBatch
  ) throws(RecordFault) -> Bool {
    let mark = "MonServiceBinding_"
    guard let start = record.find(mark, in: text),
      let open = record.find("_(", start + mark.utf8.count, text.end)
    else { return false }
    event.journal = .state
    event.outcome = isUp ? .serverUp : .serverDown
    event.backend = batch.member(record, ByteRange(start + mark.utf8.count, open))
    if let second = record.find(")(", open, text.end),
      let close = record.find(.closeParenthesis, second + 2, text.end)
    {
      nameService(record, ByteRange(second + 2, close), &event, &batch)
    }
    return true
  }

  /// `"server_svc_NSSVC_HTTP_IP:PORT(name)"`, with `serviceGroup` or `vip` for `svc`.
  private func tellDevice(
    _ record: Span<UInt8>, _ text: ByteRange, _ isUp: Bool, _ event: inout Event,
    _ batch: inout EventBatch
  ) -> Bool {
    guard let quote = record.find("\"server_", in: text),
      let open = record.find(.openParenthesis, quote, text.end),
      let close = record.find(.closeParenthesis, open, text.end),
      let bar = record.findLast(UInt8(ascii: "_"), in: ByteRange(quote, open))
    else { return false }
    let name = ByteRange(open + 1, close)
    event.journal = .state
    if record.has("vip_", at: quote + 8) {
      event.service = batch.names.id(record, name)
      // A virtual server goes down with its last member.
      event.outcome = isUp ? .serverUp : .poolExhausted
      return true
    }
    event.outcome = isUp ? .serverUp : .serverDown
    event.backend = batch.member(record, ByteRange(bar + 1, open))
    nameService(record, name, &event, &batch)
    return true
  }

  /// `group?server?port` or the name of a service.
  private func nameService(
    _ record: Span<UInt8>, _ name: ByteRange, _ event: inout Event, _ batch: inout EventBatch
  ) {
    if let mark = record.find(UInt8(ascii: "?"), name.start, name.end) {
      event.pool = batch.names.id(record, ByteRange(name.start, mark))
    } else {
      event.service = batch.names.id(record, name)
    }
  }

  // MARK: Exchanges

  private func tellConnection(
    _ record: Span<UInt8>, _ text: ByteRange, _ event: inout Event, _ batch: inout EventBatch
  ) throws(RecordFault) {
    let source = Self.value(record, text, "Source ")
    let destination = Self.value(record, text, "Destination ")
    guard !source.isEmpty, !destination.isEmpty else { throw .badShape }
    event.outcome = .ok
    event.journal = .access
    event.client = batch.keep(record, record.host(ofPorted: source))
    event.service = batch.member(record, Self.value(record, text, "Vserver "))
    event.backend = batch.member(record, destination)
  }

  private func tellHandshake(
    _ record: Span<UInt8>, _ text: ByteRange, _ event: inout Event, _ batch: inout EventBatch
  ) throws(RecordFault) {
    let client = Self.value(record, text, "ClientIP ")
    let address = Self.value(record, text, "VserverServiceIP ")
    let port = Self.value(record, text, "VserverServicePort ")
    guard !client.isEmpty, !address.isEmpty else { throw .badShape }
    event.journal = event.outcome == .ok ? .access : .error
    event.client = batch.keep(record, client)
    var name: [UInt8] = []
    name.append(record, address.start, address.end)
    if !port.isEmpty {
      name.append(.colon)
      name.append(record, port.start, port.end)
    }
    event.service = batch.member(name.span, ByteRange(0, name.count))
  }

  /// The value behind a key: keys stand first, or behind ` - `.
  private static func value(
    _ record: Span<UInt8>, _ text: ByteRange, _ key: String
  ) -> ByteRange {
    var at = text.start
    while at < text.end {
      let stop = record.find(" - ", at, text.end) ?? text.end
      if record.has(key, at: at) {
        return record.trimmed(ByteRange(min(at + key.utf8.count, stop), stop))
      }
      at = stop + 3
      while at < text.end, record.byte(at) == .space { at += 1 }
    }
    return .empty
  }
}
