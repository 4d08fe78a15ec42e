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
  private(set) var lastHeader = LastHeader()
  private(set) var text: [UInt8] = []
  private var inner: [UInt8] = []
  private var pieces: [UInt8] = []
  /// Behind how many runtime headers of their line the pieces stood: runtimes nest, too.
  private var levelOfPieces = 0
  /// How many such headers of the line at hand were passed.
  private var level = 0
  /// Which JSON objects are taken for carriers.
  enum Opening: Sendable {
    /// All that have a text to carry.
    case anyText
    /// Those whose text is an object: the dialect's own records are objects, too.
    case objectsInText
  }
  var opening = Opening.anyText
  /// Whether the line may have escape sequences of a terminal.
  var mayHaveColours = true
  /// Whether records may begin with an ISO time of their own.
  var leavesTime = false

  init(_ settings: FormatSettings) { clock = LocalClock(settings) }

  /// Goes on behind a line of a run; what its header said.
  mutating func settle(_ header: LastHeader, ofLine line: UInt32) -> RecordContext {
    lastHeader = header
    return header.context(ofLine: line, clock)
  }

  mutating func peel(
    _ line: Span<UInt8>, names: inout NameTable, context: inout RecordContext
  ) -> Result {
    text.removeAll(keepingCapacity: true)
    level = 0
    if mayHaveColours, farPosition(of: 0x1b, in: line, 0, line.count) < line.count {
      ContainerEnvelope.copyWithoutColours(line, from: 0, into: &text)
      return peelText(names: &names, context: &context)
    }
    let start = line.byte(0) == 0xef && line.has("\u{feff}", at: 0) ? 3 : 0
    let (content, part) = headers(line, from: start, names: &names, context: &context)
    if part != .none { return join(line, content, part, names: &names, context: &context) }
    if line.byte(content) == UInt8(ascii: "{"), open(line, from: content, context: &context) {
      swap(&text, &inner)
      return peelText(names: &names, context: &context)
    }
    return .inLine(content)
  }

  /// Which piece of a record that its carrier split a line is.
  private enum Part { case none, goesOn, last }

  /// Keeps a piece, or puts the last one to those before.
  private mutating func join(
    _ line: Span<UInt8>, _ content: Int, _ part: Part, names: inout NameTable,
    context: inout RecordContext
  ) -> Result {
    if level != levelOfPieces { pieces.removeAll(keepingCapacity: true) }
    levelOfPieces = level
    guard pieces.count < RecordReader.longestRecord else {
      if part == .last { pieces.removeAll(keepingCapacity: true) }
      return .partial
    }
    pieces.append(line, content, line.count)
    guard part == .last else { return .partial }
    swap(&text, &pieces)
    pieces.removeAll(keepingCapacity: true)
    return peelText(names: &names, context: &context)
  }

  /// Where the record begins behind prefixes and headers, which nest in any order.
  private mutating func headers(
    _ line: Span<UInt8>, from start: Int, names: inout NameTable, context: inout RecordContext
  ) -> (start: Int, part: Part) {
    var start = start
    var part = Part.none
    // Where a header begins that the next line may repeat.
    var first: Int?
    if context.isEmpty, !leavesTime {
      if let body = lastHeader.peel(line, from: start, clock, context: &context) {
        start = body
      } else {
        first = start
      }
    }
    // Compose, runtime and two relays: nobody nests deeper.
    for _ in 0..<4 {
      let isStamped = line.byte(start).isDigit && line.byte(start + 10) == UInt8(ascii: "T")
      if isStamped,
        let content = ContainerEnvelope.peelStamp(line, from: start, context: &context)
      {
        start = content
      } else if isStamped,
        let (content, isPartial) = ContainerEnvelope.peelCRI(line, from: start, context: &context)
      {
        start = content
        level += 1
        let isLast = !isPartial && !pieces.isEmpty && level == levelOfPieces
        // A piece has the headers of its record only at the record's start.
        if isPartial || isLast {
          part = isPartial ? .goesOn : .last
          break
        }
      } else if SyslogEnvelope.mayBegin(line, at: start),
        let body = peelSyslog(line, from: start, names: &names, context: &context)
      {
        if start == first { lastHeader.note(line, start, body, clock, context) }
        start = body
      } else if let content = ContainerEnvelope.peelCompose(line, from: start) {
        start = content
      } else {
        break
      }
    }
    return (start, part)
  }

  /// Opens the object that `bytes` begin with and peels what it carries, however deep.
  ///
  /// For objects that no dialect knows; `nil` when it carries no text.
  mutating func peelNested(
    _ bytes: Span<UInt8>, names: inout NameTable, context: inout RecordContext
  ) -> Result? {
    var decoded: [UInt8] = []
    swap(&decoded, &inner)
    decoded.removeAll(keepingCapacity: true)
    let isOpened = CarrierObject.open(bytes, from: 0, context: &context, depth: 2, into: &decoded)
    swap(&decoded, &inner)
    guard isOpened else { return nil }
    text.removeAll(keepingCapacity: true)
    swap(&text, &inner)
    return peelText(names: &names, context: &context)
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
    var isOpened = CarrierObject.open(
      bytes, from: start, context: &carried, depth: 0, into: &decoded)
    if opening == .objectsInText, !Self.mayCarryObject(decoded) { isOpened = false }
    if isOpened { context = carried }
    swap(&decoded, &inner)
    return isOpened
  }

  /// Whether a text begins as an object does, or with colours or a header before one.
  private static func mayCarryObject(_ text: [UInt8]) -> Bool {
    guard let first = text.first else { return false }
    return first == UInt8(ascii: "{") || first == 0x1b
      || (first == UInt8(ascii: "<") && text.span.byte(1).isDigit)
      || (first.isDigit && text.span.find(" std", 20, 40) != nil)
  }

  /// Peels what the decoded text itself carries: carriers nest, but not without end.
  private mutating func peelText(
    names: inout NameTable, context: inout RecordContext, depth: Int = 0
  ) -> Result {
    var decoded: [UInt8] = []
    swap(&decoded, &text)
    if farPosition(of: 0x1b, in: decoded.span, 0, decoded.count) < decoded.count {
      var plain: [UInt8] = []
      ContainerEnvelope.copyWithoutColours(decoded.span, from: 0, into: &plain)
      swap(&decoded, &plain)
    }
    let (start, part) = headers(decoded.span, from: 0, names: &names, context: &context)
    if part != .none {
      return join(decoded.span, start, part, names: &names, context: &context)
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
