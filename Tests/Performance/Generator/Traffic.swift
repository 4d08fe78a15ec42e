/// One request and how it ended.
struct Exchange {
  enum End { case served, refused, timedOut, failed }

  var number: Int
  /// Since 1970-01-01 UTC.
  var milliseconds: Int
  var client: String
  var port: Int
  var method: String
  var path: String
  var agent: String
  var pool: Int
  var member: Int
  var duration: Int
  var bytes: Int
  var end: End
}

/// Exchanges as a shop has them, one after the other.
struct Traffic {
  /// 2026-11-20 07:00:00 UTC.
  private static let start = 1_795_158_000_000
  private static let agents = [
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36", "curl/8.5.0", "okhttp/4.12.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X)",
  ]
  private static let paths = ["/orders/", "/items/", "/api/v2/customers/", "/cart?id=", "/r/"]

  static let pools = 4

  /// Members of a pool.
  private let poolSize: Int
  private var dice = Dice(state: 42)
  private var number = 0

  /// `members` of all pools together, rounded down to as many in each.
  init(members: Int) { poolSize = members / Self.pools }

  mutating func next() -> Exchange {
    defer { number += 1 }
    let pool = dice.below(Self.pools)
    let member = pool * poolSize + dice.below(poolSize)
    var exchange = Exchange(
      number: number, milliseconds: Self.start + number * 10 + dice.below(10),
      client: "203.0.113.\(1 + dice.below(250))", port: 1024 + dice.below(60_000),
      method: dice.below(5) == 0 ? "POST" : "GET",
      path: Self.paths[dice.below(5)] + String(dice.below(1 << (1 + dice.below(20)))),
      agent: Self.agents[dice.below(4)], pool: pool, member: member,
      duration: 1 + dice.below(1 << (2 + dice.below(9))),
      bytes: dice.below(1 << (6 + dice.below(12))),
      end: .served)
    let second = number / 100
    if second % 600 < 20, member == second / 600 % (Self.pools * poolSize) {
      exchange.end = .refused
    } else if dice.below(500) == 0 {
      exchange.end = [.refused, .timedOut, .failed][dice.below(3)]
    }
    return exchange
  }
}

/// SplitMix64.
private struct Dice {
  var state: UInt64

  mutating func below(_ limit: Int) -> Int {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return Int((z ^ (z >> 31)) % UInt64(limit))
  }
}
