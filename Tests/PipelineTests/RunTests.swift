import Correlator
import Foundation
import LogFormats
import LogIntake
import Testing
import TestSupport

@testable import Pipeline

@Suite("A run")
struct RunTests {
  private static let incident = Sample.root.appending(path: "incidents/three-backends").path

  private func digest(workers: Int, reversed: Bool = false) -> Digest {
    let (sources, problems) = DirectoryWalk.sources([Self.incident])
    #expect(problems.isEmpty)
    let run = Run(workers: workers) { _ in FormatSettings() }
    return run.digest(reversed ? sources.reversed() : sources, roots: [Self.incident]).digest
  }

  @Test("Any number of workers and any order of files gives the same digest")
  func isIndependentOfWorkers() {
    let one = digest(workers: 1)
    #expect(digest(workers: 3) == one)
    #expect(digest(workers: 2, reversed: true) == one)
  }

  @Test("A digest written to a file and read again is the same, and its file too")
  func survivesItsFileForm() throws {
    let digest = digest(workers: 2)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let bytes = try encoder.encode(digest)
    let again = try JSONDecoder().decode(Digest.self, from: bytes)
    #expect(again == digest)
    #expect(try encoder.encode(again) == bytes)
  }

  @Test("A file of the version before is read, of any other refused", arguments: [3, 4, 5, 6, 99])
  func readsVersions(version: Int) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let digest = digest(workers: 1)
    let text = String(decoding: try encoder.encode(digest), as: UTF8.self)
    // Version 4 told of phases, too.
    let other = text.replacing(
      "\"version\":\(Digest.formVersion)", with: "\"version\":\(version)"
    ).replacing("\"idle\":", with: "\"phases\":{\"counts\":[1]},\"idle\":")
    #expect(other.contains("phases"))
    guard (4...5).contains(version) else {
      #expect(throws: DecodingError.self) {
        try JSONDecoder().decode(Digest.self, from: Data(other.utf8))
      }
      return
    }
    #expect(try JSONDecoder().decode(Digest.self, from: Data(other.utf8)) == digest)
  }

  @Test("A rotation within an outage hides neither the outage nor its start")
  func seesOutagesOverRotations() throws {
    // The newer access log of this gateway tells no success of orders.
    let (sources, _) = DirectoryWalk.sources([Self.incident + "/web1"])
    #expect(sources.count == 3)
    let run = Run(workers: 1) { _ in FormatSettings() }
    let result = Classifier.classify(run.digest(sources, roots: [Self.incident + "/web1"]).digest)
    let orders = try #require(result.cases.first { $0.backend == "orders.example.com:8443" })
    #expect(orders.pattern == .constant)
    #expect(orders.failures == 693)
  }

  @Test("An outage is seen in an error log alone, with less confidence")
  func seesOutagesWithoutSuccesses() throws {
    let error = Self.incident + "/web1/error.log"
    let (sources, _) = DirectoryWalk.sources([error])
    let run = Run(workers: 1) { _ in FormatSettings() }
    let result = Classifier.classify(run.digest(sources, roots: [error]).digest)
    let orders = try #require(result.cases.first { $0.backend == "orders.example.com:8443" })
    #expect(orders.pattern == .constant)
    #expect(orders.confidence <= 0.7)
  }

  @Test("Successes that name only the service are those of the backend that the service calls")
  func givesServicesToTheirBackends() throws {
    let gateway = Self.incident + "/ca1"
    let (sources, _) = DirectoryWalk.sources([gateway])
    let run = Run(workers: 1) { _ in FormatSettings() }
    let result = Classifier.classify(run.digest(sources, roots: [gateway]).digest)
    let pricing = try #require(result.cases.first { $0.backend == "pricing.example.com:9080" })
    #expect(pricing.pattern == .clustered)
    #expect(pricing.failures == 150)
    #expect(pricing.requests == 150 + 1090)
  }

  @Test("The incident is read as what it is, each failed exchange once")
  func readsTheIncident() throws {
    let result = Classifier.classify(digest(workers: 2))
    let patterns = Dictionary(
      result.cases.map { ($0.backend, $0) }, uniquingKeysWith: { first, _ in first })
    #expect(result.cases.count == 3)
    let orders = try #require(patterns["orders.example.com:8443"])
    #expect(orders.pattern == .constant)
    #expect(orders.failures == 750 + 693)
    #expect(orders.gateways == ["dp1", "web1"])
    let pricing = try #require(patterns["pricing.example.com:9080"])
    #expect(pricing.pattern == .clustered)
    #expect(pricing.failures == 652 + 150)
    #expect(pricing.intervals.count == 5)
    let ledger = try #require(patterns["ledger.example.com:443"])
    #expect(ledger.pattern == .sporadic)
    #expect(ledger.failures == 17)
    #expect(ledger.gateways == ["dp1", "lb1", "web1"])
    #expect(result.failuresOutside == 0)
  }
}
