import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// Receives syslog (RFC 3164 and 5424) over UDP, TCP and TLS and queues it as lines by sender.
package final class SyslogListener: Sendable {
  /// Connections at a time; further ones are closed at once, and counted.
  static let connectionLimit = 2_000
  /// A sender that says nothing for this long is let go; half-open connections end so.
  static let idleLimit = TimeAmount.minutes(10)
  /// Asked of the kernel: what waits while the queue is emptied.
  private static let receiveBuffer = ChannelOptions.Types.SocketOption.Value(8 << 20)

  package struct Certificate: Sendable {
    package var chain: String
    package var key: String

    package init(chain: String, key: String) {
      self.chain = chain
      self.key = key
    }
  }

  private let group: MultiThreadedEventLoopGroup
  private let channels: [any Channel]
  /// The ports that were bound, in the order of the addresses.
  package var ports: [Int] { channels.compactMap { $0.localAddress?.port } }

  package init(
    _ addresses: [ListenAddress], certificate: Certificate?, queue: MessageQueue
  ) throws {
    group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    var channels: [any Channel] = []
    let count = ConnectionCount()
    for address in addresses {
      let bound =
        switch address.transport {
        case .udp: Self.datagrams(group, queue).bind(host: address.host, port: address.port)
        case .tcp:
          Self.streams(group, queue, count, nil).bind(host: address.host, port: address.port)
        case .tls:
          Self.streams(group, queue, count, try Self.context(certificate))
            .bind(host: address.host, port: address.port)
        }
      channels.append(try bound.wait())
    }
    self.channels = channels
  }

  package func close() {
    for channel in channels { channel.close(promise: nil) }
    try? group.syncShutdownGracefully()
  }

  private static func context(_ certificate: Certificate?) throws -> NIOSSLContext? {
    guard let certificate else { return nil }
    let chain = try NIOSSLCertificate.fromPEMFile(certificate.chain)
    return try NIOSSLContext(
      configuration: .makeServerConfiguration(
        certificateChain: chain.map { .certificate($0) },
        privateKey: .privateKey(try NIOSSLPrivateKey(file: certificate.key, format: .pem))))
  }

  private static func datagrams(
    _ group: MultiThreadedEventLoopGroup, _ queue: MessageQueue
  ) -> DatagramBootstrap {
    DatagramBootstrap(group: group)
      .channelOption(.socketOption(.so_rcvbuf), value: receiveBuffer)
      .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 65_536))
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(DatagramReceiver(queue))
        }
      }
  }

  private static func streams(
    _ group: MultiThreadedEventLoopGroup, _ queue: MessageQueue, _ count: ConnectionCount,
    _ context: NIOSSLContext?
  ) -> ServerBootstrap {
    ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 1024)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          if let context { try pipeline.addHandler(NIOSSLServerHandler(context: context)) }
          try pipeline.addHandler(IdleStateHandler(readTimeout: idleLimit))
          try pipeline.addHandler(StreamReceiver(queue, count))
        }
      }
  }
}

/// Connections that are open, of all addresses.
private final class ConnectionCount: Sendable {
  private let value = Atomic<Int>(0)

  /// Whether there is room for one more, which is counted then.
  func enter() -> Bool {
    guard value.add(1, ordering: .relaxed).newValue <= SyslogListener.connectionLimit else {
      leave()
      return false
    }
    return true
  }

  func leave() { value.subtract(1, ordering: .relaxed) }
}

/// One datagram is one message.
private final class DatagramReceiver: ChannelInboundHandler {
  typealias InboundIn = AddressedEnvelope<ByteBuffer>
  private let queue: MessageQueue

  init(_ queue: MessageQueue) { self.queue = queue }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let envelope = unwrapInboundIn(data)
    var line = Array(envelope.data.readableBytesView.prefix(SyslogFraming.longestMessage))
    while let last = line.last, last == 10 || last == 13 || last == 0 { line.removeLast() }
    for index in line.indices where line[index] == 10 { line[index] = 32 }
    line.append(10)
    queue.offer(line, count: 1, from: envelope.remoteAddress.ipAddress ?? "?")
  }
}

/// A connection's bytes are cut into messages; when the queue is full, reading stops until it is
/// not, so that nothing is lost.
private final class StreamReceiver: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  private let queue: MessageQueue
  private let count: ConnectionCount
  private var framing = SyslogFraming()
  private var isCounted = false
  private var peer = "?"

  init(_ queue: MessageQueue, _ count: ConnectionCount) {
    self.queue = queue
    self.count = count
  }

  func channelActive(context: ChannelHandlerContext) {
    peer = context.remoteAddress?.ipAddress ?? "?"
    isCounted = count.enter()
    guard isCounted else {
      queue.noteRefused()
      context.close(promise: nil)
      return
    }
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    if isCounted { count.leave() }
    var lines: [UInt8] = []
    let messages = framing.finish(into: &lines)
    if messages > 0 { _ = queue.take(lines, count: messages, from: peer) {} }
    context.fireChannelInactive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var lines: [UInt8] = []
    let cut = framing.cutMessages
    let messages = framing.take(unwrapInboundIn(data).readableBytesView, into: &lines)
    if framing.cutMessages > cut { queue.noteCut(framing.cutMessages - cut) }
    guard messages > 0 else { return }
    let channel = context.channel
    let hasRoom = queue.take(lines, count: messages, from: peer) {
      channel.setOption(.autoRead, value: true).whenComplete { _ in }
    }
    if !hasRoom { channel.setOption(.autoRead, value: false).whenComplete { _ in } }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is IdleStateHandler.IdleStateEvent {
      context.close(promise: nil)
    } else {
      context.fireUserInboundEventTriggered(event)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }
}
