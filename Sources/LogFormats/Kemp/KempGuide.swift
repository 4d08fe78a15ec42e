import LogEvents

/// LoadMaster's words for changes; the vendor publishes no list.
enum KempGuide {
  static let table = CodeTable(
    product: "KEMP LoadMaster",
    source: "vendor documentation of the syslog; the wording is not confirmed",
    entries: [
      .init("RS is down", "a real server was taken out", .serverDown, caveat: unconfirmed),
      .init("RS is up", "a real server came back", .serverUp, caveat: unconfirmed),
      .init(
        "no real servers", "a virtual service has no member left", .poolExhausted,
        caveat: unconfirmed),
    ])
  private static let unconfirmed = "The wording is not published: read with low confidence."
}
