import LogEvents

/// JSON objects that carry a record as text: a container runtime's, a shipper's, journald's export.
///
///     {"log":"the record\n","stream":"stdout","time":"2026-11-20T23:57:51.2361Z"}           Docker
///     {"@timestamp":"2026-11-20T23:57:51.236Z","message":"the record","host":{"name":"gw1"}}   Filebeat
///     {"__REALTIME_TIMESTAMP":"1795219071236117","_HOSTNAME":"gw1","MESSAGE":"the record"}    journald
///     {"date":1795219071.236,"log":"the record"}                                              Fluent Bit
///     {"_source":{"message":"the record"}}                                                    exports
///
/// Source: systemd, "Journal JSON Format": a message that is no UTF-8 is an array of bytes.
enum CarrierObject {
  private static let textKeys = ["log", "message", "MESSAGE", "msg"]
  /// Keys of text that are met in nested objects or without any of the above.
  private static let rareTextKeys = ["original", "textPayload", "body", "line", "_raw", "event"]

  private struct Parts {
    var content: JSONMembers.Member?
    var rare: JSONMembers.Member?
    var bytes: ByteRange?
    var nested: [ByteRange] = []
  }

  /// Appends what the object carries to `text` and tells whether it carries any; `depth` is how
  /// deep it may be nested.
  static func open(
    _ bytes: Span<UInt8>, from start: Int, context: inout RecordContext, depth: Int,
    into text: inout [UInt8]
  ) -> Bool {
    guard var members = JSONMembers(bytes, ByteRange(start, bytes.count)) else { return false }
    var parts = Parts()
    var stamped = context
    do throws(RecordFault) {
      while let member = try members.next() {
        take(bytes, member, depth, &parts, &stamped)
      }
    } catch {
      return false
    }
    if let content = parts.content ?? (depth > 0 ? parts.rare : nil) {
      unescape(bytes, content.value, into: &text)
    } else if let list = parts.bytes {
      guard append(bytes, list, &text) else { return false }
    } else {
      let isOpened = parts.nested.contains {
        open(
          bytes.extracting(0..<$0.end), from: $0.start, context: &stamped, depth: depth - 1,
          into: &text)
      }
      guard isOpened else { return false }
    }
    context = stamped
    while let last = text.last, last == .newline || last == .carriageReturn { text.removeLast() }
    return true
  }

  private static func take(
    _ bytes: Span<UInt8>, _ member: JSONMembers.Member, _ depth: Int, _ parts: inout Parts,
    _ context: inout RecordContext
  ) {
    switch member.kind {
    case .string:
      if textKeys.contains(where: { bytes.equals(member.key, $0) }) {
        if parts.content == nil { parts.content = member }
      } else if bytes.equals(member.key, "time") || bytes.equals(member.key, "@timestamp")
        || bytes.equals(member.key, "timestamp")
      {
        stamp(bytes, member.value, &context)
      } else if bytes.equals(member.key, "__REALTIME_TIMESTAMP") {
        epoch(bytes, member.value, &context)
      } else if bytes.equals(member.key, "PRIORITY") {
        let level = bytes.integer(member.value).flatMap { UInt8(exactly: $0) }
        if let level, let severity = Severity(rawValue: level) { context.severity = severity }
      } else if parts.rare == nil, rareTextKeys.contains(where: { bytes.equals(member.key, $0) }) {
        parts.rare = member
      }
    case .number:
      let isEpoch = ["timestamp", "date", "ts", "time"].contains { bytes.equals(member.key, $0) }
      if isEpoch { epoch(bytes, member.value, &context) }
    case .array:
      if bytes.equals(member.key, "MESSAGE") { parts.bytes = member.value }
    case .object:
      if depth > 0, parts.nested.count < 16 { parts.nested.append(member.value) }
    case .literal: break
    }
  }

  private static func stamp(
    _ bytes: Span<UInt8>, _ value: ByteRange, _ context: inout RecordContext
  ) {
    var scan = ByteScanner(bytes, from: value.start)
    var clock = LocalClock(.nothingAssumed)
    guard let civil = try? scan.isoTime() else { return }
    context.time = clock.timestamp(civil)
    context.hasMilliseconds = civil.hasMilliseconds
  }

  /// Seconds, milliseconds, microseconds or nanoseconds since 1970, by the number of digits.
  private static func epoch(
    _ bytes: Span<UInt8>, _ value: ByteRange, _ context: inout RecordContext
  ) {
    let point = bytes.find(UInt8(ascii: "."), value.start, value.end) ?? value.end
    let digits = point - value.start
    guard digits >= 10, digits <= 18 || digits == 19,
      let head = bytes.integer(ByteRange(value.start, value.start + min(digits, 13)))
    else { return }
    var milliseconds = head
    if digits < 13 {
      guard digits == 10, let exact = bytes.milliseconds(ofSeconds: value) else { return }
      milliseconds = exact
    }
    context.time = Timestamp(milliseconds: Int64(milliseconds))
    context.hasMilliseconds = digits >= 13 || point < value.end
  }

  /// The bytes that an array of numbers spells.
  private static func append(
    _ bytes: Span<UInt8>, _ list: ByteRange, _ text: inout [UInt8]
  ) -> Bool {
    var value = 0
    var hasDigit = false
    for at in (list.start + 1)..<max(list.start + 1, list.end) {
      let byte = bytes.byte(at)
      if byte.isDigit {
        value = value * 10 + Int(byte &- 48)
        hasDigit = true
        guard value < 256 else { return false }
      } else if byte == .comma || byte == .closeBracket {
        guard hasDigit else { return false }
        text.append(UInt8(value))
        (value, hasDigit) = (0, false)
      } else if !isBlank(byte) {
        return false
      }
    }
    return !text.isEmpty
  }
}
