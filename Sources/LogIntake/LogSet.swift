/// The files that rotation made of one log.
package enum LogSet {
  /// The path without what rotation and compression put into the file's name: numbers and dates
  /// behind dots, hyphens and underscores, as in `access.log.2.gz` (logrotate), `error.log-20261120`
  /// (dateext), `access_log.2026-11-20-07.txt` (rotatelogs) and `ssg_0_1.log` (java.util.logging).
  ///
  /// Two files with one name are taken for one log, so that an outage in which the second tells no
  /// success is still seen against the successes of the first.
  package static func name(of path: String) -> String {
    let slash = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
    var name = path[slash...]
    var ending = Substring()
    var isStripped = true
    while isStripped {
      isStripped = false
      if let dot = name.lastIndex(of: "."), compressed.contains(String(name[dot...])) {
        name = name[..<dot]
        isStripped = true
      }
      if ending.isEmpty, let dot = name.lastIndex(of: "."), plain.contains(String(name[dot...])) {
        ending = name[dot...]
        name = name[..<dot]
        isStripped = true
      }
      if let short = withoutNumber(name) {
        name = short
        isStripped = true
      }
    }
    return String(path[..<slash] + name + ending)
  }

  private static let compressed: Set<String> = [".gz", ".xz", ".zst", ".bz2", ".Z"]
  private static let plain: Set<String> = [".log", ".txt", ".out", ".json", ".ndjson", ".csv"]

  /// Without a last part of digits; `nil` where there is none, or nothing else.
  private static func withoutNumber(_ name: Substring) -> Substring? {
    guard let mark = name.lastIndex(where: { $0 == "." || $0 == "-" || $0 == "_" }),
      mark > name.startIndex
    else { return nil }
    let tail = name[name.index(after: mark)...]
    let isNumber = tail.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 || $0 == 0x54 }
    guard !tail.isEmpty, isNumber, tail.utf8.first != 0x54 else { return nil }
    return name[..<mark]
  }
}

extension LogSet {
  /// The places of sources that are read one after the other, because they are one log.
  package static func units(_ sources: [Source]) -> [[Int]] {
    var units: [[Int]] = []
    var places: [String: Int] = [:]
    for (index, source) in sources.enumerated() {
      let name = name(of: source.path)
      if source.path != "-", let place = places[name] {
        units[place].append(index)
      } else {
        places[name] = units.count
        units.append([index])
      }
    }
    return units
  }
}
