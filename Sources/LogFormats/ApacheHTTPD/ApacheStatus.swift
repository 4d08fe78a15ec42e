/// What the `(number)text` before a message means, across operating systems.
///
/// The same number means different things on different systems, so English text decides first.
/// Source: errno.h of Linux, Solaris, AIX, BSD; WinSock error codes; apr_errno.h.
enum ApacheStatus {
  case none, unknown
  case refused, timedOut, reset, aborted, unreachable, brokenPipe, portsUsedUp, denied
  case tooManyFiles, tryAgain, noSuchFile
  /// APR: httpd's own timer, the peer closed, a body shorter than announced.
  case timerExpired, endOfFile, partial
  /// 20014: closed before any byte, or a failed TLS handshake.
  case internalError
  case invalidArgument, noSpace, tlsHandshake

  init(_ record: Span<UInt8>, _ range: ByteRange) {
    guard !range.isEmpty else {
      self = .none
      return
    }
    for entry in Self.texts where record.find(entry.text, in: range) != nil {
      self = entry.status
      return
    }
    var at = range.start
    while at < range.end, !record.byte(at).isDigit { at += 1 }
    var end = at
    while end < range.end, record.byte(end).isDigit { end += 1 }
    var number = record.integer(ByteRange(at, end)) ?? 0
    if record.has("0x8007", at: at) {
      // An HRESULT of a Windows error.
      number = Self.hexadecimal(record, at + 6)
    } else if number > 720_000, number < 740_000 {
      // APR before 2.0.44 wrote its own offset too.
      number -= 720_000
    }
    self = Self.numbers.first { $0.numbers.contains(number) }?.status ?? .unknown
  }

  private static func hexadecimal(_ record: Span<UInt8>, _ start: Int) -> Int {
    var value = 0
    for at in start..<(start + 4) {
      let byte = lowercased(record.byte(at))
      guard byte.isDigit || byte &- 97 < 6 else { break }
      value = value * 16 + Int(byte.isDigit ? byte &- 48 : byte &- 87)
    }
    return value
  }

  private static let texts: [(text: String, status: ApacheStatus)] = [
    ("refused", .refused), ("timeout specified has expired", .timerExpired),
    ("imed out", .timedOut), ("timeout period", .timedOut), ("failed to respond", .timedOut),
    ("eset by", .reset), ("forcibly closed", .reset), ("connection abort", .aborted),
    ("No route to host", .unreachable), ("unreachable", .unreachable),
    ("route to the remote host is not available", .unreachable), ("Host is down", .unreachable),
    ("Broken pipe", .brokenPipe), ("no process to read data", .brokenPipe),
    ("assign requested address", .portsUsedUp), ("Permission denied", .denied),
    ("oo many open files", .tooManyFiles), ("temporarily unavailable", .tryAgain),
    ("No such file", .noSuchFile), ("End of file found", .endOfFile),
    ("Partial results", .partial), ("Internal error", .internalError),
    ("Invalid argument", .invalidArgument), ("No space left", .noSpace),
    ("Unknown error 502", .tlsHandshake),
  ]

  private static let numbers: [(numbers: [Int], status: ApacheStatus)] = [
    ([70007], .timerExpired), ([70014], .endOfFile), ([70008], .partial),
    ([20014], .internalError),
    ([120006], .endOfFile), ([120004, 120007], .invalidArgument),
    ([111, 146, 79, 239, 61, 3425, 10061], .refused),
    ([110, 145, 78, 238, 60, 3447, 10060], .timedOut),
    ([104, 131, 73, 232, 54, 3426, 10054], .reset),
    ([103, 130, 72, 231, 53, 3424, 10053], .aborted),
    (
      [
        113, 148, 81, 242, 65, 3429, 10065, 101, 128, 70, 229, 51, 3435, 10051, 112, 147, 80, 241,
        64,
        3428, 10064,
      ], .unreachable
    ),
    ([32, 3455, 109], .brokenPipe), ([99, 126, 68, 227, 49, 3421, 10049], .portsUsedUp),
    ([13, 3401, 10013], .denied), ([24, 23, 3452, 3453, 10024], .tooManyFiles),
    ([11, 35, 3406, 10035], .tryAgain), ([2], .noSuchFile), ([22], .invalidArgument),
    ([28], .noSpace), ([502], .tlsHandshake),
  ]
}
