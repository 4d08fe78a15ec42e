import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization
import Testing

@testable import LogListener

@Suite("A text that is posted")
struct HTTPPostTests {
  private func post(to port: Int) -> HTTPPost {
    HTTPPost(
      host: "127.0.0.1", port: port, target: "/hook?a=b", isEncrypted: false,
      contentType: "application/json")
  }

  @Test("arrives whole, and the answer's status comes back")
  func arrives() throws {
    let got = Mutex("")
    let server = try ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.configureHTTPServerPipeline()
          try channel.pipeline.syncOperations.addHandler(
            Hook { text in got.withLock { $0 += text } })
        }
      }
      .bind(host: "127.0.0.1", port: 0).wait()
    defer { server.close(promise: nil) }
    let status = try post(to: server.localAddress?.port ?? 0).send(
      "{\"a\":1}", seconds: 5)
    #expect(status == 202)
    #expect(got.withLock { $0 } == "POST /hook?a=b application/json {\"a\":1}")
  }

  @Test("says why it could not be sent")
  func cannotBeSent() throws {
    let closed = try ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .bind(host: "127.0.0.1", port: 0).wait()
    let port = closed.localAddress?.port ?? 0
    try closed.close().wait()
    #expect(throws: (any Error).self) { try post(to: port).send("{}", seconds: 5) }

    let silent = try ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .bind(host: "127.0.0.1", port: 0).wait()
    defer { silent.close(promise: nil) }
    #expect(throws: HTTPPost.Failure.self) {
      try post(to: silent.localAddress?.port ?? 0).send("{}", seconds: 1)
    }
  }
}

/// Takes down what is posted and answers 202.
private final class Hook: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart
  private let note: @Sendable (String) -> Void

  init(_ note: @escaping @Sendable (String) -> Void) { self.note = note }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): note("\(head.method) \(head.uri) \(head.headers["Content-Type"][0]) ")
    case .body(let body): note(String(buffer: body))
    case .end:
      let head = HTTPResponseHead(
        version: .http1_1, status: .accepted, headers: ["Content-Length": "0"])
      context.write(wrapOutboundOut(.head(head)), promise: nil)
      context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
  }
}
