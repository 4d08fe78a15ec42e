import LogEvents

/// What a digest of a part of a log must know of the part before: runs of failures that no success
/// has ended, the times that gaps are measured from, transactions that failed already.
package struct OpenEnds: Sendable, Equatable, Codable {
  struct Part: Sendable, Equatable, Codable {
    var backend: String
    var gateway: String
    var journal: UInt8
    var stream: String
    var lastRequest: Int64
    var lastSuccess: Int64
    var hasSuccess: Bool
    var run: SuccessFreeRun?
  }

  struct Stream: Sendable, Equatable, Codable {
    var file: String
    var gateways: BoundedSet
    /// Hashes of recent transactions, the oldest first.
    var recent: [UInt64]
  }

  var parts: [Part] = []
  var streams: [Stream] = []

  package init() {}
}

extension DigestBuilder {
  /// Hands over what was counted and goes on counting: the digests of all cuts and of what `finish`
  /// gives at last merge to the digest of the uncut log, bit for bit.
  package mutating func cut() -> Digest {
    flushCoverage()
    var handed = Digest()
    swap(&handed, &digest)
    for index in parts.indices {
      let isTold = parts[index].digest.entries > 0 || parts[index].hasToldSuccess
      guard isTold else { continue }
      // Each cut says which logs tell successes, so that a part of the time can stand alone.
      if parts[index].hasSuccess { parts[index].digest.successStreams.insert(parts[index].log) }
      handed.backends[parts[index].key, default: BackendDigest()].merge(parts[index].digest)
      parts[index].digest = BackendDigest()
      parts[index].hasToldSuccess = false
      parts[index].pool = .none
      parts[index].service = .none
      parts[index].address = .none
    }
    for index in streams.indices {
      Self.hand(streams[index], to: &handed)
      streams[index].first = .max
      streams[index].last = .min
      streams[index].successes = 0
      streams[index].failures = 0
    }
    handed.changes.trim()
    handed.suppressions.trim()
    return handed
  }

  static func hand(_ stream: Stream, to digest: inout Digest) {
    guard stream.first <= stream.last else { return }
    var told = StreamDigest(first: stream.first, last: stream.last)
    told.successes = stream.successes
    told.failures = stream.failures
    told.gateways = stream.gateways
    if let known = digest.streams[stream.name] { told.merge(known) }
    digest.streams[stream.name] = told
  }

  /// What must be kept beside the digests of all cuts to go on in another process.
  package var openEnds: OpenEnds {
    var ends = leftOpen
    ends.parts += parts.filter { $0.lastRequest != .min || $0.run != nil }.map {
      OpenEnds.Part(
        backend: $0.key.backend, gateway: $0.key.gateway, journal: $0.key.journal.rawValue,
        stream: $0.log, lastRequest: $0.lastRequest, lastSuccess: $0.lastSuccess,
        hasSuccess: $0.hasSuccess, run: $0.run)
    }
    ends.streams += streams.map {
      OpenEnds.Stream(file: $0.file, gateways: $0.gateways, recent: $0.recent.inOrder)
    }
    return ends
  }

  /// Goes on where a former run stopped.
  package mutating func resume(_ ends: OpenEnds) { leftOpen = ends }

  mutating func goOn(withStream index: Int) {
    guard let place = leftOpen.streams.firstIndex(where: { $0.file == streams[index].file }) else {
      return
    }
    let ends = leftOpen.streams.remove(at: place)
    streams[index].gateways = ends.gateways
    streams[index].recent = RecentTransactions(ends.recent)
  }

  mutating func goOn(withPart index: Int) {
    let (key, log) = (parts[index].key, parts[index].log)
    let place = leftOpen.parts.firstIndex {
      $0.backend == key.backend && $0.gateway == key.gateway && $0.stream == log
        && $0.journal == key.journal.rawValue
    }
    guard let place else { return }
    let ends = leftOpen.parts.remove(at: place)
    parts[index].lastRequest = ends.lastRequest
    parts[index].lastSuccess = ends.lastSuccess
    parts[index].hasSuccess = ends.hasSuccess
    parts[index].run = ends.run
  }

  /// Runs of backends that were not met again.
  static func finish(_ leftOpen: OpenEnds, _ digest: inout Digest) {
    for part in leftOpen.parts {
      guard let run = part.run, part.hasSuccess,
        let journal = Journal.allCases.first(where: { $0.rawValue == part.journal })
      else { continue }
      let key = BackendKey(backend: part.backend, gateway: part.gateway, journal: journal)
      digest.backends[key, default: BackendDigest()].runs.add(run)
      digest.backends[key]?.runs.trim()
    }
  }
}
