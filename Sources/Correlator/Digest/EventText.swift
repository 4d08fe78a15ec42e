import LogEvents

/// Client, URI and message of an event in one array: as three strings they take a hundred bytes more, and
/// they are kept of two thousand events a backend.
///
/// What the message holds itself, as an access log's line does, stands there once.
struct EventText: Sendable {
  private struct Part: BitwiseCopyable {
    var start: UInt16 = 0
    var count: UInt16 = 0

    var places: Range<Int> { Int(start)..<(Int(start) + Int(count)) }
  }

  /// Bytes of a character that stands for one that is no UTF-8.
  private static let repairedBytes = 3

  private var bytes: [UInt8] = []
  private var clientPart = Part()
  private var uriPart = Part()
  private var messagePart = Part()

  init() {}

  /// Of texts that were kept once, cut where they are longer than those can be.
  init(client: String?, uri: String?, message: String?) {
    messagePart = append(message, BoundedText.messageBytes)
    clientPart = append(client, BoundedText.nameBytes)
    uriPart = append(uri, BoundedText.uriBytes)
  }

  var client: String? { string(clientPart) }
  var uri: String? { string(uriPart) }
  var message: String? { string(messagePart) }

  /// Copies the texts of an event, cut as `BoundedText` says, into the same memory.
  mutating func become(_ event: Event, _ batch: borrowing EventBatch) {
    let message = batch.places(event.message, BoundedText.messageBytes)
    let client = batch.places(event.client, BoundedText.nameBytes)
    let uri = batch.places(event.uri, BoundedText.uriBytes)
    bytes.removeAll(keepingCapacity: true)
    bytes.reserveCapacity(
      message.count + (message.contains(client) ? 0 : client.count)
        + (message.contains(uri) ? 0 : uri.count))
    messagePart = hold(message, of: batch.text.span, behind: 0..<0)
    clientPart = hold(client, of: batch.text.span, behind: message)
    uriPart = hold(uri, of: batch.text.span, behind: message)
  }

  /// Where a part of `source` stands here, now or because the message holds it.
  private mutating func hold(
    _ part: Range<Int>, of source: Span<UInt8>, behind message: Range<Int>
  ) -> Part {
    guard !part.isEmpty else { return Part() }
    let isHeld = message.contains(part)
    let start = isHeld ? part.lowerBound - message.lowerBound : bytes.count
    if !isHeld { bytes.append(source, part.lowerBound, part.upperBound) }
    return Part(
      start: UInt16(truncatingIfNeeded: start), count: UInt16(truncatingIfNeeded: part.count))
  }

  private mutating func append(_ text: String?, _ limit: Int) -> Part {
    let start = bytes.count
    bytes += (text ?? "").utf8.prefix(limit * Self.repairedBytes)
    return Part(
      start: UInt16(truncatingIfNeeded: start),
      count: UInt16(truncatingIfNeeded: bytes.count - start))
  }

  private func string(_ part: Part) -> String? {
    part.count > 0 ? String(decoding: bytes[part.places], as: UTF8.self) : nil
  }
}

extension EventText: Equatable {
  static func == (a: EventText, b: EventText) -> Bool {
    a.bytes[a.messagePart.places] == b.bytes[b.messagePart.places]
      && a.bytes[a.clientPart.places] == b.bytes[b.clientPart.places]
      && a.bytes[a.uriPart.places] == b.bytes[b.uriPart.places]
  }
}
