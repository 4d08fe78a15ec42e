import LogEvents

/// BIG-IP's message ids, reset causes and the errors of monitors.
enum F5Guide {
  static let table = CodeTable(
    product: "F5 BIG-IP",
    source: "F5 documentation and published lines; texts vary with the version, ids do not",
    entries: read + beside + resets + monitors)

  private static var read: [CodeTable.Entry] {
    F5Log.messages.flatMap { message in
      message.ids.map { id in
        let digits = String(id, radix: 16)
        let name = String(repeating: "0", count: max(0, 8 - digits.count)) + digits
        return CodeTable.Entry(
          name, words[id] ?? message.shape.words, ups.contains(id) ? .serverUp : message.outcome,
          caveat: caveats[id] ?? "")
      }
    }
  }

  private static let ups: Set<UInt32> = [0x0107_0727, 0x0107_0728]

  private static let words: [UInt32: String] = [
    0x0107_0638:
      "a monitor took a pool member out (monitor status down), or an operator did (forced down)",
    0x0107_0727: "a monitor brought a pool member back",
    0x0107_0640: "a node is down, in all its pools",
    0x0107_0728: "a node is up again", 0x0101_0028: "No members available for a pool",
    0x0101_0221: "a pool has available members again",
    0x0107_1682: "a virtual server has become unavailable",
    0x0107_1681: "a virtual server has become available",
    0x0101_0201: "no source ports left towards a member (SNAT), or lines were held back",
    0x011e_0001: "resets for closed ports are limited",
    0x011e_0002: "memory is short: connections are killed (sweeper)",
    0x0101_0038: "the threshold for SYN cookies is passed", 0x0101_0240: "SYN cookies are in use",
    0x0122_0001: "an iRule is broken (TCL error): the exchange is reset",
    0x0126_0009: "a TLS connection error; the alert number stands in parentheses",
    0x0126_0026: "no cipher is shared with the peer",
  ]

  private static let caveats: [UInt32: String] = [
    0x0107_0638:
      "`forced down` is an operator. Once per pool: one server in three pools gives three lines.",
    0x0101_0028: "Once per tmm; order within one second is not reliable.",
    0x0101_0221: "At error level, and good news.",
    0x0123_0140:
      "Only with tm.rstcause.log; the first address sent the reset, in whose name the ports tell.",
    0x0126_0013: "Client or server side: compare the second address with the virtual servers.",
    0x0126_0009: "No address stands in it.",
    0x0101_0201: "`held N messages`: N lines of this id were not written.",
  ]

  private static let beside: [CodeTable.Entry] = [
    .init("01070639", "an operator changed the session status of a member", .info),
    .init(
      "01420002", "AUDIT: an operator's change", .info, caveat: "Worth showing beside the failures."
    ),
    .init("01070417", "AUDIT: an operator's change", .info),
    .init("01200015", "license, disk, memory or CPU", .other, caveat: "The balancer itself."),
    .init("010c006c", "failover: offline", .info),
    .init(
      "01060001", "bigd: a service was detected down or up (old versions)", .serverDown, .serverUp,
      caveat: "The wording is not confirmed."),
    .init(
      "01060145", "bigd: a service was detected down or up (old versions)", .serverDown, .serverUp,
      caveat: "The wording is not confirmed."),
    .init("010c0018", "failover: standby", .info), .init("010c0019", "failover: active", .info),
    .init(
      "011a4002", "GTM: a pool, virtual server or server changed its colour", .serverDown, .serverUp
    ),
    .init(
      "011a4005", "GTM: a pool, virtual server or server changed its colour", .serverDown, .serverUp
    ),
  ]

  private static var resets: [CodeTable.Entry] {
    F5Log.reasons.filter { $0.text.count >= 10 }.map { reason in
      let text = reason.text.hasPrefix("o local") ? "No local listener" : reason.text
      return .init(
        text, "a cause of a reset that BIG-IP sent (01230140)", reason.outcome,
        caveat: "Free text of the product; the class is suggested.")
    }
  }

  private static let monitors: [CodeTable.Entry] = [
    .init(
      "Unable to connect", "last error of a monitor: refused or timed out", .connectRefused,
      .connectTimeout, caveat: "It does not tell which."),
    .init(
      "No successful responses received before deadline",
      "last error of a monitor: no answer in time", .responseTimeout, .connectTimeout),
    .init(
      "Response Code: 503", "last error of a monitor: the member answered with an error", .http5xx),
    .init(
      "TCP RST from remote system", "reset cause: the peer reset, BIG-IP only passes it on",
      .connectionReset),
    .init(
      "TCP retransmit timeout", "reset cause: nothing was acknowledged", .connectTimeout,
      .responseTimeout),
  ]
}
