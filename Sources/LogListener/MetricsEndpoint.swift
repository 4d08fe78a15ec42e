import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// Answers `GET /metrics` with the text that was set last.
package final class MetricsEndpoint: Sendable {
  private let group: MultiThreadedEventLoopGroup
  private let channel: any Channel
  private let page: Page

  package init(host: String, port: Int) throws {
    group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let page = Page()
    channel = try ServerBootstrap(group: group)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          try pipeline.configureHTTPServerPipeline(withErrorHandling: true)
          try pipeline.addHandler(IdleStateHandler(allTimeout: .seconds(30)))
          try pipeline.addHandler(MetricsAnswer(page))
        }
      }
      .bind(host: host, port: port).wait()
    self.page = page
  }

  package var port: Int { channel.localAddress?.port ?? 0 }

  package func set(_ text: String) { page.text.withLock { $0 = text } }

  package func close() {
    channel.close(promise: nil)
    try? group.syncShutdownGracefully()
  }
}

private final class Page: Sendable {
  let text = Mutex("")
}

private final class MetricsAnswer: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart
  private let page: Page
  private var isFound = false

  init(_ page: Page) { self.page = page }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      let path = head.uri.split(separator: "?").first ?? ""
      isFound = head.method == .GET && (path == "/metrics" || path == "/")
    case .body: break
    case .end: answer(context)
    }
  }

  private func answer(_ context: ChannelHandlerContext) {
    let text = isFound ? page.text.withLock { $0 } : "see /metrics\n"
    var head = HTTPResponseHead(version: .http1_1, status: isFound ? .ok : .notFound)
    head.headers.add(name: "Content-Type", value: "text/plain; version=0.0.4; charset=utf-8")
    head.headers.add(name: "Content-Length", value: "\(text.utf8.count)")
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is IdleStateHandler.IdleStateEvent { context.close(promise: nil) }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }
}
