/// A timer that a product ships with: durations that pile up at its value tell who gave up.
package struct KnownTimer: Sendable {
  /// As in `Surroundings.products`.
  package var product: String
  package var name: String
  package var seconds: Int
  /// The manual that states the value.
  package var source: String

  /// Values as shipped, by value; a site may have set others.
  ///
  /// Only what the products' own documentation states.
  package static let all: [KnownTimer] = [
    KnownTimer(
      product: "aws-elb", name: "AWS ALB connect limit", seconds: 10,
      source: "Elastic Load Balancing, Application Load Balancers, Troubleshoot: HTTP 504"),
    KnownTimer(
      product: "envoy", name: "Envoy route timeout", seconds: 15,
      source: "Envoy FAQ, How do I configure timeouts?"),
    KnownTimer(
      product: "azure-appgw", name: "Azure Application Gateway request timeout", seconds: 20,
      source: "Azure Application Gateway, Troubleshooting bad gateway errors"),
    KnownTimer(
      product: "gcp-lb", name: "Google Cloud backend service timeout", seconds: 30,
      source: "Google Cloud Load Balancing, Backend services overview"),
    KnownTimer(
      product: "ca-api-gateway", name: "CA API Gateway io.outConnectTimeout", seconds: 30,
      source: "CA API Gateway documentation, Input/Output Cluster Properties"),
    KnownTimer(
      product: "haproxy",
      name: "HAProxy timeout server (none built in; 50 s in the manual's examples)",
      seconds: 50, source: "HAProxy configuration manual, Examples"),
    KnownTimer(
      product: "apache-mod-proxy", name: "httpd 2.4 Timeout or ProxyTimeout", seconds: 60,
      source: "httpd 2.4 manual, directives Timeout and ProxyTimeout"),
    KnownTimer(
      product: "nginx",
      name: "nginx proxy_read_timeout, proxy_connect_timeout or proxy_send_timeout", seconds: 60,
      source: "nginx documentation, ngx_http_proxy_module"),
    KnownTimer(
      product: "ca-api-gateway", name: "CA API Gateway io.outTimeout", seconds: 60,
      source: "CA API Gateway documentation, Input/Output Cluster Properties"),
    KnownTimer(
      product: "aws-elb", name: "AWS ALB or Classic idle timeout", seconds: 60,
      source: "Elastic Load Balancing, Load balancer attributes"),
    KnownTimer(
      product: "datapower", name: "DataPower back side timeout", seconds: 120,
      source: "IBM DataPower documentation, HTTP user agent and service settings"),
    KnownTimer(
      product: "azure-appgw", name: "Azure Load Balancer idle timeout", seconds: 240,
      source: "Azure Load Balancer, TCP reset and idle timeout"),
    KnownTimer(
      product: "apache-mod-proxy", name: "httpd 2.2 Timeout", seconds: 300,
      source: "httpd 2.2 manual, directive Timeout"),
    KnownTimer(
      product: "envoy", name: "Envoy stream idle timeout", seconds: 300,
      source: "Envoy FAQ, How do I configure timeouts?"),
    KnownTimer(
      product: "f5-bigip", name: "BIG-IP TCP profile idle timeout", seconds: 300,
      source: "F5 BIG-IP LTM profiles reference, TCP profile"),
    KnownTimer(
      product: "aws-elb", name: "AWS NLB TCP idle timeout", seconds: 350,
      source: "Elastic Load Balancing, Network Load Balancers, Connection idle timeout"),
    KnownTimer(
      product: "citrix-netscaler", name: "NetScaler server idle timeout", seconds: 360,
      source: "NetScaler documentation, Set a timeout value for idle server connections"),
    KnownTimer(
      product: "kemp-loadmaster", name: "LoadMaster idle connection timeout", seconds: 660,
      source: "LoadMaster Web User Interface guide, L7 Configuration"),
  ]

  /// Whether the timer may have fired after so long: a little later than its value, never earlier than
  /// stamps can tell.
  package func fires(afterMilliseconds duration: Int64) -> Bool {
    let value = Int64(seconds) * 1000
    return duration >= value - value / 100 && duration <= value + value / 50 + 250
  }

  /// Those that fire after so long; of the products whose logs were read first.
  package static func firing(
    afterMilliseconds duration: Int64, of products: [String]
  ) -> [KnownTimer] {
    let firing = all.filter { $0.fires(afterMilliseconds: duration) }
    return firing.filter { products.contains($0.product) }
      + firing.filter { !products.contains($0.product) }
  }
}
