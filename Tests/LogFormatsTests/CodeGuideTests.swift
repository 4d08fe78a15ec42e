import LogEvents
import Testing

@testable import LogFormats

@Suite("Codes")
struct CodeGuideTests {
  @Test("Every code of every table is explained, with a meaning, a class and a source")
  func explainsAll() {
    #expect(CodeGuide.all.count > 500)
    for meaning in CodeGuide.all {
      #expect(!meaning.code.isEmpty && !meaning.says.isEmpty && !meaning.source.isEmpty)
      #expect(!meaning.outcomes.isEmpty, "\(meaning.code)")
      #expect(
        CodeGuide.meanings(of: meaning.code).contains { $0.product == meaning.product },
        "\(meaning.product) \(meaning.code)")
    }
  }

  @Test("What the formats read by number is in the tables")
  func coversFormats() {
    let known = Set(CodeGuide.all.map { $0.code.lowercased() })
    for message in ApacheMessage.table {
      for code in message.codes {
        #expect(
          ApacheGuide.padded("AH\(code)").map { known.contains($0.lowercased()) }
            ?? known.contains("ah\(code)"))
      }
    }
    for flag in EnvoyFlags.table { #expect(known.contains(flag.short.lowercased())) }
    for entry in GoogleStatusDetails.table { #expect(known.contains(entry.name)) }
    for reason in HAProxyCheck.reasons { #expect(known.contains(reason.code.lowercased())) }
    for reason in AWSVerdict.lambdaReasons { #expect(known.contains(reason.name.lowercased())) }
    for cause in AzureExchange.causes { #expect(known.contains(cause.name.lowercased())) }
    for message in DataPowerMessage.table {
      for code in message.codes {
        let digits = String(code, radix: 16)
        #expect(known.contains("0x" + String(repeating: "0", count: 8 - digits.count) + digits))
      }
    }
  }

  @Test(
    "Codes of each product are told by their class",
    arguments: [
      ("AH00957", "Apache httpd", Outcome.connectRefused),
      ("AH957", "Apache httpd", .connectRefused),
      ("ah01110", "Apache httpd", .prematureClose),
      ("0x01130006", "IBM DataPower", .connectUnreachable),
      ("sH--", "HAProxy", .responseTimeout), ("SC", "HAProxy", .connectRefused),
      ("L4TOUT", "HAProxy health check", .connectTimeout),
      ("01010028", "F5 BIG-IP", .poolExhausted),
      ("UPE", "Envoy", .badGatewayResponse), ("NoHealthyUpstream", "Envoy", .poolExhausted),
      ("460", "AWS Elastic Load Balancing", .clientAbort),
      ("LambdaThrottling", "AWS Elastic Load Balancing", .overload),
      ("ERRORINFO_UPSTREAM_NO_LIVE", "Azure Application Gateway", .poolExhausted),
      ("backend_timeout", "Google Cloud Load Balancing", .responseTimeout),
      ("ORA-12541", "Oracle", .connectRefused), ("MQRC 2059", "IBM MQ", .connectRefused),
      ("MONITORDOWN", "NetScaler", .serverDown), ("601", "CA API Gateway", .other),
      ("70007", "Apache httpd, number before a message", .responseTimeout),
      ("504", "HTTP status behind a gateway", .responseTimeout),
    ])
  func codes(term: String, product: String, outcome: Outcome) {
    let meanings = CodeGuide.meanings(of: term)
    #expect(meanings.contains { $0.product == product && $0.outcomes.contains(outcome) })
  }

  @Test(
    "A message as it stands in a log is known by what stands in it",
    arguments: [
      (
        "2026/11/20 07:00:00 [error] 7#7: *1 no live upstreams while connecting to upstream, client: 192.0.2.1",
        "nginx"
      ),
      ("(Node01) Failed opening socket to (192.0.2.1:8009) (errno=111)", "mod_jk"),
      ("Server be_a/s1 is DOWN, reason: Layer4 timeout, check duration: 2001ms.", "HAProxy"),
      ("ws_common: websphereGetStream: Connect timeout fired", "WebSphere plug-in"),
      ("503 - 0x00000 delayed_connect_error:_111", "Envoy"),
      ("502 Bad Gateway error=\"dial tcp 192.0.2.7:80: connect: connection refused\"", "Traefik"),
      ("AH00957: HTTP: attempt to connect to 192.0.2.1:80 (*) failed", "Apache httpd"),
    ])
  func messages(text: String, product: String) {
    #expect(CodeGuide.meanings(of: text).contains { $0.product.hasPrefix(product) })
  }

  @Test("An unknown code has near ones, and nonsense has none")
  func near() {
    #expect(CodeGuide.meanings(of: "AH99999").isEmpty)
    #expect(CodeGuide.near("AH0095").contains("AH00957"))
    #expect(CodeGuide.near("L4TOT").contains("L4TOUT"))
    #expect(CodeGuide.near("conect-refused", among: ["connect-refused"]).first == "connect-refused")
    #expect(CodeGuide.near("xyzzyplugh").isEmpty)
    #expect(CodeGuide.meanings(of: "").isEmpty)
    #expect(CodeGuide.meanings(of: String(repeating: "a ", count: 5000)).isEmpty)
  }
}
