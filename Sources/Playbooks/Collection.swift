import Correlator

/// What to save, by the products whose logs were read, before it is gone.
///
/// Source: causes.md §5; IBM ibm11285666; Pivotal 2010526; Broadcom 97762; LB Wiki.
enum Collection {
  static func steps(for found: Case) -> [Step] {
    found.surroundings.products.prefix(3).compactMap { step(for: $0, found) }
  }

  private static func step(for product: String, _ found: Case) -> Step? {
    let spoken = found.endpoint.spoken
    switch product {
    case "datapower":
      return Step(
        "DataPower: an error report from the default domain (interfaces, routes, DNS and its cache, "
          + "service states), a log target at debug level there, and a packet capture filtered by "
          + "\(found.endpoint.target?.host ?? spoken).")
    case "apache-mod-proxy":
      return Step(
        "httpd: keep error log and access log \(found.window), mod_status and MaxRequestWorkers; "
          + "capture at both ends of the connections to \(spoken).", command: found.capture)
    case "ca-api-gateway":
      return Step(
        "CA API Gateway: ssg log, audit and traffic log \(found.window); a capture on the gateway "
          + "tells whether a FIN or RST arrived before more data was sent.", command: found.capture)
    case "haproxy":
      return Step(
        "HAProxy: the state lines of \(spoken) around \(found.from), and `show servers state`, "
          + "`show errors` on the stats socket.")
    case "nginx":
      return Step(
        "nginx: error log and access log \(found.window), with $upstream_addr, $upstream_status and "
          + "$upstream_response_time in the log format.")
    case "f5-bigip":
      return Step(
        "BIG-IP: /var/log/ltm \(found.window), and reset causes (tm.rstcause.log) while it lasts.")
    case "aws-elb":
      return Step(
        "AWS: access logs \(found.window) of all nodes, target health reasons, and the metrics "
          + "TargetConnectionErrorCount and TargetResponseTime.")
    case "azure-appgw":
      return Step("Azure: access log and backend health of the gateway \(found.window).")
    case "gcp-lb":
      return Step(
        "Google Cloud: request log with statusDetails and health-check log \(found.window).")
    case "envoy":
      return Step(
        "Envoy: access log with response flags and details \(found.window); `/clusters` and `/stats` "
          + "of the admin interface.")
    case "citrix-netscaler":
      return Step("NetScaler: `show service`, monitor statistics and `nstrace` \(found.window).")
    case "kemp-loadmaster":
      return Step(
        "LoadMaster: system message log \(found.window) and a TCP dump of the real server.")
    case "traefik":
      return Step(
        "Traefik: log at debug level while it lasts; at the default level the cause of a 502 or 504 is "
          + "written nowhere.")
    default: return nil
    }
  }
}
