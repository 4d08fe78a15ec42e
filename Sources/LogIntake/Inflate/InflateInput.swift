/// Inflates data on the way; memory is bounded whatever the ratio.
final class InflateInput: ByteInput {
  private let path: String
  private let source: PeekableInput
  private let wrapping: DeflateWrapping
  private let budget: UnpackingBudget
  private let inflater: any Inflater
  private var isInsideMember = true
  private var isDamaged = false
  private var isAtEnd = false

  /// Of gzip, all members one after the other; bare data end where they end, and the input is left there.
  ///
  /// `inflater`: the fastest there is unless told.
  init(
    path: String, _ source: PeekableInput, _ wrapping: DeflateWrapping, _ budget: UnpackingBudget,
    _ inflater: (any Inflater)? = nil
  ) throws(SourceProblem) {
    self.path = path
    self.source = source
    self.wrapping = wrapping
    self.budget = budget
    let magic = try source.peek(2)
    guard let inflater = inflater ?? wrapping.inflater(magic) else {
      throw SourceProblem(path: path, kind: .damagedGzip)
    }
    self.inflater = inflater
  }

  func read(into buffer: inout [UInt8], from position: Int) throws(SourceProblem) -> Int {
    while !isAtEnd {
      guard !isDamaged else {
        isAtEnd = true
        throw SourceProblem(path: path, kind: .damagedGzip)
      }
      let next = try source.peek(1).first
      if !isInsideMember {
        // Zero bytes after the last member are padding (gzip(1)); anything else starts a member.
        guard wrapping == .gzip, let next, next != 0 else {
          isAtEnd = true
          return 0
        }
        inflater.reset()
        isInsideMember = true
      }
      let step = inflateSome(into: &buffer, from: position)
      if step.state == .end { isInsideMember = false }
      // Input that ends too early still leaves what the inflater holds.
      isDamaged = step.state == .damaged || step.state == .amid && next == nil && step.made == 0
      try budget.note(unpacked: step.made)
      if step.made > 0 { return step.made }
    }
    return 0
  }

  private func inflateSome(into buffer: inout [UInt8], from position: Int) -> InflateStep {
    let step = unsafe source.withUnread { input in
      unsafe buffer.withUnsafeMutableBufferPointer { output in
        unsafe inflater.inflate(input, into: .init(rebasing: output[position...]))
      }
    }
    source.advance(by: step.used)
    return step
  }
}
