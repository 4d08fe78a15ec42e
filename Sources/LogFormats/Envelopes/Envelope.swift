import LogEvents

/// How a record was carried: syslog headers, container shapes, colours, in any nesting.
///
/// `peel` is asked once a line. Lines that carry the record as it is are not copied: the result is a
/// position in the line. Where text must be decoded (JSON, colours), it stands in `text`.
struct Envelope: Sendable {
  enum Result {
    /// The record begins here in the line.
    case inLine(Int)
    /// The record stands in `text`.
    case inText
    /// The line is a piece of a record that goes on in the next one; the piece was kept.
    case partial
  }

  private var clock: LocalClock
  private(set) var text: [UInt8] = []
  private var inner: [UInt8] = []
  private var pieces: [UInt8] = []
  /// Which JSON objects are taken for carriers.
  enum Opening: Sendable {
    /// All that have a text to carry.
    case anyText
    /// Those whose text is an object: the dialect's own records are objects, too.
    case objectsInText
  }
  var opening = Opening.anyText
  /// Whether records may begin with an ISO time of their own.
  var leavesTime = false

  init(_ settings: FormatSettings) { clock = LocalClock(settings) }

  mutating func peel(
    _ line: Span<UInt8>, names: inout NameTable, context: inout RecordContext
  ) -> Result {
    var start = line.has("\u{feff}", at: 0) ? 3 : 0
    text.removeAll(keepingCapacity: true)
    if position(of: 0x1b, in: line, start, line.count) < line.count {
      ContainerEnvelope.copyWithoutColours(line, from: start, into: &text)
      return peelText(names: &names, context: &context)
    }
    if let compose = ContainerEnvelope.peelCompose(line, from: start) { start = compose }
    if let (content, isPartial) = ContainerEnvelope.peelCRI(line, from: start, context: &context) {
      guard isPartial || !pieces.isEmpty else {
        return headers(line, from: content, names: &names, context: &context)
      }
      guard pieces.count < RecordReader.longestRecord else { return .partial }
      pieces.append(line, content, line.count)
      guard !isPartial else { return .partial }
      swap(&text, &pieces)
      pieces.removeAll(keepingCapacity: true)
      return peelText(names: &names, context: &context)
    }
    return headers(line, from: start, names: &names, context: &context)
  }

  private mutating func headers(
    _ line: Span<UInt8>, from start: Int, names: inout NameTable, context: inout RecordContext
  ) -> Result {
    var start = start
    for _ in 0..<2 {
      guard
        let body = peelSyslog(line, from: start, names: &names, context: &context)
      else { break }
      start = body
    }
    if line.byte(start) == UInt8(ascii: "{"), open(line, from: start, context: &context) {
      swap(&text, &inner)
      return peelText(names: &names, context: &context)
    }
    return .inLine(start)
  }

  private mutating func peelSyslog(
    _ line: Span<UInt8>, from start: Int, names: inout NameTable, context: inout RecordContext
  ) -> Int? {
    var peeled = context
    let body = SyslogEnvelope.peel(
      line, from: start, clock: &clock, names: &names, context: &peeled)
    // A header that is nothing but a time and words may be the record's own beginning.
    if leavesTime, let body, Self.beginsWithTime(line, start), !Self.beginsWithTime(line, body) {
      return nil
    }
    context = peeled
    return body
  }

  private static func beginsWithTime(_ line: Span<UInt8>, _ start: Int) -> Bool {
    var scan = ByteScanner(line, from: start)
    return (try? scan.isoTime()) != nil
  }

  /// Decodes what an object carries into `inner`, if it carries anything.
  private mutating func open(
    _ bytes: Span<UInt8>, from start: Int, context: inout RecordContext
  ) -> Bool {
    var decoded: [UInt8] = []
    swap(&decoded, &inner)
    decoded.removeAll(keepingCapacity: true)
    var carried = context
    var isOpened = ContainerEnvelope.peelJSON(
      bytes, from: start, context: &carried, into: &decoded)
    if opening == .objectsInText, !Self.mayCarryObject(decoded) { isOpened = false }
    if isOpened { context = carried }
    swap(&decoded, &inner)
    return isOpened
  }

  /// Whether a text begins as an object does, or with colours or a syslog header before one.
  private static func mayCarryObject(_ text: [UInt8]) -> Bool {
    guard let first = text.first else { return false }
    return first == UInt8(ascii: "{") || first == 0x1b
      || (first == UInt8(ascii: "<") && text.span.byte(1).isDigit)
  }

  /// Peels what the decoded text itself carries: carriers nest, but not without end.
  private mutating func peelText(
    names: inout NameTable, context: inout RecordContext, depth: Int = 0
  ) -> Result {
    var decoded: [UInt8] = []
    swap(&decoded, &text)
    if position(of: 0x1b, in: decoded.span, 0, decoded.count) < decoded.count {
      var plain: [UInt8] = []
      ContainerEnvelope.copyWithoutColours(decoded.span, from: 0, into: &plain)
      swap(&decoded, &plain)
    }
    var start = ContainerEnvelope.peelCompose(decoded.span, from: 0) ?? 0
    if let (content, isPartial) = ContainerEnvelope.peelCRI(
      decoded.span, from: start, context: &context), !isPartial
    {
      start = content
    }
    for _ in 0..<2 {
      guard
        let body = peelSyslog(decoded.span, from: start, names: &names, context: &context)
      else { break }
      start = body
    }
    if start > 0 { decoded.removeFirst(min(start, decoded.count)) }
    if depth < 2, decoded.first == UInt8(ascii: "{"),
      open(decoded.span, from: 0, context: &context)
    {
      swap(&text, &inner)
      return peelText(names: &names, context: &context, depth: depth + 1)
    }
    swap(&decoded, &text)
    return .inText
  }
}
