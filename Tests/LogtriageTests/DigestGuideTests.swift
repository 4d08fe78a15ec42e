import Foundation
import Testing
import TestSupport

@testable import logtriage

@Suite("The digest's description")
struct DigestGuideTests {
  /// Objects whose keys are names of things in the logs.
  private static let maps: Set = ["aborts", "classes", "transactions", "pieces"]

  private func keys(_ value: Any, isMap: Bool = false) -> Set<String> {
    if let list = value as? [Any] {
      return list.reduce(into: []) { $0.formUnion(keys($1)) }
    }
    guard let object = value as? [String: Any] else { return [] }
    return object.reduce(into: []) { found, member in
      if !isMap { found.insert(member.key) }
      found.formUnion(keys(member.value, isMap: !isMap && Self.maps.contains(member.key)))
    }
  }

  @Test("names every key of a digest of all samples")
  func everyKey() throws {
    try Program.withDirectory { directory in
      let file = directory.appending(path: "all.digest")
      _ = try Program.run(["digest", "--until", "2100-01-01", "-o", file.path, "SampleLogs"])
      let found = keys(try JSONSerialization.jsonObject(with: Data(contentsOf: file)))
      #expect(found.count > 100)
      let words = Set(
        DigestGuide.text.split { !$0.isLetter }.map(String.init))
      #expect(found.subtracting(words).sorted() == [])
    }
  }

  @Test("is printed")
  func describe() throws {
    #expect(try Program.run(["digest", "--describe"]).output == DigestGuide.text)
  }
}
