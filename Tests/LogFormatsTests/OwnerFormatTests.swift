import LogEvents
import TestSupport
import Testing

@testable import LogFormats

/// Formats as their owners wrote them: directives, errors, what records say.
struct OwnerFormatTests {
  private func told(
    _ dialect: OwnerFormat.Dialect, _ pattern: String, _ record: String
  ) throws -> Told? {
    var settings = FormatSettings()
    settings.ownerFormats = [try OwnerFormat(dialect, pattern)]
    return read(Array(record.utf8), format: dialect.reader, settings).told.first
  }

  // MARK: Errors

  @Test(
    "a wrong directive is an error that points at its character",
    arguments: [
      (OwnerFormat.Dialect.apache, "%h %Z %>s", "    ", "%Z is no directive"),
      (.apache, "%h %{Foo %>s", "    ", "has no }"),
      (.apache, "%h%v %>s", "  ", "nothing stands between %h and %v"),
      (.apache, "%h %", "   ", "does not end"),
      (.apache, "%i %>s", " ", "needs a name"),
      (.apache, "%{x}q %>s", "    ", "takes no {name}"),
      (.apache, "%{%Y %Q}t %>s", "     ", "no part of a time"),
      (.apache, "%h %t", "     ", "no status"),
      (.apache, #"LogFormat "%h \"%r\" %Z" x"#, #"                      "#, "%Z is no directive"),
      (.apacheError, "[%t] %Q %M", "      ", "%Q is no directive"),
      (.apacheError, "[%t] %l", "       ", "no message"),
      (.nginx, "$remote_addr $upstream_adr", "             ", "did you mean $upstream_addr?"),
      (.nginx, "$status $", "        ", "a variable's name must follow"),
      (.nginx, "${status x", " ", "has no }"),
      (.nginx, "escape=jsn $status", "       ", "default, json or none"),
      (.nginx, "$remote_addr", "            ", "neither $status"),
      (.haproxy, "%ci %tsc %xy", "          ", "%xy is no variable"),
      (.haproxy, "%tsc %[req.hdr(a)", "      ", "has no ]"),
      (.haproxy, "%tsc %{+Z}r", "      ", "+Z is no flag"),
      (.haproxy, "%ci %b/%s", "         ", "neither %tsc"),
      (.haproxy, "%{+json}ci %(a)tsc", " ", "+json holds for all"),
      (.haproxy, "%{+cbor}o %(a)tsc", " ", "bytes that are no text"),
    ])
  func errors(
    dialect: OwnerFormat.Dialect, pattern: String, before: String, words: String
  ) {
    do throws(PatternError) {
      _ = try OwnerFormat(dialect, pattern)
      Issue.record("\(pattern) is no error")
    } catch {
      #expect(error.description.contains(words))
      #expect(error.description.hasSuffix("\n  \(pattern)\n  \(before)^"))
    }
  }

  // MARK: httpd

  @Test("the line of the configuration is as good as the format alone")
  func configurationLines() throws {
    let record = #"203.0.113.7 - - [20/Nov/2026:23:57:51 +0100] "GET /a HTTP/1.1" 503 12 250000"#
    for pattern in [
      #"%h %l %u %t "%r" %>s %b %D"#, #"%h %l %u %t \"%r\" %>s %b %D"#,
      #"LogFormat "%h %l %u %t \"%r\" %>s %b %D" timed"#,
      #"CustomLog "|/bin/rotatelogs x" "%h %l %u %t \"%r\" %>s %b %D" env=!quiet"#,
    ] {
      let event = try #require(try told(.apache, pattern, record))
      #expect(event.fields["time"] == .string("2026-11-20T22:57:51Z"))
      #expect(event.fields["status"] == .number(503))
      #expect(event.fields["client"] == .string("203.0.113.7"))
    }
    let stream = try #require(
      try told(
        .nginx,
        """
        log_format main escape=json '{"t":"$time_iso8601",'
          '"s":$status,"u":"$upstream_addr"}';
        """, #"{"t":"2026-11-20T23:57:51+00:00","s":502,"u":"192.0.2.11:80"}"#))
    #expect(stream.fields["backend"] == .string("192.0.2.11:80"))
  }

  @Test("a time may be spelled in pieces, with fraction and zone apart")
  func piecedTime() throws {
    let stamps = [
      ("%{%d/%b/%Y %T}t.%{msec_frac}t %{%z}t", "20/Nov/2026 23:57:51.236 +0100"),
      ("%{begin:sec}t.%{usec_frac}t", "1795215471.236001"),
      ("%{msec}t", "1795215471236"), ("%{usec}t", "1795215471236001"),
      ("%{%Y-%m-%dT%H:%M:%S}t.%{usec_frac}t%{%z}t", "2026-11-20T23:57:51.236999+0100"),
      ("%{%I:%M:%S %p %D}t %{msec_frac}t%{%z}t", "11:57:51 PM 11/20/26 236+0100"),
    ]
    for (pattern, stamp) in stamps {
      let event = try told(.apache, "\(pattern) %>s", "\(stamp) 200")
      #expect(event?.fields["time"] == .string("2026-11-20T22:57:51.236Z"))
    }
  }

  @Test("worker, balancer, unique id and duration are taken from where the format has them")
  func worker() throws {
    let event = try #require(
      try told(
        .apache, "%{UNIQUE_ID}e %{BALANCER_NAME}e %{BALANCER_WORKER_NAME}e %>s %{ms}T %X [%{sec}t]",
        "aA@-1 balancer://app http://app1.example.com:8080 502 31 X [1795215471]"))
    #expect(event.fields["backend"] == .string("app1.example.com:8080"))
    #expect(event.fields["pool"] == .string("balancer://app"))
    #expect(event.fields["transaction"] == .string("aA@-1"))
    #expect(event.fields["class"] == .string("client-abort"))
  }

  @Test(
    "a field of an ErrorLogFormat vanishes with the blank before it",
    arguments: [
      "[error] [pid 7:tid 9] mod_proxy.c(47): (111)Connection refused: [client 203.0.113.7:80] ",
      "[error] [pid 7:tid 9] (111)Connection refused: [client 203.0.113.7:80] ",
      "[error] [pid 7:tid 9] (111)Connection refused: ",
    ])
  func vanishingFields(head: String) throws {
    let pattern =
      #"[%{u}t] [%l] [pid %P:tid %T] %7F: %E: [client\ %a] %M% ,\ referer\ %{Referer}i"#
    let message = "AH00957: http: attempt to connect to 192.0.2.11:80 (app1.example.com:80) failed"
    let stamp = "[Sat Nov 21 00:10:34.419647 2026] "
    let event = try #require(try told(.apacheError, pattern, stamp + head + message))
    #expect(event.fields["class"] == .string("connect-refused"))
    #expect(event.fields["backend"] == .string("app1.example.com:80"))
    #expect(event.fields["time"] == .string("2026-11-21T00:10:34.419Z"))
    let client: JSONValue = head.contains("client") ? .string("203.0.113.7") : .null
    #expect(event.fields["client"] == client)
  }

  // MARK: nginx and HAProxy

  @Test("lists of attempts are whole, though blanks divide the fields around them")
  func lists() throws {
    let event = try #require(
      try told(
        .nginx, "$time_iso8601 $upstream_addr $upstream_status $upstream_connect_time $status",
        "2026-11-20T23:57:51+00:00 192.0.2.11:80, unix:/run/a.sock : 192.0.2.12:80 502, 502 : 200"
          + " -, 0.001 : 0.000 200"))
    #expect(event.fields["class"] == .string("connect-refused"))
    #expect(event.fields["backend"] == .string("192.0.2.11:80"))
  }

  @Test("HAProxy writes blanks once, and captures only where there are some")
  func captures() throws {
    let pattern = #"%{+Q}o %t  %ci %b/%s %ST %tsc %hr %hs %r"#
    for captured in ["{a|b c} {x} ", "{a} ", ""] {
      let record =
        #"20/Nov/2026:23:57:51.236 "203.0.113.7" "be"/"s1" 503 SC-- \#(captured)"GET /a "b" HTTP/1.1""#
      let event = try #require(try told(.haproxy, pattern, record))
      #expect(event.fields["class"] == .string("connect-refused"))
      #expect(event.fields["backend"] == .string("s1"))
      #expect(event.fields["client"] == .string("203.0.113.7"))
    }
  }

  @Test("lines of HAProxy that are in no log-format are read as ever")
  func stateLines() throws {
    let event = try told(
      .haproxy, "%ci %tsc [%t] %b %s",
      "Server be/s1 is DOWN, reason: Layer4 timeout, check duration: 2001ms. 0 active and 0 backup "
        + "servers left. 0 sessions active, 0 requeued, 0 remaining in queue.")
    #expect(event == nil || event?.fields["class"] == .string("server-down"))
  }

  @Test("a format without the termination state tells by the status")
  func withoutState() throws {
    let event = try told(.haproxy, "%T %b/%s %ST", "20/Nov/2026:23:57:51 +0000 be/s1 503")
    #expect(event?.fields["class"] == .string("http-5xx"))
    #expect(event?.fields["backend"] == .string("s1"))
  }

  @Test("a record that was cut behind all that matters still tells of its exchange")
  func cut() throws {
    let pattern = #"%ci:%cp [%tr] %ft %b/%s %ST %tsc %{+Q}r"#
    let record = #"203.0.113.7:1 [20/Nov/2026:23:57:51.236] fe be/s1 503 SC-- "GET /a/very/long"#
    let event = try #require(try told(.haproxy, pattern, record))
    #expect(event.fields["class"] == .string("connect-refused"))
    let misfit = try OwnerFormat(.haproxy, pattern).misfit(
      Array(record.utf8).span, FormatSettings())
    #expect(misfit?.expected.contains("%{+Q}r") == true)
    #expect(try told(.haproxy, pattern, String(record.prefix(48))) == nil)
  }

  @Test(
    "names of well-known formats stand for them",
    arguments: [
      (OwnerFormat.Dialect.apache, "combined"), (.apache, "vhost_common"), (.nginx, "combined"),
      (.haproxy, "httplog"), (.haproxy, "httpslog"), (.haproxy, "tcplog"),
    ])
  func wellKnown(dialect: OwnerFormat.Dialect, name: String) throws {
    let format = try OwnerFormat(dialect, name)
    #expect(format.pattern != name)
    if name == "httplog" {
      let record = HAProxyLog.card.sample
      #expect(format.misfit(Array(record.utf8).span, FormatSettings()) == nil)
    }
  }

  // MARK: Choosing

  @Test("a format is used for the files that it fits, built-in ones for the others")
  func choosing() throws {
    var settings = FormatSettings()
    settings.ownerFormats = [
      try OwnerFormat(.nginx, "$msec|$status|$upstream_addr"),
      try OwnerFormat(.apache, "%{sec}t;%>s;%f"),
    ]
    func chosen(_ text: String) -> String? { read(Array(text.utf8), settings).format }
    #expect(chosen("1795215471.236|502|192.0.2.11:80\n") == OwnerNginxAccess.card.name)
    #expect(chosen("1795215471;502;proxy:http://192.0.2.11:80/\n") == OwnerApacheAccess.card.name)
    #expect(chosen(HAProxyLog.card.sample + "\n") == HAProxyLog.card.name)
    // What a container writes: the access log and the error log in one stream.
    let mixed = read(
      Array("1795215471.236|502|192.0.2.11:80\n\(NginxError.card.sample)\n".utf8), settings)
    #expect(mixed.told.count == 2)
    #expect(mixed.counts.faultCount == 0)
  }

  @Test("a record that begins with its own time is carried by any envelope")
  func carriedTime() throws {
    var settings = FormatSettings()
    settings.ownerFormats = [try OwnerFormat(.nginx, "$time_iso8601 $remote_addr $status")]
    let record = "2026-11-20T23:57:51+00:00 203.0.113.7 502"
    for carried in [
      record, "<134>1 2026-11-20T23:59:00Z lb1 x 1 - - \(record)",
      "2026-11-20T23:59:00.2+00:00 lb1 x[1]: \(record)", "web-1  | \(record)",
      "2026-11-20T23:59:00.236117123Z stdout F \(record)",
      #"{"log":"\#(record)\n","stream":"stdout","time":"2026-11-20T23:59:00.2Z"}"#,
    ] {
      let told = read(Array((carried + "\n").utf8), settings).told
      #expect(told.first?.fields["time"] == .string("2026-11-20T23:57:51Z"), "\(carried)")
      #expect(told.first?.fields["client"] == .string("203.0.113.7"), "\(carried)")
    }
  }

  @Test("a record that does not fit tells its column and what was expected there")
  func misfits() throws {
    let format = try OwnerFormat(.apache, #"%h [%{sec}t] "%r" %>s %D"#)
    func misfit(_ record: String) -> Misfit? {
      format.misfit(Array(record.utf8).span, FormatSettings())
    }
    #expect(misfit(#"192.0.2.1 [1795215471] "GET / HTTP/1.1" 200 12"#) == nil)
    let word = try #require(misfit(#"192.0.2.1 [1795215471] "GET / HTTP/1.1" 200 abc"#))
    #expect(word.column == 45 && word.expected.contains("%D (a number"))
    let mark = try #require(misfit(#"192.0.2.1 (1795215471) "GET / HTTP/1.1" 200 12"#))
    #expect(mark.column == 1 && mark.expected.contains("` [`"))
    // Behind a header, the column is the line's.
    let carried = try #require(
      misfit(
        #"<134>1 2026-11-20T23:57:51Z lb1 x 1 - - 192.0.2.1 [1795215471] "GET / HTTP/1.1" x 1"#))
    #expect(carried.column > 41)
  }

  @Test("no record costs more than its share, however often it begins anew")
  func patience() throws {
    let formats = [
      try OwnerFormat(.haproxy, "%[a] %[b] %[c] %[d] %[e] %[f] %tsc|"),
      try OwnerFormat(.haproxy, "%ci:%cp:%[a] %tsc|"), try OwnerFormat(.apache, "%B-%D-%>s|"),
      try OwnerFormat(.nginx, "$upstream_addr $upstream_status $status|"),
      try OwnerFormat(.apacheError, "%a %F %E %v %m %M|"),
    ]
    let clock = ContinuousClock()
    let taken = clock.measure {
      for mark in ["x ", "::", "--", ", ", " : ", "((", "\"\\"] {
        let record = Array(String(repeating: mark, count: 60_000 / mark.utf8.count).utf8)
        for format in formats { _ = format.misfit(record.span, FormatSettings()) }
      }
    }
    // A debug build on a busy machine; what has no bound takes minutes.
    #expect(taken < .seconds(20))
  }
}
