import LogEvents

/// Where a record leaves a format, and what was expected there.
package struct Misfit: Sendable, Hashable {
  /// 1-based column, in bytes, within the line.
  package var column: Int
  package var expected: String
}

extension OwnerFormat {
  /// Where a line leaves the format, envelope passed; `nil` when it fits.
  package func misfit(_ line: Span<UInt8>, _ settings: FormatSettings) -> Misfit? {
    var envelope = Envelope(settings)
    envelope.leavesTime = program.beginsWithTime
    envelope.opening = program.isObject ? .objectsInText : .anyText
    var (names, context) = (NameTable(), RecordContext(line: 1))
    switch envelope.peel(line, names: &names, context: &context) {
    case .partial: return nil
    case .inLine(let start):
      let body = line.extracting(start..<line.count)
      guard let misfit = program.misfit(body), !fitsNested(body, &envelope) else { return nil }
      return Misfit(column: misfit.column + start, expected: misfit.expected)
    case .inText:
      let text = envelope.text
      guard let misfit = program.misfit(text.span), !fitsNested(text.span, &envelope) else {
        return nil
      }
      return misfit
    }
  }

  /// Whether what an object carries, however deep, is a record of the format.
  private func fitsNested(_ body: Span<UInt8>, _ envelope: inout Envelope) -> Bool {
    guard body.byte(0) == UInt8(ascii: "{") else { return false }
    var (names, context) = (NameTable(), RecordContext(line: 1))
    guard envelope.peelNested(body, names: &names, context: &context) != nil else { return false }
    let text = envelope.text
    return program.misfit(text.span) == nil
  }
}

extension FieldProgram {
  /// Whether records are shaped like JSON.
  var isObject: Bool {
    guard case .literal(let first) = steps[0] else { return false }
    return text[first.start] == UInt8(ascii: "{")
  }

  /// Whether records begin with their time, as a syslog header does.
  var beginsWithTime: Bool {
    guard !isObject else { return false }
    for step in steps {
      switch step {
      case .literal: continue
      case .field(let field):
        guard field.slot >= 0 else { return field.shape.width > 0 }
        return [.iso, .year].contains(fields[field.slot])
      case .fork, .end: return false
      }
    }
    return false
  }

  func misfit(_ record: Span<UInt8>) -> Misfit? {
    var ranges = Array(repeating: ByteRange.empty, count: fields.count)
    var attempt = Attempt()
    guard !match(record, into: &ranges, &attempt) else { return nil }
    var end = record.count
    while end > 0, isBlank(record[end - 1]) { end -= 1 }
    // Carriers may add blanks.
    if end < record.count { return misfit(record.extracting(0..<end)) }
    return Misfit(column: max(0, attempt.at) + 1, expected: words(attempt.step))
  }

  private func words(_ step: Int) -> String {
    switch steps[step] {
    case .end: return "the end of the record"
    case .literal: return "`\(names[step])`"
    case .fork: return "something else"
    case .field(let field):
      let value = "\(names[step]) (\(field.shape.words))"
      guard field.shape.width == 0, !field.stops.isEmpty else { return value }
      let range = stops[field.stops.start]
      return value + " and `\(String(decoding: text[range.start..<range.end], as: UTF8.self))`"
    }
  }
}
