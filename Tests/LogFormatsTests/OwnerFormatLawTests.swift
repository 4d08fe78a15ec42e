import LogEvents
import TestSupport
import Testing

@testable import LogFormats

/// What a product writes in a format, the program compiled from it reads.
struct OwnerFormatLawTests {
  /// One exchange, as products spell its parts.
  private struct Exchange {
    var client: String
    var status: Int
    var path: String
    var agent: String
    var user: String
    var second: Int
    var millisecond: Int
    var backend: String
    var state: String

    init(_ random: inout Dice) {
      func pick(_ choices: [String]) -> String {
        choices[Int(random.next() % UInt64(choices.count))]
      }
      client = pick(["203.0.113.7", "2001:db8::7", "198.51.100.23"])
      status = Int(pick(["200", "302", "404", "500", "502", "503", "504"])) ?? 0
      path = pick(["/", "/a b", "/%22x", "/q?a=1&b=]", "/[20/Nov", "/x | y;z", "/ \" 503 1"])
      agent = pick([
        "-", "", "Mozilla/5.0 (X; U) [en]", "say \"hi\" 200 12", "a\\", "x\" \"y", "ü | ; {1}",
        "200",
      ])
      user = pick(["-", "anna", "anna b", "a [b"])
      second = Int(random.next() % 60)
      millisecond = Int(random.next() % 1000)
      backend = pick(["192.0.2.11:8080", "192.0.2.12:80", "[2001:db8::1]:80"])
      state = pick(["----", "SC--", "sH--", "SH--", "CD--"])
    }

    var seconds: String { second < 10 ? "0\(second)" : "\(second)" }
    var thousandths: String {
      String(repeating: "0", count: 3 - "\(millisecond)".count) + "\(millisecond)"
    }
    var clf: String { "20/Nov/2026:23:57:\(seconds)" }
    var epoch: Int { 1_795_219_020 + second }
    var request: String { "GET \(path) HTTP/1.1" }
  }

  private enum Escape { case backslash, hexadecimal, hash, none }

  private static func escaped(_ text: String, _ escape: Escape) -> String {
    switch escape {
    case .backslash: text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    case .hexadecimal: text.replacing("\\", with: "\\x5C").replacing("\"", with: "\\x22")
    case .hash: text.replacing("\"", with: "#22")
    case .none: text
    }
  }

  /// Writes a format's directives, the longest name first, everything else as it stands.
  private static func write(_ pattern: String, _ values: [(String, String)]) -> String {
    var (text, rest) = ("", pattern[...])
    let values = values.sorted { $0.0.count > $1.0.count }
    while let first = rest.first {
      if let value = values.first(where: { rest.hasPrefix($0.0) }) {
        text += value.1
        rest = rest.dropFirst(value.0.count)
      } else {
        text.append(first)
        rest = rest.dropFirst()
      }
    }
    return text
  }

  private static let patterns: [(OwnerFormat.Dialect, String)] = [
    (
      .apache,
      #"%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" %D %{BALANCER_WORKER_NAME}e"#
    ),
    (.apache, #"%u %h %{sec}t.%{msec_frac}t "%{User-Agent}i" "%r" <%{BALANCER_WORKER_NAME}e> %>s"#),
    (
      .apache,
      #"{"a":"%h","t":"%{sec}t","m":"%{msec_frac}t","r":"%r","u":"%{User-Agent}i","s":%>s,"w":"%{BALANCER_WORKER_NAME}e"}"#
    ),
    (.apache, #"%>s|%D|%{BALANCER_WORKER_NAME}e|"%{User-Agent}i"|"%r"|%h|%t"#),
    (
      .nginx,
      #"$remote_addr - $remote_user [$time_local] "$request" $status "$http_user_agent" $upstream_addr $upstream_status"#
    ),
    (
      .nginx,
      #"$msec $status "$http_user_agent" "$request" ua="$upstream_addr" us="$upstream_status" $remote_addr"#
    ),
    (
      .nginx,
      #"$upstream_addr $upstream_status $msec $remote_addr $status "$request" $http_user_agent"#
    ),
    (.haproxy, #"%ci:%cp [%tr] %ft %b/%s %Ta %ST %tsc {%[capture.req.hdr(0)]} "%r""#),
    (.haproxy, #"t=%Ts.%ms c=%ci st=%ST end=%tsc ua="%[capture.req.hdr(0)]" be=%b srv=%s rq="%r""#),
    (.haproxy, #"{"t":%Ts%ms,"c":"%ci","be":"%b","srv":"%s","st":%ST,"end":"%tsc","rq":"%r"}"#),
  ]

  private static func values(
    _ dialect: OwnerFormat.Dialect, _ exchange: Exchange
  ) -> [(String, String)] {
    let escape: Escape =
      switch dialect {
      case .nginx: .hexadecimal
      case .haproxy: .hash
      default: .backslash
      }
    let request = escaped(exchange.request, escape)
    let agent = escaped(exchange.agent, escape)
    return switch dialect {
    case .nginx:
      [
        ("$remote_addr", exchange.client), ("$remote_user", exchange.user),
        ("$time_local", exchange.clf + " +0000"),
        ("$msec", "\(exchange.epoch).\(exchange.thousandths)"), ("$request", request),
        ("$status", "\(exchange.status)"), ("$http_user_agent", agent),
        ("$upstream_addr", "192.0.2.99:1, \(exchange.backend)"),
        ("$upstream_status", "200, \(exchange.status)"),
      ]
    case .haproxy:
      [
        ("%ci", exchange.client), ("%cp", "40112"),
        ("%tr", "\(exchange.clf).\(exchange.thousandths)"), ("%ft", "fe~"), ("%b", "be_x"),
        ("%s", exchange.backend), ("%Ta", "+12"), ("%ST", "\(exchange.status)"),
        ("%tsc", exchange.state), ("%[capture.req.hdr(0)]", agent), ("%r", request),
        ("%Ts", "\(exchange.epoch)"), ("%ms", exchange.thousandths),
      ]
    default:
      [
        ("%h", exchange.client), ("%l", "-"), ("%u", exchange.user),
        ("%t", "[\(exchange.clf) +0000]"), ("%{sec}t", "\(exchange.epoch)"),
        ("%{msec_frac}t", exchange.thousandths), ("%r", request), ("%>s", "\(exchange.status)"),
        ("%b", "-"), ("%{Referer}i", "-"), ("%{User-Agent}i", agent), ("%D", "12345"),
        ("%{BALANCER_WORKER_NAME}e", "http://\(exchange.backend)"),
      ]
    }
  }

  @Test("what was written is read", arguments: Self.patterns)
  func writtenIsRead(dialect: OwnerFormat.Dialect, pattern: String) throws {
    var settings = FormatSettings()
    settings.ownerFormats = [try OwnerFormat(dialect, pattern)]
    var random = Dice(UInt64(pattern.utf8.count))
    for _ in 0..<150 {
      let exchange = Exchange(&random)
      let record = Self.write(pattern, Self.values(dialect, exchange))
      let told = read(Array(record.utf8), format: dialect.reader, settings).told
      let fields = try #require(told.first?.fields, "\(record)")
      #expect(fields["client"] == .string(exchange.client), "\(record)")
      #expect(fields["status"] == .number(Double(exchange.status)), "\(record)")
      #expect(fields["time"]?.string?.contains(":\(exchange.seconds)") == true, "\(record)")
      #expect(fields["backend"] == .string(exchange.backend), "\(record)")
      if dialect == .haproxy { #expect(fields["code"] == .string(exchange.state), "\(record)") }
    }
  }

  @Test("changed bytes are an event, chatter or a fault", arguments: Self.patterns)
  func mutations(dialect: OwnerFormat.Dialect, pattern: String) throws {
    var settings = FormatSettings()
    let format = try OwnerFormat(dialect, pattern)
    settings.ownerFormats = [format]
    var random = Dice(7)
    for _ in 0..<150 {
      var bytes = Array(Self.write(pattern, Self.values(dialect, Exchange(&random))).utf8)
      for _ in 0..<(1 + random.next() % 6) where !bytes.isEmpty {
        let at = Int(random.next() % UInt64(bytes.count))
        switch random.next() % 3 {
        case 0: bytes[at] = UInt8(truncatingIfNeeded: random.next())
        case 1: bytes.removeSubrange(at...)
        default: bytes.insert(contentsOf: bytes[at...], at: at)
        }
      }
      let counts = read(bytes, format: dialect.reader, settings).counts
      #expect(counts.chatter + counts.faultCount <= max(1, counts.lines))
      if let misfit = format.misfit(bytes.span, settings) {
        #expect(misfit.column >= 1 && misfit.column <= bytes.count + 1)
      }
    }
  }

  @Test("any text is a format or an error, and errors point into it")
  func anyText() {
    var random = Dice(11)
    let parts = [
      "%", "%h", "$status", "{", "}", "[", "]", "\\", "\"", " ", "%{", "}t", "%>s", "%tsc", "${",
      "%[", "(", "%{+Q}o", "ü", "escape=json", "LogFormat ", "'", ";", "%M", "%{cu}t", "%7F", "% ",
    ]
    for _ in 0..<3000 {
      let text = (0..<(random.next() % 12)).map { _ in
        parts[Int(random.next() % UInt64(parts.count))]
      }.joined()
      for dialect in OwnerFormat.Dialect.allCases {
        do throws(PatternError) {
          let format = try OwnerFormat(dialect, text)
          _ = format.misfit(Array(text.utf8).span, FormatSettings())
        } catch {
          #expect((0...text.utf8.count).contains(error.offset), "\(text)")
        }
      }
    }
  }
}
