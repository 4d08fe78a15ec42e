/// How much a bundle may become: its maker is a stranger.
///
/// Memory is bounded anyway; this bounds the time that a bomb costs.
final class UnpackingBudget {
  /// An F5 qkview has some 20,000 entries.
  static let mostEntries = 100_000
  /// Logs shrink to a tenth or a sixtieth; deflate ends at a 1032th, which only a bomb gets near.
  static let mostRatio = 400
  /// Bytes that come out in a blink are nobody's bomb, whatever their ratio.
  static let freeBytes = 64 << 20
  /// Minutes of unpacking: more than any support bundle holds.
  static let mostBytes = 64 << 30
  /// Bundles within bundles: an outer zip of the ticket and the product's own bundle in it.
  static let deepestBundle = 2
  /// Compressions on top of each other, such as a `.gz` that was sent as `.xz`.
  static let mostLayers = 3

  private let path: String
  /// Bytes of the bundle itself; 0 as long as they are not known.
  private var packed: Int
  private var unpacked = 0
  private var entries = 0
  /// Set once a limit was reached: nothing more is unpacked.
  private(set) var refused: SourceProblem?
  /// A log that is compressed by itself may have any ratio.
  var isBundle = false

  init(path: String, size: Int) {
    self.path = path
    packed = size
  }

  /// For an input without a size, such as a pipe.
  func note(packed count: Int) { packed += count }

  func note(unpacked count: Int) throws(SourceProblem) {
    unpacked += count
    guard isBundle, unpacked > Self.freeBytes else { return }
    if let refused { throw refused }
    if unpacked / Self.mostRatio > packed {
      throw refusal("unpacks to more than \(Self.mostRatio) times its size")
    }
    if unpacked > Self.mostBytes {
      throw refusal("unpacks to more than \(Self.mostBytes >> 30) GiB")
    }
  }

  func noteEntry() throws(SourceProblem) {
    entries += 1
    if entries > Self.mostEntries { throw refusal("more than \(Self.mostEntries) entries") }
  }

  func refusal(_ words: String) -> SourceProblem {
    let refusal = SourceProblem(path: path, kind: .refused(words))
    refused = refusal
    return refusal
  }
}
