import Correlator
import LogEvents

/// Offline knowledge of classes and patterns, in the words of `explain`.
///
/// Source: the articles named in causes.md; load-balancers.md §2; correlation.md §3.
package enum Guide {
  /// What a gateway met that logs this class.
  package static func meaning(of outcome: Outcome) -> String {
    switch outcome {
    case .ok: "Served: any answer below 500."
    case .info: "Says something that is no failure of a backend."
    case .connectRefused:
      "The host was reached, nobody accepts on that port, or a firewall answers with a reset. Not a "
        + "routing or name problem."
    case .connectTimeout:
      "No answer to the connection request: packets dropped, host dead, or the accept queue full; "
        + "these look exactly alike from the gateway."
    case .connectUnreachable:
      "The gateway was told that there is no way: route missing or host down."
    case .dnsFailure: "The gateway cannot resolve the backend's name."
    case .tlsFailure:
      "The two ends could not agree on TLS: certificate, version, cipher, name, or plain HTTP on a TLS "
        + "port."
    case .connectionReset:
      "The other end, or a device speaking for it, reset an established connection."
    case .prematureClose: "The backend closed the connection before the response was complete."
    case .responseTimeout:
      "Connected and sent, but no complete response came in time: slow, overloaded or hung."
    case .requestBodyFailed: "The request's body could not be got or passed on."
    case .poolExhausted: "No usable member at all: usually the consequence of earlier failures."
    case .overload:
      "Members exist but there is no room: queue, connection limit, ports, rate limit."
    case .serverDown: "A member was taken out, by a check, by failures or by an operator."
    case .serverUp: "A member came back."
    case .badGatewayResponse: "The backend's answer is not valid HTTP, or its headers are too long."
    case .clientAbort:
      "The caller left. Not a failure of a backend, but a rise follows slow answers."
    case .http5xx: "The backend itself answered with an error: application, not network."
    case .configError: "The gateway has no route, no right or no certificate for it."
    case .other: "None of the other classes."
    }
  }

  /// How failures of this pattern lie, and what it points to first.
  package static func meaning(of pattern: Pattern) -> String {
    switch pattern {
    case .constant:
      "From onset to end nearly no request succeeds. First suspicion: the backend is not running, or a "
        + "network or firewall setting blocks it."
    case .flapping:
      "Four or more outages with successes between them: restarts, or a tight health check."
    case .clustered:
      "Failures come in bursts while other requests succeed. First suspicion: more requests than the "
        + "backend accepts."
    case .sporadic:
      "Isolated failures, evenly scattered, tied to nothing. First suspicion: beginning hardware or "
        + "network failure, once keep-alive races are ruled out."
    case .periodic: "Failures at a fixed distance: a timer, a job, a rotation, a health check."
    case .ramp: "The share of failures grows gradually: a resource fills up."
    case .step: "From one moment on a fixed share fails: something changed then."
    case .partial: "A fixed share fails throughout: one of several members behind one address?"
    case .backlogCapture: "One port goes on timing out after the other ports of its host recovered."
    case .keepaliveRace:
      "Failures hit requests sent just when the other end closes idle connections."
    case .urlConcentrated: "The failures share a URL: the operation behind it."
    case .clientConcentrated: "The failures share a client."
    case .commonCause: "Several backends failed together: look for what they share."
    case .follows: "Outages begin a steady time after a state change."
    case .insufficient: "Too few failures, or the data that would decide is not in these logs."
    }
  }

  /// What a class proves, what it does not, and what to do next.
  package struct Entry: Sendable {
    /// Against whom a failure of the class speaks; empty for patterns.
    package var side = ""
    package var proves: String
    package var doesNotProve: String
    package var next: String
    package var source: String
  }
}
