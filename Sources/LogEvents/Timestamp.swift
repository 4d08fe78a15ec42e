/// A moment, in milliseconds since 1970-01-01T00:00:00Z.
///
/// Zones are resolved where a record is read, once; from there on every time is UTC.
public struct Timestamp: BitwiseCopyable, Hashable, Comparable, Sendable {
  public var milliseconds: Int64

  @inlinable
  public init(milliseconds: Int64) { self.milliseconds = milliseconds }

  /// The record carried no time that could be read.
  public static let unknown = Timestamp(milliseconds: .min)

  @inlinable
  public var isKnown: Bool { milliseconds != .min }

  /// The beginning of the second.
  public var wholeSecond: Timestamp {
    let rest = milliseconds % 1000
    return Timestamp(milliseconds: milliseconds &- (rest < 0 ? rest &+ 1000 : rest))
  }

  public static func < (a: Timestamp, b: Timestamp) -> Bool { a.milliseconds < b.milliseconds }
}
