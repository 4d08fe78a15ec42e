/// Turns the parts of a format into a program.
struct PatternCompiler {
  /// A longer format is a mistake, and would make the search deep.
  private static let mostSteps = 300

  private let pattern: String
  private var program = FieldProgram()
  private var offsets: [Int] = []
  /// The last step is a jump's end, so no literal may be joined to it.
  private var isJoint = true

  private init(_ pattern: String) { self.pattern = pattern }

  static func program(
    _ items: [PatternItem], of pattern: String
  ) throws(PatternError) -> FieldProgram {
    var compiler = PatternCompiler(pattern)
    try compiler.add(items)
    compiler.append(.end, "", pattern.utf8.count)
    try compiler.closeFields()
    compiler.keepBestTime()
    compiler.program.cutStep = compiler.cutStep
    return compiler.program
  }

  private mutating func append(_ step: FieldProgram.Step, _ name: String, _ offset: Int) {
    program.steps.append(step)
    program.names.append(name)
    offsets.append(offset)
    isJoint = false
  }

  private mutating func add(_ items: [PatternItem]) throws(PatternError) {
    for item in items {
      guard program.steps.count < Self.mostSteps else {
        throw PatternError(pattern, at: item.offset, "the format is too long from here on")
      }
      switch item.kind {
      case .literal(let bytes): add(bytes, item.offset)
      case .field(let field, let shape):
        var slot = -1
        if let field {
          slot = program.fields.count
          program.fields.append(field)
        }
        append(
          .field(FieldProgram.Field(shape: shape, slot: slot)), item.name, item.offset)
      case .optional(let items):
        let fork = program.steps.count
        append(.fork(0), "", item.offset)
        isJoint = true
        try add(items)
        program.steps[fork] = .fork(program.steps.count)
        isJoint = true
      }
    }
  }

  private mutating func add(_ bytes: [UInt8], _ offset: Int) {
    guard !bytes.isEmpty else { return }
    let start = program.text.count
    program.text += bytes
    let end = program.text.count
    if !isJoint, let last = program.steps.indices.last,
      case .literal(let before) = program.steps[last], before.end == start
    {
      program.steps[last] = .literal(ByteRange(before.start, end))
      program.names[last] += String(decoding: bytes, as: UTF8.self)
    } else {
      append(.literal(ByteRange(start, end)), String(decoding: bytes, as: UTF8.self), offset)
    }
  }

  // MARK: Where fields end

  private mutating func closeFields() throws(PatternError) {
    for index in program.steps.indices {
      guard case .field(var field) = program.steps[index] else { continue }
      if field.shape.width > 0 {
        field.isCertain = true
      } else {
        let first = program.stops.count
        var mayEnd = false
        try collectStops(from: index + 1, of: index, &mayEnd)
        field.stops = ByteRange(first, program.stops.count)
        field.mayEnd = mayEnd
        field.isCertain = program.stops[first...].allSatisfy { isCertain(field.shape, $0) }
      }
      program.steps[index] = .field(field)
    }
  }

  /// Whether a value of the shape cannot hold what ends it.
  private func isCertain(_ shape: FieldShape, _ stop: ByteRange) -> Bool {
    let byte = program.text[stop.start]
    if shape.isEscaped, byte == .quote { return true }
    return shape.kind != .list && !shape.holds(byte)
  }

  private mutating func collectStops(
    from index: Int, of field: Int, _ mayEnd: inout Bool
  ) throws(PatternError) {
    switch program.steps[index] {
    case .end: mayEnd = true
    case .literal(let literal): program.stops.append(literal)
    case .fork(let other):
      try collectStops(from: index + 1, of: field, &mayEnd)
      try collectStops(from: other, of: field, &mayEnd)
    case .field(let next):
      guard next.shape.begins != 0 else {
        throw PatternError(
          pattern, at: offsets[index],
          "nothing stands between \(program.names[field]) and \(program.names[index]), so nobody "
            + "can tell where the first ends; put a blank or quotes between them")
      }
      program.text.append(next.shape.begins)
      program.stops.append(ByteRange(program.text.count - 1, program.text.count))
    }
  }

  /// Behind the last field that a record must have.
  private var cutStep: Int {
    let last = program.steps.lastIndex { step in
      guard case .field(let field) = step, field.slot >= 0 else { return false }
      return !program.fields[field.slot].isDispensable
    }
    return last.map { $0 + 1 } ?? 0
  }

  // MARK: Time

  /// A format may tell the time several times: the one with fraction and zone is kept.
  private mutating func keepBestTime() {
    let hasFraction = program.fields.contains { $0 == .thousandths || $0 == .millionths }
    func rank(_ field: PatternField) -> Int? {
      PatternTime.rank(field, hasFraction: hasFraction)
    }
    guard let best = program.fields.compactMap(rank).max() else { return }
    var isFound = false
    for index in program.steps.indices {
      guard case .field(var field) = program.steps[index], field.slot >= 0,
        let rank = rank(program.fields[field.slot])
      else { continue }
      if rank < best || isFound {
        field.slot = -1
        program.steps[index] = .field(field)
      } else {
        isFound = true
      }
    }
  }
}
