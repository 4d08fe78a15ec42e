/// How a product writes an exchange.
enum Shape: String, CaseIterable {
  case haproxy
  case apacheAccess = "apache-access"
  case apacheError = "apache-error"
  case datapower
  case gateway = "ca-ssg"

  func write(_ exchange: Exchange, to text: inout String) {
    let clock = Clock(exchange.milliseconds)
    switch self {
    case .haproxy: haproxy(exchange, clock, &text)
    case .apacheAccess: access(exchange, clock, &text)
    case .apacheError: error(exchange, clock, &text)
    case .datapower: datapower(exchange, clock, &text)
    case .gateway: gateway(exchange, clock, &text)
    }
  }

  private func haproxy(_ exchange: Exchange, _ clock: Clock, _ text: inout String) {
    let (timers, state, status) =
      switch exchange.end {
      case .served: ("0/0/1/\(exchange.duration)/\(exchange.duration + 1)", "----", 200)
      case .refused: ("0/0/-1/-1/3002", "SC--", 503)
      case .timedOut: ("0/0/1/-1/50001", "sH--", 504)
      case .failed: ("0/0/1/\(exchange.duration)/\(exchange.duration + 1)", "----", 500)
      }
    text += "\(clock.iso)+00:00 lb1 haproxy[3049]: \(exchange.client):\(exchange.port) "
    text += "[\(clock.clf).\(clock.fraction)] fe_shop be_\(exchange.pool)/srv\(exchange.member) "
    text += "\(timers) \(status) \(exchange.bytes) - - \(state) 12/9/3/2/0 0/0 "
    text += "\"\(exchange.method) \(exchange.path) HTTP/1.1\"\n"
  }

  private func access(_ exchange: Exchange, _ clock: Clock, _ text: inout String) {
    let status =
      switch exchange.end {
      case .served: 200
      case .refused: 503
      case .timedOut: 504
      case .failed: 500
      }
    text += "\(exchange.client) - - [\(clock.clf) +0000] "
    text += "\"\(exchange.method) \(exchange.path) HTTP/1.1\" \(status) \(exchange.bytes) \"-\" "
    text += "\"\(exchange.agent)\" \(exchange.duration * 1000) "
    text += "http://srv\(exchange.member).example.com:8080 -\n"
  }

  /// Of what was served an error log tells nothing but in between something else.
  private func error(_ exchange: Exchange, _ clock: Clock, _ text: inout String) {
    let head = "[\(clock.ctime).\(clock.fraction)000 2026]"
    let tail =
      "[pid 811:tid \(1000 + exchange.number % 64)] [client \(exchange.client):\(exchange.port)]"
    let member = "srv\(exchange.member).example.com"
    switch exchange.end {
    case .served:
      text += "\(head) [authz_core:debug] [pid 811:tid \(1000 + exchange.number % 64)] "
      text += "mod_authz_core.c(820): [client \(exchange.client):\(exchange.port)] AH01626: "
      text += "authorization result of Require all granted: granted\n"
    case .refused, .failed:
      text += "\(head) [proxy:error] [pid 811:tid \(1000 + exchange.number % 64)] "
      text += "(111)Connection refused: AH00957: http: attempt to connect to 192.0.2.9:8080 "
      text += "(\(member):8080) failed\n"
      text += "\(head) [proxy_http:error] \(tail) AH01114: HTTP: failed to make connection to "
      text += "backend: \(member)\n"
    case .timedOut:
      text += "\(head) [proxy_http:error] \(tail) (70007)The timeout specified has expired: "
      text += "AH01102: error reading status line from remote server \(member):8080\n"
    }
  }

  private func datapower(_ exchange: Exchange, _ clock: Clock, _ text: inout String) {
    let id = 40_000 + exchange.number * 16
    let head = "mpgw(Orders\(exchange.pool)): tid(\(id))[\(exchange.client)]"
    let url = "https://srv\(exchange.member).example.com:8443\(exchange.path)"
    switch exchange.end {
    case .served:
      text +=
        "\(clock.basic)Z [0x80e00073][latency][info] \(head): Latency:   0   5   0   2   6   2 "
      text += "  0  80  84  80  83  \(exchange.duration)  80  80   2   5 [\(url)]\n"
    case .refused:
      text += "\(clock.basic)Z [0x80e00126][mpgw][error] \(head): Valid backside connection could "
      text += "not be established: Failed to establish a backside connection, url: \(url)\n"
      text += "\(clock.basic)Z [0x01130006][mpgw][error] mpgw(Orders\(exchange.pool)): tid(\(id))"
      text += "[error][\(exchange.client)]: Failed to establish a backside connection\n"
    case .timedOut, .failed:
      text +=
        "\(clock.basic)Z [0x80e0ff05][mpgw][info] \(head): HTTP response code 500 for '\(url)'\n"
    }
  }

  private func gateway(_ exchange: Exchange, _ clock: Clock, _ text: inout String) {
    let thread = 100 + exchange.number % 40
    let service = "com.l7tech.server"
    let url = "https://srv\(exchange.member).example.com:8443/api"
    text +=
      "\(clock.iso)+0000 INFO    \(thread) \(service).message: Processing request for service: "
    text += "Orders\(exchange.pool) [/orders\(exchange.pool)*]\n"
    guard exchange.end != .served else {
      text += "\(clock.iso)+0000 INFO    \(thread) \(service).message: Message processed "
      text += "successfully\n"
      return
    }
    let reason = exchange.end == .refused ? "Connection refused" : "Read timed out"
    text += "\(clock.iso)+0000 WARNING \(thread) \(service).policy.assertion.ServerHttpRouting"
    text += "Assertion: 4042: Problem routing to \(url). Error msg: Unable to obtain HTTP response "
    text += "from \(url): \(reason)\n"
    text += "com.l7tech.common.http.GenericHttpException: Unable to obtain HTTP response from "
    text += "\(url): \(reason)\n"
    for depth in 0..<8 {
      text += "\tat com.l7tech.server.policy.assertion.Step\(depth).run(Step.java:\(100 + depth))\n"
    }
    text += "\(clock.iso)+0000 WARNING \(thread) \(service).message: Message was not processed: "
    text += "Error in Assertion Processing (601)\n"
  }
}

/// A moment in November 2026, in the words of several products.
private struct Clock {
  let day: String
  let time: String
  let fraction: String
  private let dayNumber: Int

  init(_ milliseconds: Int) {
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    let seconds = milliseconds / 1000
    let thousandths = milliseconds % 1000
    // 2026-11-01 is day 20,758 since 1970.
    dayNumber = 1 + seconds / 86_400 - 20_758
    day = two(dayNumber)
    time = two(seconds / 3600 % 24) + ":" + two(seconds / 60 % 60) + ":" + two(seconds % 60)
    fraction = (thousandths < 100 ? "0" : "") + two(thousandths)
  }

  var iso: String { "2026-11-\(day)T\(time).\(fraction)" }
  var clf: String { "\(day)/Nov/2026:\(time)" }
  var basic: String { "202611\(day)T\(time.filter { $0 != ":" }).\(fraction)" }
  /// The 1st of November 2026 is a Sunday.
  var ctime: String {
    let name = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][(dayNumber - 1) % 7]
    return "\(name) Nov \(day) \(time)"
  }
}
