import ArgumentParser
import LogListener

/// What a tail does beside following: listen, alert, be measured.
struct LiveOptions: ParsableArguments {
  @Option(
    help: """
      Also receive syslog: udp://127.0.0.1:5514, tcp://..., tls://...; repeatable. Without a host, \
      this machine only.
      """)
  var listen: [String] = []

  @Option(help: "Certificate chain for tls://, a PEM file.")
  var tlsCert: String?

  @Option(help: "Private key for tls://, a PEM file.")
  var tlsKey: String?

  @Option(
    help: """
      Send findings that open, change or close: exec:CMD (JSON on its input), webhook:URL, \
      alertmanager:URL; repeatable.
      """)
  var onFinding: [String] = []

  @Option(help: "Seconds in which alerts gather before they are sent.")
  var groupWait = 10

  @Option(help: "Minutes after which an alert of an open finding is sent again.")
  var repeatInterval = 240

  @Option(help: "Serve numbers for Prometheus at HOST:PORT/metrics.")
  var metrics: String?

  var addresses: [ListenAddress] { listen.compactMap { ListenAddress($0) } }
  var targets: [AlertHooks.Target] { onFinding.compactMap { AlertHooks.Target($0) } }
  var metricsAddress: ListenAddress? { metrics.flatMap { ListenAddress("tcp://" + $0) } }

  var certificate: SyslogListener.Certificate? {
    guard let tlsCert, let tlsKey else { return nil }
    return SyslogListener.Certificate(chain: tlsCert, key: tlsKey)
  }

  func validate() throws {
    for address in listen where ListenAddress(address) == nil {
      throw ValidationError("\(address): try udp://127.0.0.1:5514, tcp://:5514 or tls://:6514")
    }
    if addresses.contains(where: { $0.transport == .tls }), certificate == nil {
      throw ValidationError("tls:// needs --tls-cert and --tls-key")
    }
    for target in onFinding where AlertHooks.Target(target) == nil {
      throw ValidationError("\(target): try exec:CMD, webhook:URL or alertmanager:URL")
    }
    if metrics != nil, metricsAddress == nil {
      throw ValidationError("--metrics is HOST:PORT, such as 127.0.0.1:9464")
    }
    guard groupWait >= 0, repeatInterval > 0 else {
      throw ValidationError("--group-wait and --repeat-interval cannot be negative")
    }
  }
}
