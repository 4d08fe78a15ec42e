import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// A text that is posted to a server; of the answer only the status matters.
package struct HTTPPost: Sendable {
  package var host: String
  package var port: Int
  /// Path and query.
  package var target: String
  package var isEncrypted: Bool
  package var contentType: String

  package init(host: String, port: Int, target: String, isEncrypted: Bool, contentType: String) {
    self.host = host
    self.port = port
    self.target = target
    self.isEncrypted = isEncrypted
    self.contentType = contentType
  }

  /// Sends `body` and waits for the status of the answer, so many seconds at most for each step.
  ///
  /// - Throws: why there was no answer: what the network says, or `Failure`.
  package func send(_ body: String, seconds: Int) throws -> Int {
    let timeout = TimeAmount.seconds(Int64(seconds))
    let group = MultiThreadedEventLoopGroup.singleton
    let status = group.next().makePromise(of: Int.self)
    do {
      let channel = try ClientBootstrap(group: group)
        .connectTimeout(timeout)
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            if isEncrypted { try pipeline.addHandler(encryption()) }
            try pipeline.addHTTPClientHandlers()
            try pipeline.addHandler(StatusReader(status))
          }
        }
        .connect(host: host, port: port).wait()
      channel.eventLoop.scheduleTask(in: timeout) {
        status.fail(Failure.noAnswer)
        channel.close(promise: nil)
      }
      write(body, to: channel)
    } catch {
      status.fail(error)
    }
    return try status.futureResult.wait()
  }

  package enum Failure: Error, CustomStringConvertible {
    case noAnswer

    package var description: String { "no answer" }
  }

  private func encryption() throws -> NIOSSLClientHandler {
    let context = try NIOSSLContext(configuration: .makeClientConfiguration())
    // An address is no name that a server could be asked for by.
    let isAddress = (try? SocketAddress(ipAddress: host, port: port)) != nil
    return try NIOSSLClientHandler(context: context, serverHostname: isAddress ? nil : host)
  }

  private func write(_ body: String, to channel: any Channel) {
    let bytes = channel.allocator.buffer(string: body)
    let headers: HTTPHeaders = [
      "Host": port == (isEncrypted ? 443 : 80) ? host : "\(host):\(port)",
      "Content-Type": contentType, "Content-Length": "\(bytes.readableBytes)",
      "Connection": "close",
    ]
    let head = HTTPRequestHead(
      version: .http1_1, method: .POST, uri: target, headers: headers)
    channel.write(HTTPClientRequestPart.head(head), promise: nil)
    channel.write(HTTPClientRequestPart.body(.byteBuffer(bytes)), promise: nil)
    channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
  }
}

private final class StatusReader: ChannelInboundHandler {
  typealias InboundIn = HTTPClientResponsePart
  private let status: EventLoopPromise<Int>

  init(_ status: EventLoopPromise<Int>) { self.status = status }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard case .head(let head) = unwrapInboundIn(data) else { return }
    status.succeed(Int(head.status.code))
    context.close(promise: nil)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    status.fail(error)
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    status.fail(HTTPPost.Failure.noAnswer)
  }
}
