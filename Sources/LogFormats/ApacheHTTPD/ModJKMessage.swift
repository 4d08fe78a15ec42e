import LogEvents

/// What mod_jk says of an attempt, in the order in which an attempt says it.
///
/// Source: mod_jk 1.2.48, common/jk_connect.c, jk_ajp_common.c, jk_lb_worker.c.
struct ModJKMessage {
  enum Rule {
    case fixed(Outcome)
    /// By `errno=N` of a connect, of a read.
    case connecting, reading
    /// Repeats what another record told; alone it tells nothing.
    case repeating
  }

  /// Where the address stands.
  enum Place {
    case nowhere
    /// `connect to A failed`
    case connect
    /// `socket to (A)`, `tomcat (A)`
    case parentheses
    /// `from A` at the end
    case from
  }

  var text: String
  var rule: Rule
  var step: UInt8
  var place: Place

  private init(_ text: String, _ rule: Rule, _ step: UInt8, _ place: Place = .nowhere) {
    self.text = text
    self.rule = rule
    self.step = step
    self.place = place
  }

  static func find(_ record: Span<UInt8>, _ message: ByteRange) -> ModJKMessage? {
    table.first { record.find($0.text, in: message) != nil }
  }

  /// The more specific text stands first.
  static let table: [ModJKMessage] = [
    ModJKMessage("Failed opening socket to (", .connecting, 2, .parentheses),
    ModJKMessage("timeout in reply cpong", .fixed(.responseTimeout), 3),
    ModJKMessage("cping/cpong", .fixed(.responseTimeout), 4),
    ModJKMessage("connecting to backend failed", .connecting, 5),
    ModJKMessage("connecting to tomcat failed", .repeating, 9),
    ModJKMessage("connect to ", .connecting, 1, .connect),
    ModJKMessage("Timeout with waiting reply", .fixed(.responseTimeout), 6),
    ModJKMessage("can't receive the response", .reading, 6, .parentheses),
    ModJKMessage("wrong message format", .fixed(.badGatewayResponse), 6, .from),
    ModJKMessage("wrong message size", .fixed(.badGatewayResponse), 6, .from),
    ModJKMessage("client aborted or client network problems", .fixed(.clientAbort), 6),
    ModJKMessage("Tomcat is down or", .fixed(.prematureClose), 7),
    ModJKMessage("sending request to tomcat failed", .repeating, 8),
    ModJKMessage("is in local error state", .repeating, 10),
    ModJKMessage("is in error state", .fixed(.serverDown), 10),
    ModJKMessage("for recovery (attempt=", .fixed(.serverDown), 11),
    ModJKMessage("no more workers left (attempt=", .fixed(.serverDown), 11),
    ModJKMessage("All tomcat instances are busy", .fixed(.serverDown), 12),
    ModJKMessage("All tomcat instances failed", .fixed(.serverDown), 13),
    ModJKMessage("Service error=", .repeating, 14),
  ]

  func outcome(_ record: Span<UInt8>, _ message: ByteRange) -> Outcome {
    switch rule {
    case .fixed(let outcome): return outcome
    case .repeating: return .other
    case .connecting: return Self.connecting(Self.errno(record, message))
    case .reading:
      switch Self.errno(record, message) {
      case .reset, .aborted, .brokenPipe: return .connectionReset
      default: return .prematureClose
      }
    }
  }

  private static func errno(_ record: Span<UInt8>, _ message: ByteRange) -> ApacheStatus {
    guard let hit = record.find("errno=", in: message) else { return .none }
    let end = record.find(.closeParenthesis, hit, message.end) ?? message.end
    return ApacheStatus(record, ByteRange(hit, end))
  }

  private static func connecting(_ status: ApacheStatus) -> Outcome {
    // A connect whose own timer ran out leaves no errno behind.
    status == .none || status == .unknown ? .connectTimeout : ApacheMessage.connecting(status)
  }

  func backend(_ record: Span<UInt8>, _ message: ByteRange) -> ByteRange {
    let start: Int?
    switch place {
    case .nowhere: start = nil
    case .connect: start = record.find("connect to ", in: message).map { $0 + 11 }
    case .parentheses:
      start =
        record.find("socket to (", in: message).map { $0 + 11 }
        ?? record.find("tomcat (", in: message).map { $0 + 8 }
    case .from: start = record.find(" from ", in: message).map { $0 + 6 }
    }
    guard let start else { return .empty }
    var end = start
    while end < message.end {
      let byte = record.byte(end)
      if byte == .space || byte == .closeParenthesis || byte == .comma { break }
      end += 1
    }
    return ByteRange(start, end)
  }
}
