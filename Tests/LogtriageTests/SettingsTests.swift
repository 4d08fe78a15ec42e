import Foundation
import TestSupport
import Testing

/// Formats given by flags and by a settings file, as a shell sees them.
struct SettingsTests {
  private let timed =
    #"203.0.113.7 - - [20/Nov/2026:23:57:51 +0000] "GET /a HTTP/1.1" 503 12 250000 http://app1.example.com:8080"#
  private let timedFormat =
    #"apache:%h %l %u %t "%r" %>s %b %D %{BALANCER_WORKER_NAME}e"#
  private let piped = "1795215471.236|502|192.0.2.11:80"
  private let pipedFormat = "nginx:$msec|$status|$upstream_addr"

  private func directory(
    _ files: [String: String], _ body: (URL) throws -> Void
  ) throws {
    try Program.withDirectory { directory in
      for (name, text) in files {
        let file = directory.appending(path: name)
        try FileManager.default.createDirectory(
          at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data((text + "\n").utf8).write(to: file)
      }
      try body(directory)
    }
  }

  @Test("a format given by flag reads what nothing else knows")
  func logFormat() throws {
    try directory(["shop.log": piped, "ha.log": timed]) { directory in
      let unknown = try Program.run(["events", directory.appending(path: "shop.log").path])
      #expect(unknown.status == 4)
      let told = try Program.run(["events", directory.path, "--log-format", pipedFormat])
      #expect(told.status == 0)
      #expect(told.output.contains(#""backend":"192.0.2.11:80""#))
      #expect(told.output.contains(#""source":"apache-mod-proxy""#))
    }
  }

  @Test("a wrong format ends with 2, and a caret below its character")
  func wrongFormat() throws {
    let told = try Program.run(["events", "-", "--log-format", "nginx:$status $upstream_adr"])
    #expect(told.status == 2)
    #expect(
      told.errors.contains("did you mean $upstream_addr?\n  $status $upstream_adr\n          ^"))
    let nameless = try Program.run(["events", "-", "--log-format", "iis:%h"])
    #expect(nameless.status == 2)
    #expect(nameless.errors.contains("apache, apache-error, nginx, haproxy"))
  }

  @Test("a glob forces its format, and formats test tells where a record leaves it")
  func formatsTest() throws {
    try directory(["shop.log": piped + "\n1795215471.236|abc|-"]) { directory in
      let file = directory.appending(path: "shop.log").path
      let told = try Program.run(
        ["formats", "test", file, "--log-format", "nginx@shop*.log:$msec|$status|$upstream_addr"])
      #expect(told.status == 0)
      #expect(told.output.contains("given by --log-format for shop*.log: nginx:$msec|$status"))
      #expect(told.output.contains("first record that does not fit: line 2, column 16"))
      #expect(told.output.contains("expected $status (a number or -)"))
      #expect(told.output.contains("\n                   ^"))
      let misfit = try Program.run(
        ["formats", "test", file, "--log-format", "nginx:$msec;$status;$upstream_addr"])
      #expect(misfit.status == 4)
      #expect(misfit.output.contains("not used: --log-format"))
      #expect(misfit.output.contains("line 1, column 1: expected $msec (a number or -) and `;`"))
    }
  }

  @Test("a settings file gives formats, zones and years by glob, and leaves files out")
  func settingsFile() throws {
    let settings = """
      formats:
        "shop*.log": '\(pipedFormat)'
        "*.txt": haproxy
      zones:
        "gw2/*": Europe/Berlin
      years:
        "*": 2026
      backends:
        orders: ["192.0.2.11:80", app1.example.com:8080]
      exclude: ["*.bak", old]
      """
    let traffic =
      #"203.0.113.7:57315 [20/Nov/2026:23:57:51.236] fe be/ord1 0/0/-1/-1/3 503 87 - - SC-- 1/1/0/0/0 0/0 "GET / HTTP/1.1""#
    let files = [
      "settings.yaml": settings, "logs/shop1.log": piped, "logs/gw1/a.txt": traffic,
      "logs/gw2/a.txt": traffic, "logs/a.bak": timed, "logs/old/a.log": timed,
    ]
    try directory(files) { directory in
      let flag = ["--settings", directory.appending(path: "settings.yaml").path]
      let logs = directory.appending(path: "logs").path
      let told = try Program.run(["events", logs] + flag)
      #expect(told.status == 0)
      #expect(told.output.split(separator: "\n").count == 3)
      #expect(told.output.contains(#""time":"2026-11-20T23:57:51.236Z""#))
      #expect(told.output.contains(#""time":"2026-11-20T22:57:51.236Z""#))
      #expect(told.output.contains(#""backend":"192.0.2.11:80""#))
      let test = try Program.run(["formats", "test", logs] + flag)
      #expect(test.output.contains("settings.yaml:2 for shop*.log"))
      // Flags go before the file.
      let flagged = try Program.run(["events", logs, "--assume-timezone", "UTC"] + flag)
      #expect(flagged.output.split(separator: "T23:57").count == 3)
    }
  }

  @Test(
    "a wrong setting is told with its line and what to write",
    arguments: [
      ("format: x", ":1: unknown key format; known are formats"),
      ("years: 2026\nzones: {\"*\": Mars}", ":2: no such time zone: Mars; try Europe/Berlin"),
      ("formats:\n  \"*\": \"apache:%h %Z\"", ":2: %Z is no directive"),
      ("formats:\n  \"*\": nonsuch", ":2: no such format: nonsuch"),
      ("formats:\n  *.log: haproxy", "must stand in quotes"),
      ("formats: [haproxy]", ":1: here must stand globs with formats"),
      ("years: {\"*\": 20x}", ":1: no year: 20x"),
      ("backends:\n  a: [x]\n  b: [x]", ":3: x is a already"),
      ("exclude: \"[\"", ":1: [: this [ has no ]"), ("- a", ":1: here must stand keys"),
    ])
  func wrongSettings(text: String, words: String) throws {
    try directory(["s.yaml": text]) { directory in
      let told = try Program.run(
        ["events", "-", "--settings", directory.appending(path: "s.yaml").path])
      #expect(told.status == 2)
      #expect(told.errors.contains(words))
    }
  }

  @Test("a file of several formats has a list of them")
  func severalFormats() throws {
    let settings = """
      formats:
        mixed.log:
          - 'nginx: $msec|$status|$upstream_addr'
          - |
            log_format: none
      """
    let mended = settings.replacing("log_format: none", with: "nginx:$msec;$upstream_addr;$status")
    let mixed = piped + "\n1795215471.236;192.0.2.12:80;502\n" + piped
    try directory(["bad.yaml": settings, "good.yaml": mended, "mixed.log": mixed]) { directory in
      func told(_ name: String) throws -> Outcome {
        try Program.run([
          "events", directory.appending(path: "mixed.log").path, "--settings",
          directory.appending(path: name).path,
        ])
      }
      let (bad, good) = (try told("bad.yaml"), try told("good.yaml"))
      #expect(bad.errors.contains(":4: log_format: formats can be given for"))
      #expect(good.output.split(separator: "\n").count == 3)
    }
  }

  @Test("what is left out, unused or unread is said")
  func said() throws {
    try directory(["a.log": timed, ".logtriage.yaml": "exclude: \"*\""]) { directory in
      let file = directory.appending(path: "a.log").path
      let excluded = try Program.run(["events", file, "--exclude", "*.log"])
      #expect(excluded.status == 4)
      #expect(excluded.errors.contains("every input is excluded"))
      let unused = try Program.run(["events", file, "--log-format", pipedFormat])
      #expect(unused.status == 0)
      #expect(unused.errors.contains("--log-format nginx: no input is mainly in this format"))
      let here = try Program.run(["events", "a.log"], in: directory)
      #expect(here.status == 0)
      #expect(here.errors.contains("it is read with --settings .logtriage.yaml"))
    }
  }

  @Test("an input format may be given for a glob alone")
  func inputFormat() throws {
    try directory(["a.log": timed, "b.log": timed]) { directory in
      let told = try Program.run(
        ["sniff", directory.path, "--input-format", "nginx-error:b*.log"])
      #expect(told.output.contains("a.log: apache-access"))
      #expect(told.output.contains("b.log: nginx-error"))
    }
  }
}
