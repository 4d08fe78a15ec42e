import Correlator
import LogEvents
import Playbooks

/// Section 7: one server, one path, one gateway, or everything.
struct PageWidth {
  struct Column { var columnName: String }

  struct MatrixRow {
    var rowName: String
    var rowPlace: Int
    var rowTotal: Counted
    var squares: [Square]
  }

  struct Square {
    var squareCount: Counted
    var squareShare: Counted
    var squareLevel: Int
    var isEmpty: Bool
  }

  struct HostRow {
    var host: String
    var failingPorts: String
    var finePorts: String
    var hostWords: String
  }

  var columns: [Column]
  var columnTotals: [Counted]
  var matrixTotal: Counted
  var matrix: [MatrixRow]
  var hasMatrix: Bool
  var hosts: [HostRow]
  var hasHosts: Bool
  var leftOutBackends: String

  private static let rowLimit = 30

  init(_ facts: PageFacts) {
    let cube = facts.cube
    var failed: [Int: Int] = [:]
    var served: [Int: Int] = [:]
    let stride = max(1, cube.gateways.count)
    for row in cube.failed { failed[row.backend * stride + row.gateway, default: 0] += row.count }
    for row in cube.served { served[row.backend * stride + row.gateway, default: 0] += row.count }
    let gateways = cube.gateways.indices.filter { gateway in
      cube.backends.indices.contains {
        failed[$0 * stride + gateway] != nil || served[$0 * stride + gateway] != nil
      }
    }
    columns = gateways.map { Column(columnName: facts.gatewayLabel($0)) }
    columnTotals = gateways.map { gateway in
      Tally.number(
        cube.backends.indices.reduce(0) { $0 + (failed[$1 * stride + gateway] ?? 0) }, "f",
        "g\(gateway)")
    }
    matrixTotal = Tally.number(facts.failures, "f")
    let most = failed.values.max() ?? 0
    let shown = cube.backends.indices.prefix(Self.rowLimit)
    matrix = shown.map { backend in
      MatrixRow(
        rowName: facts.backendLabel(backend), rowPlace: backend,
        rowTotal: Tally.number(
          gateways.reduce(0) { $0 + (failed[backend * stride + $1] ?? 0) }, "f", "b\(backend)"),
        squares: gateways.map { gateway in
          let f = failed[backend * stride + gateway] ?? 0
          let s = served[backend * stride + gateway] ?? 0
          return Square(
            squareCount: Tally.number(f, "f", "b\(backend) g\(gateway)"),
            squareShare: s > 0
              ? Tally.share(f, of: f + s, "b\(backend) g\(gateway)")
              : Counted(measure: "p", ask: "b\(backend) g\(gateway)", shown: ""),
            squareLevel: HeatLevel.of(f, most: most), isEmpty: f + s == 0)
        })
    }
    hasMatrix = !matrix.isEmpty && !columns.isEmpty
    let hidden = cube.backends.count - shown.count
    leftOutBackends = hidden > 0 ? "and \(Words.count(hidden, "more backend"))" : ""
    hosts = Self.hosts(facts)
    hasHosts = !hosts.isEmpty
  }

  /// Hosts of which several ports are known.
  private static func hosts(_ facts: PageFacts) -> [HostRow] {
    var ports: [String: [(port: String, failures: Int)]] = [:]
    for backend in facts.report.classification.backends {
      guard let colon = backend.name.lastIndex(of: ":") else { continue }
      let port = String(backend.name[backend.name.index(after: colon)...])
      guard UInt16(port) != nil else { continue }
      ports[String(backend.name[..<colon]), default: []].append((port, backend.failures))
    }
    let several = ports.filter { $0.value.count > 1 && $0.value.contains { $0.failures > 0 } }
    return several.sorted { $0.key < $1.key }.prefix(20).map { host, members in
      let failing = members.filter { $0.failures > 0 }
      let fine = members.filter { $0.failures == 0 }
      return HostRow(
        host: TextLayout.fit(host, 80),
        failingPorts: failing.map(\.port).prefix(12).joined(separator: ", "),
        finePorts: fine.map(\.port).prefix(12).joined(separator: ", "),
        hostWords: fine.isEmpty ? "every port seen fails" : "other ports of the host are fine")
    }
  }
}
