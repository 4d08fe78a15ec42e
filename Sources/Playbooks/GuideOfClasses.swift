import Correlator
import LogEvents

extension Guide {
  /// Source: causes.md §2; formats/load-balancers.md §2; IBM ibm11285666; Pivotal 2010526; Broadcom 97762.
  package static func entry(of outcome: Outcome) -> Entry {
    let (proves, doesNotProve, next) = words(outcome)
    return Entry(
      side: side(outcome), proves: proves, doesNotProve: doesNotProve, next: next,
      source: source(outcome))
  }

  private static func side(_ outcome: Outcome) -> String {
    switch outcome.side {
    case .none: "nobody's"
    case .backend: "backend"
    case .client: "client"
    case .gateway: "gateway"
    case .state: "state of a member"
    }
  }

  private static func source(_ outcome: Outcome) -> String {
    switch outcome {
    case .connectTimeout, .connectUnreachable, .dnsFailure, .responseTimeout: "IBM ibm11285666"
    case .connectionReset, .prematureClose: "Broadcom 97762"
    case .connectRefused, .requestBodyFailed, .http5xx: "Pivotal 2010526"
    default: "product documentation, compared"
    }
  }

  private static func words(_ outcome: Outcome) -> (String, String, String) {
    switch outcome {
    case .ok:
      ("the exchange was served", "that the answer was the right one", "count it as denominator")
    case .info:
      ("nothing about a backend", "anything about a failure", "read it beside the failures")
    case .connectRefused:
      (
        "name, route and host are fine: something answered",
        "that the process is down: a firewall may reset in its name, a full queue too",
        "connect from the gateway to host:port by hand; on the host: ss -ltn"
      )
    case .connectTimeout:
      (
        "no answer came to the connection request",
        "that the host is dead: a firewall that drops and a full accept queue look the same",
        "capture: does the request leave by the right interface, does an answer come? other ports, other gateways?"
      )
    case .connectUnreachable:
      (
        "a router, or the gateway's own stack, said that there is no way",
        "that the backend is down: it was not asked",
        "ip route get HOST on the gateway; neighbour table of the last hop"
      )
    case .dnsFailure:
      (
        "the gateway could not turn the name into an address",
        "that the record is wrong: the resolver or its cache may be",
        "resolve on the gateway, ask the name server itself, compare; one name or all of them?"
      )
    case .tlsFailure:
      (
        "the connection was made, the handshake failed",
        "whose fault it is: read side, alert and certificate dates",
        "openssl s_client -connect HOST:PORT -servername NAME; name the moment it began"
      )
    case .connectionReset:
      (
        "the connection was made and then torn down by a reset",
        "that the backend sent it: a firewall or balancer can speak in its name",
        "capture at both ends: who sends the RST, and when? idle time before it?"
      )
    case .prematureClose:
      (
        "the connection was made, the answer was not complete",
        "that the backend crashed: an idle timer that closes a reused connection looks the same",
        "compare idle timers of both ends; for a test switch connection reuse off"
      )
    case .responseTimeout:
      (
        "connecting worked, the request was sent, a timer of the gateway fired",
        "that the backend got the request, or that it is slow for all",
        "durations that pile up name the timer; thread dump and downstream calls of the backend"
      )
    case .requestBodyFailed:
      (
        "the exchange broke while the body was sent or read",
        "whose fault it is: the client's upload or the backend's reading",
        "same URL, same size? for a test switch connection reuse off (httpd: SetEnv proxy-nokeepalive 1)"
      )
    case .poolExhausted:
      (
        "no member was tried for this exchange",
        "anything about the member that would have served it",
        "find what took the last member out: the first failure or state line before it"
      )
    case .overload:
      (
        "there was no room: a queue, a limit, ports or a rate",
        "that the backend's is the limit: it may be the gateway's own",
        "compare the limit with the concurrency at that moment"
      )
    case .serverDown:
      (
        "a member was out from then on", "that it was broken: a check, or an operator, took it out",
        "read the reason in the line, or the failed check before it"
      )
    case .serverUp:
      (
        "a member was back from then on", "that what took it out is mended",
        "compare with the end of the failures"
      )
    case .badGatewayResponse:
      (
        "bytes came that the gateway could not use as an answer",
        "on balancers whose 502 covers all faults, even that bytes came",
        "send the request by hand and read the raw answer; TLS on a plain port, AJP, header size?"
      )
    case .clientAbort:
      (
        "the caller ended the exchange", "that the backend is well: callers leave when it is slow",
        "compare with the durations before they left"
      )
    case .http5xx:
      (
        "path, port and process work: the application answered", "that the network is at fault",
        "read the application's own log at that time"
      )
    case .configError:
      (
        "the gateway's own settings stopped the exchange", "anything about the backend",
        "read the gateway's configuration and rights"
      )
    case .other:
      ("that something failed", "at which step", "read the message and the records beside it")
    }
  }

  /// Source: Pivotal 2010526; causes.md §1; correlation.md §3, §7.
  package static func entry(of pattern: Pattern) -> Entry {
    let (proves, doesNotProve, next) = words(pattern)
    return Entry(
      proves: proves, doesNotProve: doesNotProve, next: next,
      source: "Pivotal 2010526; logtriage, method")
  }

  private static func words(_ pattern: Pattern) -> (String, String, String) {
    switch pattern {
    case .constant:
      (
        "successes that were due did not come", "why: the class of the failures points to it",
        "connect from the gateway to host:port by hand, again and again while mending"
      )
    case .flapping:
      (
        "several stretches without success, with successes between",
        "that the process restarts: a check may be too tight",
        "compare process start times with the stretches"
      )
    case .clustered:
      (
        "failures come in bursts while others are served",
        "overload, unless the share follows the load",
        "compare limits (threads, connections, backlog) with the concurrency at the bursts"
      )
    case .sporadic:
      (
        "isolated failures, even in time, tied to nothing that is logged",
        "failing hardware: keep-alive races and restarts must be ruled out first",
        "error counters of interfaces on both ends; one node, one member, one path?"
      )
    case .periodic:
      (
        "failures come at a fixed distance", "which timer it is",
        "name what runs with this period; capture over two periods"
      )
    case .ramp:
      (
        "the share of failures grows without a jump", "what fills up",
        "memory, files, threads, connections over the same time"
      )
    case .step:
      (
        "from one moment on a fixed share fails", "that the change logged near it is the cause",
        "what changed at that moment?"
      )
    case .partial:
      (
        "a fixed share fails whatever time and load",
        "that one of N members is bad, unless the share is 1/N",
        "try the addresses behind the name one by one"
      )
    case .backlogCapture:
      (
        "one port times out after its host's other ports recovered",
        "that the queue is held: look at it",
        "ss -ltn on the host; restart the listener, let the firewall reset"
      )
    case .keepaliveRace:
      (
        "failures hit requests after the same idle time",
        "which of both ends has the shorter timer: the failing one closes",
        "set the gateway's idle timeout below the backend's"
      )
    case .urlConcentrated:
      (
        "the failures share a URL that the successes do not",
        "that the operation is at fault rather than its data", "read the application's log for it"
      )
    case .clientConcentrated:
      (
        "the failures share a client", "that the client is at fault rather than its path",
        "compare its requests with another's"
      )
    case .commonCause:
      (
        "several backends failed with the same start and end",
        "what it was: look at what they share", "ask what changed there at that time"
      )
    case .follows:
      (
        "failures begin a steady time after the change", "which of the two causes the other",
        "order of the two mechanisms"
      )
    case .insufficient:
      ("that there are failures", "a pattern", "add the logs that the finding names")
    }
  }
}
