import Correlator
import LogEvents

/// Gateway and backend cannot agree on TLS; from one moment on: a certificate expired or was replaced.
///
/// Source: causes.md §2, "tls-failure"; formats/apache-mod-proxy.md §4.
struct BrokenHandshake: Playbook {
  func cause(of found: Case) -> Cause? {
    let broken = found.share(.tlsFailure)
    guard broken >= 0.5 else { return nil }
    let endpoint = found.endpoint
    let hasBegun = [.constant, .step].contains(found.pattern)
    let began = hasBegun ? moment(found) : nil
    return Cause(
      fit: (hasBegun ? 0.9 : 0.65) * broken,
      title: "the TLS handshake with \(endpoint.name) fails"
        + (began.map { " since \($0)" } ?? ""),
      because: Case.joined(
        "\(Words.percent(broken)) of the failures are handshakes; the connection was made before them",
        hasBegun
          ? "from one moment on: a certificate that expired or was replaced, a changed version or cipher "
            + "list, plain HTTP on the port"
          : "others succeed: one of several addresses, or one client's settings",
        found.vantages),
      refutedBy: "a handshake from the same gateway with the same name that succeeds",
      steps: [
        Step(
          "\(found.vantagePoint): shake hands by hand and read dates, names and chain.",
          command: endpoint.target.map {
            "openssl s_client -connect \(Endpoint.bracketed($0.host)):\($0.port) -servername \($0.host) "
              + "-showcerts </dev/null | openssl x509 -noout -dates -subject -issuer"
          }),
        Step(
          "What was renewed or changed at \(began ?? found.from): certificate, trust store, TLS settings?"
        ),
      ],
      owner: "certificates",
      source: "OpenSSL, s_client; httpd, mod_ssl messages")
  }

  /// Between the last success and the first failure.
  private func moment(_ found: Case) -> String {
    guard let last = found.lastSuccess,
      found.interval.start.milliseconds - last.milliseconds > 1000
    else { return found.from }
    return "\(found.from) (last success \(RFC3339.text(last, withMilliseconds: false)))"
  }
}
