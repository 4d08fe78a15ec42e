/// What is known to happen at a fixed distance: names to begin with, none of them proven.
enum KnownPeriods {
  /// Seconds, and who is known for them.
  static let all: [(seconds: Double, names: String)] = [
    (5, "health checks of BIG-IP and Azure, DNS time-outs of a resolver"),
    (10, "health checks of Kubernetes, nginx fail_timeout, HAProxy agents"),
    (15, "health checks, metrics scrapes"), (30, "Envoy ejection, health checks of AWS and Azure"),
    (60, "httpd retry of a worker, cron every minute, idle time-outs"),
    (120, "IIS and load balancer idle time-outs"),
    (300, "cron every five minutes, caches, session sweeps"),
    (600, "token renewal, cron"), (900, "cron every quarter of an hour, session time-outs"),
    (1800, "session time-outs, batch jobs"),
    (3600, "hourly jobs, log rotation, token and ticket lifetimes"),
    (7200, "TCP keep-alive of the system"), (43_200, "twice-daily jobs"),
    (86_400, "daily jobs, log rotation, backups, certificate reloads"),
  ]

  /// The names for a period within 2 %; `nil` for one that nobody is known for.
  static func names(near seconds: Double) -> String? {
    all.first { abs(seconds - $0.seconds) <= 0.02 * $0.seconds }?.names
  }
}
