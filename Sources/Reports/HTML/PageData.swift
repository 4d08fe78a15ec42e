import Correlator
import Foundation
import LogEvents
import Playbooks

/// What the page's script counts from: the cube and the exchanges that were looked at, in rows of
/// numbers.
struct PageData: Encodable {
  private struct Verdict: Encodable {
    /// Backends of the finding, as places in `backends`.
    var b: [Int]
    /// First and last time cell of each stretch.
    var t: [[Int]]
    var z: Int
    var group: Bool
    var anchor: String
  }

  /// The exchanges of one backend that were looked at, and the trait rows that the page shows of them.
  private struct Looked: Encodable {
    var b: Int
    /// Time cell, gateway, class, duration in milliseconds (or -1), then the row's trait values.
    var failed: [[Int]]
    /// Time cell, gateway, then the trait values.
    var served: [[Int]]
    /// Trait and value of each row that the page shows, as places in the values above.
    var rows: [[Int]]
  }

  private let start: Int64
  private let width: Int64
  private let cells: Int
  private let backends: [String]
  private let gateways: [String]
  private let classes: [String]
  private let verdicts: [Verdict]
  /// Backend, gateway, class, verdict or -1, then pairs of time cell and count.
  private let failed: [[Int]]
  /// Backend, gateway, then pairs of time cell and count.
  private let served: [[Int]]
  private let looked: [Looked]
  /// Backend, then first and last moment (in milliseconds from `start`) and count of each slice.
  private let moments: [[Int]]
  private let timers: [Int]
  private let slice: Int

  init(_ facts: PageFacts) {
    let cube = facts.cube
    start = cube.start
    width = cube.widthMilliseconds
    cells = cube.cellCount
    backends = cube.backends.map { SafeText.terminal(TextLayout.fit($0, 120)) }
    gateways = cube.gateways.map { SafeText.terminal(TextLayout.fit($0, 60)) }
    classes = facts.tally.classes.map(\.name)
    slice = max(1, (cube.cellCount + 39) / 40)
    timers = Set(facts.timers.map(\.seconds)).sorted()
    verdicts = facts.findings.map { numbered in
      let found = numbered.found
      let names = found.backends.isEmpty ? [found.backend] : found.backends
      let parts = found.intervals.isEmpty ? [found.interval] : found.intervals
      return Verdict(
        b: names.compactMap(facts.backendPlace),
        t: parts.prefix(200).map { part in
          let touched = facts.cells(of: part)
          return [touched.lowerBound, touched.upperBound]
        }, z: numbered.zone.rawValue, group: numbered.isGroup, anchor: numbered.anchor)
    }
    failed = Self.grouped(
      cube.failed.map {
        (
          [$0.backend, $0.gateway, facts.tally.place(of: $0.outcome), $0.place ?? -1], $0.cell,
          $0.count
        )
      })
    served = Self.grouped(cube.served.map { ([$0.backend, $0.gateway], $0.cell, $0.count) })
    looked = facts.detail.traits.map { Self.looked($0, facts) }
    moments = facts.detail.moments.compactMap { told in
      guard let place = facts.backendPlace(told.backend) else { return nil }
      return told.slices.reduce(into: [place]) {
        $0 += [Int($1.first - cube.start), Int($1.last - cube.start), $1.count]
      }
    }
  }

  func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return MarkupText.inScript(String(decoding: try encoder.encode(self), as: UTF8.self))
  }

  private static func grouped(_ rows: [(head: [Int], cell: Int, count: Int)]) -> [[Int]] {
    var byHead: [[Int]: [Int: Int]] = [:]
    for row in rows { byHead[row.head, default: [:]][row.cell, default: 0] += row.count }
    return byHead.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { head, counts in
      counts.sorted { $0.key < $1.key }.reduce(into: head) { $0 += [$1.key, $1.value] }
    }
  }

  private static func looked(_ shared: SharedTraits, _ facts: PageFacts) -> Looked {
    // Only values that the page shows need a number; all others are -1, absent ones -2.
    var numbers: [Trait: [String: Int]] = [:]
    for row in shared.rows where numbers[row.trait]?[row.value] == nil {
      numbers[row.trait, default: [:]][row.value] = numbers[row.trait]?.count ?? 0
    }
    func values(_ exchange: SampledExchange) -> [Int] {
      Trait.allCases.map { trait in
        trait.value(of: exchange).map { numbers[trait]?[$0] ?? -1 } ?? -2
      }
    }
    func cell(_ exchange: SampledExchange) -> Int {
      let time = Timestamp(milliseconds: exchange.time)
      return facts.cells(of: Interval(start: time, end: time)).lowerBound
    }
    func gateway(_ exchange: SampledExchange) -> Int {
      facts.cube.gateways.firstIndex(of: exchange.gateway) ?? -1
    }
    return Looked(
      b: facts.backendPlace(shared.backend) ?? 0,
      failed: shared.failed.map {
        [cell($0), gateway($0), facts.tally.place(of: $0.outcome), Int($0.duration)] + values($0)
      },
      served: shared.served.map { [cell($0), gateway($0)] + values($0) },
      rows: shared.rows.map {
        [Trait.allCases.firstIndex(of: $0.trait) ?? 0, numbers[$0.trait]?[$0.value] ?? -1]
      })
  }
}
