import LogEvents
import TestSupport
import Testing

@testable import LogFormats

struct CloudBalancerTests {
  private func application(
    _ status: String, _ own: String, target: String = "192.0.2.31:8080", reason: String = "-"
  ) -> [Told] {
    let line =
      "https 2025-05-06T09:12:00.534839Z app/shop/1 203.0.113.5:3894 \(target) 0.001 -1 -1 "
      + "\(status) \(own) 234 612 \"GET https://shop.example.com:443/ HTTP/1.1\" \"-\" - - "
      + "arn:aws:elasticloadbalancing:eu-central-1:1:targetgroup/tg/1 \"Root=1-6\" \"-\" \"-\" 0 "
      + "2025-05-06T09:12:00.499839Z \"forward\" \"-\" \"\(reason)\""
    return read(Array(line.utf8), format: AWSLoadBalancer.self, FormatSettings()).told
  }

  @Test(
    "both statuses of an AWS balancer tell who failed",
    arguments: [
      ("500", "500", "http-5xx"), ("502", "-", "bad-gateway-response"),
      ("504", "-", "response-timeout"), ("460", "-", "client-abort"), ("404", "404", "ok"),
      ("464", "-", "config-error"), ("561", "-", "other"), ("000", "-", "other"),
      ("400", "-", "info"), ("502", "200", "bad-gateway-response"),
    ])
  func statuses(_ status: String, _ own: String, _ outcome: String) {
    #expect(application(status, own).map { $0.fields["class"] } == [.string(outcome)])
  }

  @Test("a group without targets is exhausted, a throttled function overloaded")
  func withoutTarget() {
    #expect(
      application("503", "-", target: "-").first?.fields["class"] == .string("pool-exhausted"))
    #expect(
      application("502", "-", target: "-", reason: "LambdaThrottling").first?.fields["class"]
        == .string("overload"))
  }

  @Test("fields were added over the years: what is there is read", arguments: [11, 12, 13, 14, 15])
  func ages(_ fields: Int) {
    let line =
      "https 2025-05-06T09:12:00.534839Z app/shop/1 203.0.113.5:3894 192.0.2.31:8080 0.001 0.1 0 "
      + "502 - 234 612 \"GET / HTTP/1.1\" \"-\" cipher TLSv1.2 "
      + "arn:aws:elasticloadbalancing:eu-central-1:1:targetgroup/tg/1"
    let words = line.replacing("\"GET / HTTP/1.1\"", with: "\"GET_/\"").split(separator: " ")
    let record = words.prefix(2 + fields).joined(separator: " ")
    let told = read(Array(record.utf8), format: AWSLoadBalancer.self, FormatSettings()).told
    #expect(told.map { $0.fields["class"] } == [.string("bad-gateway-response")])
  }

  @Test("a record cut within quotes is a fault")
  func cut() {
    let line =
      "https 2025-05-06T09:12:00.534839Z app/shop/1 203.0.113.5:3894 192.0.2.31:8080 0.0 \"GET"
    let (told, counts, _) = read(Array(line.utf8), format: AWSLoadBalancer.self, FormatSettings())
    #expect(told.isEmpty)
    #expect(counts.faults[.badShape] == 1)
  }

  @Test(
    "an array of another program is not Azure's", arguments: ["[1, 2]", "[error] text", "[{}]"])
  func foreignArrays(_ line: String) {
    for format in [AzureGateway.self, GoogleLoadBalancer.self] as [any LogFormat.Type] {
      let counts = read(Array(line.utf8), format: format, FormatSettings()).counts
      #expect(counts.faults[.notThisDialect] == 1)
    }
  }

  @Test("a version 1 record of Azure has the member in its query, and milliseconds")
  func versionOne() {
    let line =
      "{\"time\":\"2026-04-03T10:00:10Z\",\"category\":\"ApplicationGatewayAccessLog\","
      + "\"properties\":{\"requestQuery\":\"a=b&SERVER-ROUTED=192.0.2.6&SERVER-STATUS=502\","
      + "\"httpStatus\":502,\"timeTaken\":205}}"
    let told = read(Array(line.utf8), format: AzureGateway.self, FormatSettings()).told
    #expect(told.first?.fields["class"] == .string("bad-gateway-response"))
    #expect(told.first?.fields["backend"] == .string("192.0.2.6"))
  }
}
