import LogEvents

/// What the proxy modules of httpd say, and what each message means.
///
/// Messages are told apart by their AH number (2.4) or by their text (2.0, 2.2, and messages that share
/// a number). Source: httpd modules/proxy/*.c, modules/ssl/*.c, server/mpm/*; branches 2.0.x to 2.4.x.
struct ApacheMessage {
  /// Exchanges in which messages follow each other.
  struct Family: OptionSet {
    let rawValue: UInt16
    static let connect = Family(rawValue: 1)
    static let statusLine = Family(rawValue: 2)
    static let body = Family(rawValue: 4)
    static let tls = Family(rawValue: 8)
    static let header = Family(rawValue: 16)
    static let chunk = Family(rawValue: 32)
    static let ajp = Family(rawValue: 64)
    static let fastCGI = Family(rawValue: 128)
    static let abort = Family(rawValue: 256)
    static let inbound = Family(rawValue: 512)
  }

  enum Rule {
    case fixed(Outcome)
    /// By the status of a connect, of a read, of a body that breaks.
    case connecting, reading, answering
    /// Says nothing of a class of its own when it follows another message.
    case repeating(Outcome)
    /// The status of this message decides for the whole exchange.
    case refining
  }

  /// Where the backend stands in the message.
  enum Place {
    case nowhere
    /// `to 192.0.2.1:8080 (host:port)`, `failed from 192.0.2.1:8080 (host)`
    case address
    case unixSocket
    /// `for (host:port)`
    case parentheses
    /// `backend: host`
    case backend
    /// `from remote server host:port`
    case remoteServer
    /// `for: host returned by`
    case lookup
    /// `http://host:port` somewhere
    case url
    /// The address in the record's `[remote ...]` or `[client ...]` field.
    case field
  }

  var codes: [Int]
  /// Stands in the message; decides where a number is shared or missing.
  var text: String
  var rule: Rule
  var place: Place
  /// The exchange that this message opens.
  var opens: Family
  /// The exchanges that it continues.
  var joins: Family

  private init(
    _ codes: [Int], _ text: String, _ rule: Rule, _ place: Place = .nowhere, opens: Family = [],
    joins: Family = []
  ) {
    self.codes = codes
    self.text = text
    self.rule = rule
    self.place = place
    self.opens = opens
    self.joins = joins
  }

  /// The index of the message in the table.
  static func index(_ record: Span<UInt8>, _ code: Int, _ message: ByteRange) -> Int? {
    if code > 0 {
      guard code < isTold.count, isTold[code] else { return nil }
      return places[code]?.first {
        !table[$0].isShared || record.has(table[$0].text, at: message.start)
      }
    }
    // What stands behind belongs to the client.
    let head = record.find(" returned by ", in: message).map {
      ByteRange(message.start, $0 + " returned by ".utf8.count)
    }
    return table.firstIndex {
      !$0.text.isEmpty && isAnchored(record, $0.text, head ?? message, message.start)
    }
  }

  /// Whether the text begins a message without number: behind `proxy: ` anywhere, else near the start.
  private static func isAnchored(
    _ record: Span<UInt8>, _ text: String, _ head: ByteRange, _ start: Int
  ) -> Bool {
    guard let hit = record.find(text, in: head) else { return false }
    if record.has("proxy: ", at: start) || hit == start { return true }
    guard hit - start < 40 else { return false }
    for at in start..<hit where record.byte(at) == .slash || record.byte(at) == .quote {
      return false
    }
    return true
  }

  /// AH00898 stands before many texts.
  private var isShared: Bool { codes == [898] }

  /// The places in the table of each code.
  private static let places: [Int: [Int]] = Dictionary(
    grouping: table.indices.flatMap { place in table[place].codes.map { (code: $0, place: place) }
    },
    by: \.code
  ).mapValues { $0.map(\.place) }

  /// Whether a message has the code: most codes are of other modules.
  private static let isTold: [Bool] = {
    let codes = table.flatMap(\.codes)
    var isTold = [Bool](repeating: false, count: (codes.max() ?? 0) + 1)
    for code in codes { isTold[code] = true }
    return isTold
  }()

  static let table: [ApacheMessage] = [
    // Connecting.
    ApacheMessage(
      [2454], "attempt to connect to Unix domain socket", .connecting, .unixSocket, opens: .connect),
    ApacheMessage(
      [957, 958, 939, 935, 952, 2453], "attempt to connect to", .connecting, .address,
      opens: .connect),
    ApacheMessage(
      [959], "disabling worker for", .repeating(.serverDown), .parentheses, joins: .connect),
    ApacheMessage([940], "disabled connection for", .fixed(.serverDown), .parentheses),
    ApacheMessage(
      [1114, 896, 1079, 2452, 866, 10101], "failed to make connection to backend",
      .repeating(.connectRefused), .backend, joins: .connect),
    ApacheMessage([941], "failed to acquire connection for", .fixed(.poolExhausted), .parentheses),
    ApacheMessage([898], "DNS lookup failure for", .fixed(.dnsFailure), .lookup),
    ApacheMessage([960], "", .fixed(.connectionReset)),
    ApacheMessage([961], "", .fixed(.tlsFailure)),
    ApacheMessage([956, 938, 1171, 1961], "No workers in balancer", .fixed(.configError)),
    // Sending.
    ApacheMessage(
      [2608, 2609, 2610], "read request body failed to", .fixed(.clientAbort), .address,
      opens: .abort),
    ApacheMessage([1095], "prefetch request body failed", .fixed(.clientAbort), .address),
    ApacheMessage([1096], "processing prefetched request body", .fixed(.other)),
    ApacheMessage([1086, 1087], "did not match", .fixed(.clientAbort)),
    ApacheMessage([1382], "read timeout", .fixed(.clientAbort)),
    ApacheMessage(
      [1097, 10154], ") from ", .repeating(.requestBodyFailed), .address,
      joins: [.body, .tls, .abort]),
    ApacheMessage(
      [1084, 3351], "pass request body failed to", .fixed(.requestBodyFailed), .address,
      opens: .body, joins: [.tls, .body, .abort]),
    ApacheMessage(
      [1115], "100-Continue failed to", .fixed(.responseTimeout), .address, joins: .statusLine),
    ApacheMessage([1029], "ajp_ilink_send(): send failed", .fixed(.requestBodyFailed), opens: .ajp),
    ApacheMessage(
      [868, 876], "send failed to", .repeating(.requestBodyFailed), .address, joins: .ajp),
    ApacheMessage([], "request failed to", .repeating(.requestBodyFailed), .address, joins: .ajp),
    ApacheMessage([1073, 1074], "Failed Writing", .fixed(.requestBodyFailed), opens: .fastCGI),
    ApacheMessage([858, 10098], "sending data to", .fixed(.requestBodyFailed), .address),
    // Reading.
    ApacheMessage(
      [1102], "error reading status line from remote server", .reading, .remoteServer,
      opens: .statusLine),
    ApacheMessage(
      [898], "Error reading from remote server", .repeating(.prematureClose),
      joins: [.statusLine, .header]),
    ApacheMessage(
      [898], "Timeout on 100-Continue", .repeating(.responseTimeout), joins: .statusLine),
    ApacheMessage(
      [898], "Error during SSL Handshake", .fixed(.tlsFailure), joins: [.tls, .body]),
    ApacheMessage([898], "Corrupt status line", .fixed(.badGatewayResponse)),
    ApacheMessage([898], "Too many (", .fixed(.badGatewayResponse)),
    ApacheMessage([898], "Malformed ", .fixed(.badGatewayResponse)),
    ApacheMessage([898], "Unexpected Upgrade", .fixed(.badGatewayResponse)),
    ApacheMessage(
      [1590], "Error reading/parsing chunk", .fixed(.badGatewayResponse), .field, opens: .chunk),
    ApacheMessage(
      [860], "error reading response headers from", .fixed(.prematureClose), .address),
    ApacheMessage([1110], "error reading response", .answering, joins: .chunk),
    ApacheMessage([10404], "Error reading headers from backend", .reading, opens: .header),
    ApacheMessage(
      [10124], "header size is over the limit", .fixed(.badGatewayResponse), opens: .header),
    ApacheMessage(
      [1106], "header returned by", .repeating(.badGatewayResponse), joins: .header),
    ApacheMessage([1098, 1099, 1100], "bogus HTTP header", .fixed(.badGatewayResponse)),
    ApacheMessage([1030, 1032], "ajp_ilink_receive() can't receive", .reading, opens: .ajp),
    ApacheMessage(
      [1080, 1081], "ajp_msg_check_header()", .fixed(.badGatewayResponse), opens: .ajp),
    ApacheMessage(
      [1031], "ajp_ilink_receive() received bad header", .repeating(.badGatewayResponse),
      joins: .ajp),
    ApacheMessage(
      [992, 993], "ajp_read_header:", .repeating(.prematureClose), joins: .ajp),
    ApacheMessage(
      [1012], "ajp_handle_cping_cpong:", .repeating(.responseTimeout), joins: .ajp),
    ApacheMessage(
      [878, 893], "read response failed from", .repeating(.prematureClose), .address, joins: .ajp),
    ApacheMessage([], "dialog to", .repeating(.prematureClose), .address, joins: .ajp),
    ApacheMessage(
      [897], "cping/cpong failed to", .repeating(.responseTimeout), .address, joins: .ajp),
    ApacheMessage(
      [1067], "Failed to read FastCGI header", .fixed(.prematureClose), opens: .fastCGI),
    ApacheMessage(
      [1068, 1069, 1072, 2537], "Got bogus", .fixed(.badGatewayResponse), opens: .fastCGI),
    ApacheMessage(
      [1075], "Error dispatching request to", .refining, opens: .fastCGI, joins: .fastCGI),
    ApacheMessage(
      [1070], "Error parsing script headers", .fixed(.badGatewayResponse), opens: .fastCGI),
    ApacheMessage([1071], "Got error '", .fixed(.other)),
    ApacheMessage([10214, 10224], "", .fixed(.responseTimeout)),
    ApacheMessage([2444, 2447, 10220, 10221], "", .answering),
    // Balancer, health check, capacity.
    ApacheMessage(
      [1170, 1167], "All workers are in error state", .fixed(.serverDown)),
    ApacheMessage(
      [1174, 2460], "into error state", .repeating(.serverDown), .url,
      joins: [.connect, .statusLine, .header, .ajp, .fastCGI]),
    ApacheMessage([934], "all workers are busy", .fixed(.overload)),
    ApacheMessage([3303], "ealth check DISABLING", .fixed(.serverDown), .url),
    ApacheMessage([3302], "ealth check ENABLING", .fixed(.serverUp), .url),
    ApacheMessage(
      [484, 161, 286, 326, 10159, 287, 288, 486, 162], "server reached Max", .fixed(.overload)),
    ApacheMessage([], "server seems busy", .fixed(.overload)),
    ApacheMessage([3301], "", .fixed(.configError)),
    ApacheMessage([1144], "No protocol handler was valid", .fixed(.configError)),
    ApacheMessage([1146, 1150], "because of worker sharing", .fixed(.configError), .url),
    // TLS to the backend.
    ApacheMessage(
      [2039], "Certificate Verification: Error", .fixed(.tlsFailure), .field, opens: .tls,
      joins: .tls),
    ApacheMessage(
      [2276, 2004, 2005, 2411, 2003, 1997], "SSL Proxy connect failed", .fixed(.tlsFailure), .field,
      opens: .tls, joins: .tls),
    ApacheMessage(
      [2268], "downstream server wanted client certificate", .fixed(.tlsFailure), opens: .tls,
      joins: .tls),
    // Trouble with the client's TLS: what it says next must not be taken for the backend's.
    ApacheMessage([2006, 2007, 2008], "", .fixed(.info), opens: .inbound),
    ApacheMessage(
      [], "SSL Library Error", .fixed(.tlsFailure), opens: .tls, joins: [.tls, .inbound]),
  ]

  /// The classes that the message may have, for `explain`.
  var outcomes: [Outcome] {
    switch rule {
    case .fixed(let outcome), .repeating(let outcome): [outcome]
    case .connecting:
      [
        .connectRefused, .connectTimeout, .connectUnreachable, .configError, .poolExhausted,
        .overload,
      ]
    case .reading, .refining, .answering:
      [.responseTimeout, .connectionReset, .prematureClose, .badGatewayResponse]
    }
  }

  /// The class by the message's own status.
  func outcome(_ status: ApacheStatus) -> Outcome {
    switch rule {
    case .fixed(let outcome), .repeating(let outcome): outcome
    case .connecting: Self.connecting(status)
    case .reading, .refining: Self.reading(status)
    case .answering: status == .internalError ? .badGatewayResponse : Self.reading(status)
    }
  }

  static func connecting(_ status: ApacheStatus) -> Outcome {
    switch status {
    case .refused, .noSuchFile: .connectRefused
    case .timedOut, .timerExpired: .connectTimeout
    case .unreachable: .connectUnreachable
    case .denied: .configError
    case .portsUsedUp: .poolExhausted
    case .tooManyFiles, .tryAgain: .overload
    case .reset, .aborted: .connectionReset
    default: .other
    }
  }

  private static func reading(_ status: ApacheStatus) -> Outcome {
    switch status {
    case .reset, .aborted, .brokenPipe: .connectionReset
    case .timedOut, .timerExpired: .responseTimeout
    case .invalidArgument, .noSpace: .badGatewayResponse
    default: .prematureClose
    }
  }
}
