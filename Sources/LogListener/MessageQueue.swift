import Synchronization

/// What listeners have received and nobody has taken yet: bounded, and what does not fit is either
/// held back at the sender (TCP) or dropped and counted (UDP).
package final class MessageQueue: Sendable {
  /// Lines of one sender.
  package struct Parcel: Sendable {
    /// Address of the sender, without its port.
    package var peer: String
    package var lines: [UInt8]
  }

  private struct Content {
    var parcels: [Parcel] = []
    var bytes = 0
    var received = 0
    var dropped = 0
    var cut = 0
    var refused = 0
    /// Called when there is room again.
    var waiting: [@Sendable () -> Void] = []
  }

  /// Messages received, dropped, cut, and connections refused.
  package struct Counts: Sendable {
    package var received: Int
    package var dropped: Int
    package var cut: Int
    package var refused: Int
  }

  package let limit: Int
  private let content = Mutex(Content())
  private let wake: @Sendable () -> Void

  /// - Parameters:
  ///   - limit: bytes that may wait.
  ///   - wake: is called when the queue stops being empty, from any thread.
  package init(limit: Int = 16 << 20, wake: @escaping @Sendable () -> Void) {
    self.limit = limit
    self.wake = wake
  }

  /// Takes lines in, or drops and counts them when there is no room.
  func offer(_ lines: [UInt8], count: Int, from peer: String) {
    let isFirst = content.withLock { content in
      guard content.bytes + lines.count <= limit else {
        content.dropped += count
        return false
      }
      return Self.add(lines, count, peer, &content)
    }
    if isFirst { wake() }
  }

  /// Takes lines in, whatever the room; false when the sender must wait until `resume` is called.
  func take(
    _ lines: [UInt8], count: Int, from peer: String, resume: @escaping @Sendable () -> Void
  ) -> Bool {
    let (isFirst, hasRoom) = content.withLock { content in
      let isFirst = Self.add(lines, count, peer, &content)
      let hasRoom = content.bytes < limit
      if !hasRoom { content.waiting.append(resume) }
      return (isFirst, hasRoom)
    }
    if isFirst { wake() }
    return hasRoom
  }

  private static func add(
    _ lines: [UInt8], _ count: Int, _ peer: String, _ content: inout Content
  ) -> Bool {
    let isFirst = content.parcels.isEmpty
    content.received += count
    content.bytes += lines.count
    if let last = content.parcels.indices.last, content.parcels[last].peer == peer,
      content.parcels[last].lines.count < 256 * 1024
    {
      content.parcels[last].lines += lines
    } else {
      content.parcels.append(Parcel(peer: peer, lines: lines))
    }
    return isFirst
  }

  func noteCut(_ count: Int) { content.withLock { $0.cut += count } }
  func noteRefused() { content.withLock { $0.refused += 1 } }

  /// Everything that waits; senders that were held back go on.
  package func drain() -> [Parcel] {
    let (parcels, waiting) = content.withLock { content in
      let drained = (content.parcels, content.waiting)
      content.parcels = []
      content.bytes = 0
      content.waiting = []
      return drained
    }
    for resume in waiting { resume() }
    return parcels
  }

  package var counts: Counts {
    content.withLock {
      Counts(received: $0.received, dropped: $0.dropped, cut: $0.cut, refused: $0.refused)
    }
  }
}
