/// Cuts what a syslog sender sends over a stream into messages (RFC 6587).
///
/// A frame that starts with a number, a space and `<` has that many bytes (octet counting); any
/// other ends at its newline. Each message is handed on as one line, whatever newlines it holds.
package struct SyslogFraming: Sendable {
  /// Bytes of a message that are kept; the rest is passed over, and counted.
  package static let longestMessage = 64 * 1024

  private enum State {
    case start
    /// Bytes of a counted frame that are still to come.
    case counted(left: Int)
    case line
  }

  private var state = State.start
  private var message: [UInt8] = []
  private var isCut = false
  /// Messages that were longer than `longestMessage`.
  package private(set) var cutMessages = 0

  package init() {}

  /// Appends the messages that `bytes` complete to `lines`, each with a newline; returns how many.
  package mutating func take(_ bytes: some Sequence<UInt8>, into lines: inout [UInt8]) -> Int {
    var messages = 0
    for byte in bytes {
      switch state {
      case .start:
        // Bare newlines and zero bytes stand between frames.
        if message.isEmpty, byte == 10 || byte == 13 || byte == 0 { continue }
        message.append(byte)
        if byte == UInt8(ascii: "<"), let count = Self.count(message) {
          message = [byte]
          state = .counted(left: count - 1)
          if count == 1 { messages += end(&lines) }
        } else if !Self.mayBeCount(message) {
          state = .line
          if byte == 10 { messages += endLine(&lines) }
        }
      case .counted(let left):
        keep(byte)
        state = .counted(left: left - 1)
        if left == 1 { messages += end(&lines) }
      case .line:
        if byte == 10 { messages += end(&lines) } else { keep(byte) }
      }
    }
    return messages
  }

  /// The sender has closed: what is left is a message.
  package mutating func finish(into lines: inout [UInt8]) -> Int {
    message.isEmpty ? 0 : end(&lines)
  }

  private mutating func keep(_ byte: UInt8) {
    if message.count < Self.longestMessage {
      message.append(byte)
    } else if !isCut {
      isCut = true
      cutMessages += 1
    }
  }

  private mutating func endLine(_ lines: inout [UInt8]) -> Int {
    message.removeLast()
    return end(&lines)
  }

  private mutating func end(_ lines: inout [UInt8]) -> Int {
    while let last = message.last, last == 10 || last == 13 || last == 0 { message.removeLast() }
    // One message is one line.
    lines.append(contentsOf: message.lazy.map { $0 == 10 ? 32 : $0 })
    lines.append(10)
    message.removeAll(keepingCapacity: true)
    isCut = false
    state = .start
    return 1
  }

  /// `123 <` is a count.
  private static func count(_ message: [UInt8]) -> Int? {
    guard message.count >= 3, message[message.count - 2] == 32 else { return nil }
    var count = 0
    for byte in message.dropLast(2) {
      guard (48...57).contains(byte) else { return nil }
      count = count * 10 + Int(byte - 48)
    }
    return count > 0 ? count : nil
  }

  /// Whether a count may still come of it: up to seven digits and a space.
  private static func mayBeCount(_ message: [UInt8]) -> Bool {
    guard message.count <= 8 else { return false }
    let digits = message.prefix { (48...57).contains($0) }.count
    if digits == message.count { return digits <= 7 }
    return digits > 0 && digits == message.count - 1 && message[digits] == 32
  }
}
