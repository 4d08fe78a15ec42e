/// A timer that a product ships with: a pile of durations at its value names who gave up.
struct KnownTimer: Sendable {
  /// As in `Surroundings.products`; empty for devices that write none of the logs read.
  var product: String
  var name: String
  var seconds: Double

  /// Values as shipped; a site may have set others.
  static let all: [KnownTimer] = [
    // httpd 2.4 manual, directives Timeout and ProxyTimeout; 2.2: 300 s.
    KnownTimer(product: "apache-mod-proxy", name: "httpd 2.4 Timeout or ProxyTimeout", seconds: 60),
    KnownTimer(product: "apache-mod-proxy", name: "httpd 2.2 Timeout", seconds: 300),
    // nginx documentation, ngx_http_proxy_module.
    KnownTimer(
      product: "nginx",
      name: "nginx proxy_read_timeout, proxy_connect_timeout or proxy_send_timeout",
      seconds: 60),
    // HAProxy has no default; the values of its manual's examples and of distribution files.
    KnownTimer(
      product: "haproxy", name: "HAProxy timeout server as distribution files set it", seconds: 50),
    KnownTimer(
      product: "haproxy", name: "HAProxy timeout server of the manual's examples", seconds: 30),
    // IBM DataPower documentation, HTTP user agent and front side handlers, "Timeout".
    KnownTimer(product: "datapower", name: "DataPower back side timeout", seconds: 120),
    KnownTimer(product: "ca-api-gateway", name: "CA API Gateway routing read timeout", seconds: 60),
    KnownTimer(
      product: "ca-api-gateway", name: "CA API Gateway routing connection timeout", seconds: 30),
    // Elastic Load Balancing guides: idle timeout; connect limit of targets; TCP idle timeout.
    KnownTimer(product: "aws-elb", name: "AWS ALB or Classic idle timeout", seconds: 60),
    KnownTimer(product: "aws-elb", name: "AWS ALB connect limit", seconds: 10),
    KnownTimer(product: "aws-elb", name: "AWS NLB TCP idle timeout", seconds: 350),
    // Azure documentation: Application Gateway request timeout; Load Balancer idle timeout.
    KnownTimer(
      product: "azure-appgw", name: "Azure Application Gateway request timeout", seconds: 20),
    KnownTimer(
      product: "azure-appgw", name: "Azure Application Gateway request timeout, portal default",
      seconds: 30),
    KnownTimer(product: "azure-appgw", name: "Azure Load Balancer idle timeout", seconds: 240),
    // Google Cloud documentation, "Backend services overview", backend service timeout.
    KnownTimer(product: "gcp-lb", name: "Google Cloud backend service timeout", seconds: 30),
    KnownTimer(product: "gcp-lb", name: "Google Cloud connection idle timeout", seconds: 600),
    // Envoy documentation, route timeout and stream idle timeout.
    KnownTimer(product: "envoy", name: "Envoy route timeout", seconds: 15),
    KnownTimer(product: "envoy", name: "Envoy stream idle timeout", seconds: 300),
    KnownTimer(product: "f5-bigip", name: "BIG-IP TCP profile idle timeout", seconds: 300),
    KnownTimer(product: "citrix-netscaler", name: "NetScaler server idle timeout", seconds: 360),
    KnownTimer(
      product: "kemp-loadmaster", name: "LoadMaster idle connection timeout", seconds: 660),
  ]

  /// A timer fires when its value is over: a little later, never earlier than stamps can tell.
  static func firing(at seconds: Double) -> [KnownTimer] {
    all.filter { seconds >= $0.seconds * 0.99 && seconds <= $0.seconds * 1.02 + 0.25 }
  }
}
