/// What one record, or several of one exchange, say: an exchange and how it ended, or a change of
/// state of a member.
///
/// Fixed size, owns nothing: names are ids of the batch's `NameTable`, text is a range of the
/// batch's text. Absent names are `.none`, absent text is `.empty`, absent numbers are negative
/// or zero as said beside them.
package struct Event: BitwiseCopyable, Sendable {
  /// When, as the record says it; start or end of the exchange, whichever the product logs.
  package var time: Timestamp
  /// 1-based line on which the (first) record starts in its file.
  package var line: UInt32
  /// Tells events of one log apart, whichever part of it is read; see `EventBatch.stand`.
  @usableFromInline
  package internal(set) var place: UInt32 = 0
  package var outcome: Outcome
  package var severity: Severity = .none
  package var journal: Journal = .error
  package var note: Note = .none
  /// HTTP status sent to the client; 0 where the record has none.
  package var status: UInt16 = 0
  /// Whether `time` has milliseconds; whole seconds otherwise.
  package var hasMilliseconds = false
  /// Duration of the exchange in milliseconds; negative where the record has none.
  package var durationMilliseconds: Int32 = -1
  /// How many identical events this one stands for; at least 1.
  package var count: UInt32 = 1
  /// The count covers [time, time + span), in milliseconds.
  package var spanMilliseconds: UInt32 = 0
  /// The member: `host:port` (IPv6 in brackets), `unix:/path` or the product's server name.
  package var backend = NameID.none
  /// `host:port` of the member, where `backend` is the product's name for it and the record has both.
  package var address = NameID.none
  /// Group of members, as written.
  package var pool = NameID.none
  /// Entry point: frontend, virtual server, DataPower object, policy.
  package var service = NameID.none
  /// The product's own code, verbatim.
  package var code = NameID.none
  /// Host name of the gateway, where an envelope or the record names it.
  package var gateway = NameID.none
  /// The log that the event stood in, where that is another than the file it was read from.
  package var stream = NameID.none
  /// Source address alone, without port and brackets.
  package var client = TextRange.empty
  /// Request id, if the record has one.
  package var transaction = TextRange.empty
  /// Path or URL of the request.
  package var uri = TextRange.empty
  /// What a reader should see as evidence; failures only.
  package var message = TextRange.empty

  @inlinable
  @inline(__always)
  package init(time: Timestamp, line: UInt32, outcome: Outcome) {
    self.time = time
    self.line = line
    self.outcome = outcome
  }
}

/// A range of a batch's text.
package struct TextRange: BitwiseCopyable, Hashable, Sendable {
  package var start: UInt32
  package var count: UInt32

  @inlinable
  package init(start: UInt32, count: UInt32) {
    self.start = start
    self.count = count
  }

  /// The bytes [start, end) of it.
  @inlinable
  package func part(_ start: Int, _ end: Int) -> TextRange {
    guard start >= 0, start < end, end <= Int(count) else { return .empty }
    return TextRange(
      start: self.start &+ UInt32(truncatingIfNeeded: start),
      count: UInt32(truncatingIfNeeded: end &- start))
  }

  package static let empty = TextRange(start: 0, count: 0)
  package var isEmpty: Bool { count == 0 }
}
