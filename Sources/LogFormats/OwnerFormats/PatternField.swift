/// What a field of an owner's format fills.
enum PatternField: UInt8, BitwiseCopyable, Sendable {
  // The exchange.
  case client, clientAndPort, service, gateway, request, uri, status, transaction
  case microseconds, milliseconds, seconds
  // httpd.
  case worker, balancer, file, connectionEnd
  case level, process, thread, message, systemError, clientOrPeer, connection, logID
  // nginx.
  case addresses, statuses, connectTimes, headerTimes, responseTimes, lengths, pool, transport
  case session
  // HAProxy.
  case clientPort, frontend, backend, server, state, address, port, connectError, clientError
  // Time, whole or in pieces.
  case clf, iso, ctime, epochSeconds, epochDecimal, epochMilliseconds, epochMicroseconds
  case year, shortYear, month, monthName, day, hour, halfDayHour, halfDay, minute, second, zone
  case thousandths, millionths
}

extension PatternField {
  /// Whether a record that was cut before it still tells of its exchange.
  var isDispensable: Bool {
    switch self {
    case .request, .uri, .transaction, .connectError, .logID: true
    default: false
    }
  }
}

/// How the bytes of a field look: what they may hold, and where they may end.
struct FieldShape: BitwiseCopyable, Hashable, Sendable {
  enum Kind: UInt8, BitwiseCopyable, Sendable {
    /// Anything.
    case text
    /// Anything without blanks.
    case word
    /// A word without slashes: a host before a path.
    case name
    /// Digits with sign and point, or a dash.
    case number
    /// Elements divided by `, ` and ` : `.
    case list
    /// An IP address, perhaps with a port.
    case address
    /// `(111)Connection refused`.
    case systemError
    /// `mod_proxy.c(470)`.
    case sourceFile
    case digits, letters
    /// As many bytes as it is wide.
    case bytes
  }

  var kind: Kind
  /// How many bytes it always has; 0 where that varies.
  var width: UInt8 = 0
  /// The byte it begins with whenever there is something; 0 if there is none such.
  var begins: UInt8 = 0
  /// Quotes within are escaped, so the first other one ends it.
  var isEscaped = false

  static let text = FieldShape(kind: .text)
  static let word = FieldShape(kind: .word)
  static let name = FieldShape(kind: .name)
  static let number = FieldShape(kind: .number)
  static let address = FieldShape(kind: .address)
  static let systemError = FieldShape(kind: .systemError)
  static let sourceFile = FieldShape(kind: .sourceFile)
  static let list = FieldShape(kind: .list)

  static func digits(_ width: UInt8) -> FieldShape { FieldShape(kind: .digits, width: width) }
  static func letters(_ width: UInt8) -> FieldShape { FieldShape(kind: .letters, width: width) }
  static func bytes(_ width: UInt8) -> FieldShape { FieldShape(kind: .bytes, width: width) }

  var escaped: FieldShape {
    var shape = self
    shape.isEscaped = true
    return shape
  }

  func beginning(with byte: UInt8) -> FieldShape {
    var shape = self
    shape.begins = byte
    return shape
  }

  /// Whether a value may hold `byte`.
  func holds(_ byte: UInt8) -> Bool {
    switch kind {
    case .text, .list, .bytes, .systemError: true
    case .address:
      byte.isDigit || lowercased(byte) &- 97 < 6 || byte == .colon || byte == UInt8(ascii: ".")
        || byte == .dash || byte == UInt8(ascii: "%")
    case .word, .sourceFile: !isBlank(byte)
    case .name: !isBlank(byte) && byte != .slash
    case .number:
      byte.isDigit || byte == .dash || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "+")
    case .digits: byte.isDigit
    case .letters: lowercased(byte) &- 97 < 26
    }
  }

  /// Whether a longer value may be one, though a shorter is not.
  var mayFitLater: Bool { kind == .list || kind == .systemError || kind == .sourceFile }

  /// Whether the range, which `end` closes, is such a value.
  func fits(_ record: Span<UInt8>, _ range: ByteRange) -> Bool {
    switch kind {
    case .text, .bytes: return true
    case .systemError where record.equals(range, "-"), .sourceFile where record.equals(range, "-"):
      return true
    case .systemError:
      return record.byte(range.start) == .openParenthesis
        && record.find(.closeParenthesis, range.start, range.end) != nil
    case .sourceFile:
      return record.byte(range.end - 1) == .closeParenthesis
        && record.find(.openParenthesis, range.start, range.end) != nil
    case .list:
      // A list goes on behind a comma, and on both sides of ` : `.
      let last = record.byte(range.end - 1)
      let isOpen =
        !range.isEmpty
        && (last == .comma || last == .colon && record.byte(range.end - 2) == .space)
      return !isOpen && !record.has(" : ", at: range.end)
        && (range.isEmpty || record.byte(range.start) != .space)
    default:
      for at in range.start..<range.end where !holds(record.byte(at)) { return false }
      return true
    }
  }

  /// In words, for a record that does not fit.
  var words: String {
    switch kind {
    case .text: "anything"
    case .word, .name: "a word"
    case .number: "a number or -"
    case .list: "a list"
    case .address: "an address"
    case .systemError: "a number in parentheses and a text"
    case .sourceFile: "a file with its line in parentheses"
    case .digits: "\(width) digits"
    case .letters: "\(width) letters"
    case .bytes: "\(width) bytes"
    }
  }
}

/// A part of a format, as its owner's product would write it.
struct PatternItem: Sendable {
  indirect enum Kind: Sendable {
    case literal([UInt8])
    /// `nil` is passed over.
    case field(PatternField?, FieldShape)
    /// Left out where the product has no value.
    case optional([PatternItem])
  }

  var kind: Kind
  /// Where it stands in what was typed.
  var offset: Int
  /// The directive as typed.
  var name = ""
}
