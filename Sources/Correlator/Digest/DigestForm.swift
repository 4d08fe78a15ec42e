import LogEvents

/// A digest as it is written to a file, version 5: plain arrays and objects, readable by any JSON
/// library.
///
/// `backends` has one object for each backend, gateway and journal; series are `level` (cells of
/// 2^level seconds since 1970) and `cells`; times are milliseconds since 1970; classes go by their names.
/// The order is canonical, so equal digests have equal files. What every key means: `DigestGuide`.
extension Digest: Codable {
  /// The version of the file form.
  package static let formVersion = 5
  /// Version 4 told more, of which nothing came.
  private static let readVersions = 4...5

  private enum Key: String, CodingKey {
    case version, backends, coverage, streams, changes, suppressions, clientAborts, gatewayFaults
    case unattributed, aborts, pieces, transactions
  }

  private struct Backend: Codable {
    var backend: String
    var gateway: String
    var journal: String
    var digest: BackendDigest
  }

  private struct Stream: Codable {
    var name: String
    var digest: StreamDigest
  }

  package init(from decoder: any Decoder) throws {
    self.init()
    let values = try decoder.container(keyedBy: Key.self)
    let version = try values.decode(Int.self, forKey: .version)
    guard Self.readVersions.contains(version) else {
      throw DecodingError.dataCorruptedError(
        forKey: .version, in: values, debugDescription: "version \(version) of a digest")
    }
    for row in try values.decode([Backend].self, forKey: .backends) {
      guard let journal = Journal.allCases.first(where: { $0.name == row.journal }) else {
        throw DecodingError.dataCorruptedError(
          forKey: .backends, in: values, debugDescription: "no such journal: \(row.journal)")
      }
      let key = BackendKey(backend: row.backend, gateway: row.gateway, journal: journal)
      backends[key] = row.digest
    }
    coverage = try values.decode(CountSeries.self, forKey: .coverage)
    for row in try values.decode([Stream].self, forKey: .streams) { streams[row.name] = row.digest }
    changes = try values.decode(EarliestSet<Change>.self, forKey: .changes)
    suppressions = try values.decode(EarliestSet<Suppression>.self, forKey: .suppressions)
    clientAborts = try values.decode(Int.self, forKey: .clientAborts)
    gatewayFaults = try values.decode(Int.self, forKey: .gatewayFaults)
    unattributed = try values.decode(Int.self, forKey: .unattributed)
    aborts = try values.decode([String: ExchangeTime].self, forKey: .aborts)
    pieces = try values.decode(PieceList.self, forKey: .pieces)
    transactions = try values.decode([String: TransactionSample].self, forKey: .transactions)
    fit()
  }

  package func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    try values.encode(Self.formVersion, forKey: .version)
    let rows = backends.sorted { $0.key < $1.key }.map {
      Backend(
        backend: $0.key.backend, gateway: $0.key.gateway, journal: $0.key.journal.name,
        digest: $0.value)
    }
    try values.encode(rows, forKey: .backends)
    try values.encode(coverage, forKey: .coverage)
    let told = streams.sorted { $0.key < $1.key }.map { Stream(name: $0.key, digest: $0.value) }
    try values.encode(told, forKey: .streams)
    try values.encode(changes, forKey: .changes)
    try values.encode(suppressions, forKey: .suppressions)
    try values.encode(clientAborts, forKey: .clientAborts)
    try values.encode(gatewayFaults, forKey: .gatewayFaults)
    try values.encode(unattributed, forKey: .unattributed)
    try values.encode(aborts, forKey: .aborts)
    try values.encode(pieces, forKey: .pieces)
    try values.encode(transactions, forKey: .transactions)
  }
}

extension BackendDigest: Codable {
  private enum Key: String, CodingKey {
    case failures, successes, runs, classes, entries, entriesWithTransaction, attempts
    case classSeries, samples, failedSample, servedSample
    case hasMilliseconds, idle, fine, durations, work, products, pools, services, addresses
    case successStreams, stretches, spread
  }

  package init(from decoder: any Decoder) throws {
    self.init()
    let values = try decoder.container(keyedBy: Key.self)
    failures = try values.decode(CellSeries.self, forKey: .failures)
    successes = try values.decode(CountSeries.self, forKey: .successes)
    runs = try values.decode(RunList.self, forKey: .runs)
    for (name, count) in try values.decode([String: Int].self, forKey: .classes) {
      guard let outcome = Outcome(name: name), (0..<1 << 44).contains(count) else {
        throw DecodingError.dataCorruptedError(
          forKey: .classes, in: values, debugDescription: "no such class or count: \(name)")
      }
      classes[outcome] = count
    }
    entries = try values.decode(Int.self, forKey: .entries)
    entriesWithTransaction = try values.decode(Int.self, forKey: .entriesWithTransaction)
    attempts = try values.decode(Int.self, forKey: .attempts)
    spread = try values.decode(Int.self, forKey: .spread)
    hasMilliseconds = try values.decode(Bool.self, forKey: .hasMilliseconds)
    idle = try values.decode(IdleHistogram.self, forKey: .idle)
    fine = try values.decode(FineSample.self, forKey: .fine)
    classSeries = try values.decode(ClassSeries.self, forKey: .classSeries)
    samples = try values.decode(RawSamples.self, forKey: .samples)
    failedSample = try values.decode(ExchangeSample.self, forKey: .failedSample)
    servedSample = try values.decode(ExchangeSample.self, forKey: .servedSample)
    durations = try values.decode(FailureDurations.self, forKey: .durations)
    work = try values.decode(ExchangeTime.self, forKey: .work)
    products = try values.decode(BoundedSet.self, forKey: .products)
    pools = try values.decode(BoundedSet.self, forKey: .pools)
    services = try values.decode(BoundedSet.self, forKey: .services)
    addresses = try values.decode(BoundedSet.self, forKey: .addresses)
    successStreams = try values.decode(BoundedSet.self, forKey: .successStreams)
    stretches = try values.decode([Stretch].self, forKey: .stretches)
  }

  package func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    try values.encode(failures, forKey: .failures)
    try values.encode(successes, forKey: .successes)
    try values.encode(runs, forKey: .runs)
    let named = Dictionary(classes.map { ($0.key.name, $0.value) }, uniquingKeysWith: +)
    try values.encode(named, forKey: .classes)
    try values.encode(entries, forKey: .entries)
    try values.encode(entriesWithTransaction, forKey: .entriesWithTransaction)
    try values.encode(attempts, forKey: .attempts)
    try values.encode(spread, forKey: .spread)
    try values.encode(hasMilliseconds, forKey: .hasMilliseconds)
    try values.encode(idle, forKey: .idle)
    try values.encode(fine, forKey: .fine)
    try values.encode(classSeries, forKey: .classSeries)
    try values.encode(samples, forKey: .samples)
    try values.encode(failedSample, forKey: .failedSample)
    try values.encode(servedSample, forKey: .servedSample)
    try values.encode(durations, forKey: .durations)
    try values.encode(work, forKey: .work)
    try values.encode(products, forKey: .products)
    try values.encode(pools, forKey: .pools)
    try values.encode(services, forKey: .services)
    try values.encode(addresses, forKey: .addresses)
    try values.encode(successStreams, forKey: .successStreams)
    try values.encode(stretches, forKey: .stretches)
  }
}
