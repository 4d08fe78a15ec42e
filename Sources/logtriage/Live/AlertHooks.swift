import Foundation
import Glibc
import LogEvents
import LogListener
import Playbooks
import Reports

/// Where alerts go: `exec:CMD`, `webhook:URL`, `alertmanager:URL`.
///
/// Requests go by the network library that listens, too: an HTTP client of its own would be eight more
/// packages, and URLSession has thirty libraries loaded at each start.
struct AlertHooks: Sendable {
  enum Target: Sendable, Equatable {
    case exec(String)
    case webhook(URL)
    case alertmanager(URL)

    init?(_ text: String) {
      guard let colon = text.firstIndex(of: ":") else { return nil }
      let rest = String(text[text.index(after: colon)...])
      guard !rest.isEmpty else { return nil }
      switch text[..<colon] {
      case "exec": self = .exec(rest)
      case "webhook":
        guard let url = Self.url(rest) else { return nil }
        self = .webhook(url)
      case "alertmanager":
        guard let url = Self.url(rest) else { return nil }
        let path = "api/v2/alerts"
        self = .alertmanager(url.path.hasSuffix(path) ? url : url.appending(path: path))
      default: return nil
      }
    }

    private static func url(_ text: String) -> URL? {
      guard let url = URL(string: text), url.scheme == "http" || url.scheme == "https",
        url.host != nil
      else { return nil }
      return url
    }
  }

  let targets: [Target]
  private let queue = DispatchQueue(label: "logtriage.alerts")
  private static let timeout: TimeInterval = 10

  init(_ targets: [Target]) { self.targets = targets }

  /// Sends without waiting; what cannot be delivered is told on standard error.
  func send(_ alerts: [AlertSchedule.Alert]) {
    guard !alerts.isEmpty else { return }
    let (targets, alerts) = (targets, alerts)
    queue.async {
      for target in targets {
        switch target {
        case .exec(let command):
          for alert in alerts { Self.run(command, AlertText.json(alert)) }
        case .webhook(let url):
          for alert in alerts { Self.post(url, AlertText.json(alert)) }
        case .alertmanager(let url): Self.post(url, AlertText.alertmanager(alerts))
        }
      }
    }
  }

  /// Waits until what was sent has gone out.
  func finish() { queue.sync {} }

  private static func run(_ command: String, _ text: String) {
    let (reading, writing) = Pipes.make()
    guard reading >= 0,
      let child = ChildProcess.start(command, input: reading, output: STDERR_FILENO)
    else {
      Message.say("an alert hook cannot be started: \(command)")
      return
    }
    close(reading)
    let bytes = Array(text.utf8)
    _ = unsafe bytes.withUnsafeBytes { unsafe write(writing, $0.baseAddress, $0.count) }
    close(writing)
    var status: Int32 = 0
    let end = Date().addingTimeInterval(timeout)
    while unsafe waitpid(child, &status, WNOHANG) == 0 {
      if Date() > end { kill(child, SIGKILL) }
      usleep(5000)
    }
    if status != 0 { Message.say("an alert hook failed: \(command)") }
  }

  private static func post(_ url: URL, _ text: String) {
    guard let host = url.host else { return }
    let isEncrypted = url.scheme == "https"
    let path = url.path(percentEncoded: true)
    let query = url.query(percentEncoded: true).map { "?" + $0 } ?? ""
    let request = HTTPPost(
      host: host.trimmingCharacters(in: ["[", "]"]), port: url.port ?? (isEncrypted ? 443 : 80),
      target: (path.isEmpty ? "/" : path) + query, isEncrypted: isEncrypted,
      contentType: "application/json")
    do {
      let status = try request.send(text, seconds: Int(timeout))
      if !(200..<300).contains(status) {
        Message.say("\(url.absoluteString): status \(status)")
      }
    } catch {
      Message.say("\(url.absoluteString): \(error)")
    }
  }
}
