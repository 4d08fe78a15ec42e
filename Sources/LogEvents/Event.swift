/// What one record, or several of one exchange, say: an exchange and how it ended, or a change of
/// state of a member.
///
/// Fixed size, owns nothing: names are ids of the batch's `NameTable`, text is a range of the
/// batch's text. Absent names are `.none`, absent text is `.empty`, absent numbers are negative
/// or zero as said beside them.
public struct Event: BitwiseCopyable, Sendable {
  /// When, as the record says it; start or end of the exchange, whichever the product logs.
  public var time: Timestamp
  /// 1-based line on which the (first) record starts in its file.
  public var line: UInt32
  /// Tells events of one log apart, whichever part of it is read; see `EventBatch.stand`.
  public var place: UInt32 = 0
  public var outcome: Outcome
  public var severity: Severity = .none
  public var journal: Journal = .error
  public var note: Note = .none
  /// HTTP status sent to the client; 0 where the record has none.
  public var status: UInt16 = 0
  /// Whether `time` has milliseconds; whole seconds otherwise.
  public var hasMilliseconds = false
  /// Duration of the exchange in milliseconds; negative where the record has none.
  public var durationMilliseconds: Int32 = -1
  /// How many identical events this one stands for; at least 1.
  public var count: UInt32 = 1
  /// The count covers [time, time + span), in milliseconds.
  public var spanMilliseconds: UInt32 = 0
  /// The member: `host:port` (IPv6 in brackets), `unix:/path` or the product's server name.
  public var backend = NameID.none
  /// `host:port` of the member, where `backend` is the product's name for it and the record has both.
  public var address = NameID.none
  /// Group of members, as written.
  public var pool = NameID.none
  /// Entry point: frontend, virtual server, DataPower object, policy.
  public var service = NameID.none
  /// The product's own code, verbatim.
  public var code = NameID.none
  /// Host name of the gateway, where an envelope or the record names it.
  public var gateway = NameID.none
  /// The log that the event stood in, where that is another than the file it was read from.
  public var stream = NameID.none
  /// Source address alone, without port and brackets.
  public var client = TextRange.empty
  /// Request id, if the record has one.
  public var transaction = TextRange.empty
  /// Path or URL of the request.
  public var uri = TextRange.empty
  /// What a reader should see as evidence; failures only.
  public var message = TextRange.empty

  @inlinable
  @inline(__always)
  public init(time: Timestamp, line: UInt32, outcome: Outcome) {
    self.time = time
    self.line = line
    self.outcome = outcome
  }
}

/// A range of a batch's text.
public struct TextRange: BitwiseCopyable, Hashable, Sendable {
  public var start: UInt32
  public var count: UInt32

  @inlinable
  public init(start: UInt32, count: UInt32) {
    self.start = start
    self.count = count
  }

  /// The bytes [start, end) of it.
  @inlinable
  public func part(_ start: Int, _ end: Int) -> TextRange {
    guard start >= 0, start < end, end <= Int(count) else { return .empty }
    return TextRange(
      start: self.start &+ UInt32(truncatingIfNeeded: start),
      count: UInt32(truncatingIfNeeded: end &- start))
  }

  public static let empty = TextRange(start: 0, count: 0)
  public var isEmpty: Bool { count == 0 }
}
