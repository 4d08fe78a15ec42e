import LogEvents

/// Client, URI and message of an event, one behind the other in one array: as three strings they take a
/// hundred bytes more, and they are kept of two thousand events a backend.
struct EventText: Sendable, Equatable {
  private var bytes: [UInt8] = []
  /// Where the first two end.
  private var clientEnd: Int32 = 0
  private var uriEnd: Int32 = 0

  init() {}

  init(client: String?, uri: String?, message: String?) {
    bytes = Array((client ?? "").utf8)
    clientEnd = Int32(clamping: bytes.count)
    bytes += (uri ?? "").utf8
    uriEnd = Int32(clamping: bytes.count)
    bytes += (message ?? "").utf8
  }

  var client: String? { string(0, Int(clientEnd)) }
  var uri: String? { string(Int(clientEnd), Int(uriEnd)) }
  var message: String? { string(Int(uriEnd), bytes.count) }

  /// Copies the texts of an event, cut as `BoundedText` says, into the same memory.
  mutating func become(_ event: Event, _ batch: borrowing EventBatch) {
    let client = batch.places(event.client, BoundedText.nameBytes)
    let uri = batch.places(event.uri, BoundedText.uriBytes)
    let message = batch.places(event.message, BoundedText.messageBytes)
    bytes.removeAll(keepingCapacity: true)
    bytes.reserveCapacity(client.count + uri.count + message.count)
    let source = batch.text.span
    if client.upperBound == uri.lowerBound {
      bytes.append(source, client.lowerBound, uri.upperBound)
    } else {
      bytes.append(source, client.lowerBound, client.upperBound)
      bytes.append(source, uri.lowerBound, uri.upperBound)
    }
    clientEnd = Int32(truncatingIfNeeded: client.count)
    uriEnd = Int32(truncatingIfNeeded: client.count + uri.count)
    if !message.isEmpty { bytes.append(source, message.lowerBound, message.upperBound) }
  }

  private func string(_ start: Int, _ end: Int) -> String? {
    start < end ? String(decoding: bytes[start..<end], as: UTF8.self) : nil
  }
}
