import ArgumentParser
import Correlator
import Foundation
import LogEvents
import LogFormats
import LogIntake
import Yams

/// Reads `--settings FILE` and `--aliases FILE`, which are YAML.
///
///     formats:
///       "access*.log": 'apache:%h %l %u %t "%r" %>s %b %D'
///       "gw1/*.log": haproxy
///       docker.log: ['nginx:$msec $status ...', nginx-error]
///     zones:
///       "gw2/*": Europe/Berlin
///     years:
///       "*2025*": 2025
///     traffic-template: "..."
///     backends:
///       orders: ["192.0.2.11:8080", app1.example.com:8080]
///     exclude: ["*.bak"]
///
/// Nothing is passed over in silence: an unknown key or a value of another kind is an error with its
/// line and what to write.
struct SettingsFile {
  private let path: String
  private var settings = RunSettings()

  static func settings(_ path: String) throws -> RunSettings {
    var file = SettingsFile(path: path)
    guard let root = try file.root() else { return file.settings }
    try file.read(root)
    return file.settings
  }

  /// Names with their other spellings, alone or below `backends`.
  static func aliases(_ path: String) throws -> BackendAliases {
    var file = SettingsFile(path: path)
    guard let root = try file.root() else { return BackendAliases() }
    try file.readBackends(root.mapping?["backends"] ?? root)
    return file.settings.corrections.aliases
  }

  private init(path: String) { self.path = path }

  private func root() throws -> Node? {
    let text: String
    do {
      text = try String(contentsOf: URL(fileURLWithPath: path), encoding: .utf8)
    } catch {
      throw ValidationError("\(path) cannot be read: \(error.localizedDescription)")
    }
    do {
      return try Yams.compose(yaml: text)
    } catch {
      throw ValidationError("\(path):\(Self.words(error))")
    }
  }

  private static func words(_ error: any Error) -> String {
    switch error as? YamlError {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      // YAML takes `*.log` for the name of an anchor.
      let isGlob = problem.contains("alphabetic or numeric")
      return "\(mark): \(problem)"
        + (isGlob ? "; a glob that begins with * must stand in quotes" : "")
    case .duplicatedKeysInMapping(let keys, _):
      return " \(keys.joined(separator: ", ")) stands there twice; put both under one"
    default: return " no YAML: \(error)"
    }
  }

  // MARK: Keys

  private static let keys = [
    "formats", "zones", "years", "traffic-template", "backends", "exclude",
  ]

  private mutating func read(_ root: Node) throws {
    for (key, value) in try pairs(root, "keys with values: \(Self.keys.joined(separator: ", "))") {
      switch key.string {
      case "formats": try readFormats(value)
      case "zones": try readZones(value)
      case "years": try readYears(value)
      case "traffic-template": settings.trafficTemplate = try text(value, "the template's text")
      case "backends": try readBackends(value)
      case "exclude":
        settings.exclusions = try texts(value, "globs, as in [\"*.bak\", old/]").map(glob)
      case let name:
        throw flaw(
          key, "unknown key \(name ?? "?"); known are \(Self.keys.joined(separator: ", "))")
      }
    }
  }

  /// A file may mix several formats: then a list of them stands behind its glob.
  private mutating func readFormats(_ node: Node) throws {
    let wanted = "globs with formats, as in \"ha*.log\": haproxy"
    for (key, value) in try pairs(node, wanted) {
      let files = try glob(key)
      for format in try texts(value, "a format's name, or NAME:PATTERN") {
        let text = try text(format, "a format's name, or NAME:PATTERN")
        do throws(FormatWish.Flaw) {
          settings.formats.append(try FormatWish(value: text, glob: files, origin: place(format)))
        } catch {
          throw flaw(format, error.sentence)
        }
      }
    }
  }

  /// One zone for all files, or zones by glob.
  private mutating func readZones(_ node: Node) throws {
    settings.zones = try rules(node, "a zone, as in Europe/Berlin or +02:00") { node, text in
      guard let zone = TimeZone(named: text) else {
        throw flaw(node, "no such time zone: \(text); try Europe/Berlin, UTC or +02:00")
      }
      return ZoneOffsets(zone)
    }
  }

  private mutating func readYears(_ node: Node) throws {
    settings.years = try rules(node, "a year, as in 2026") { node, text in
      guard let year = Int(text), (1970...9999).contains(year) else {
        throw flaw(node, "no year: \(text); write it with four digits")
      }
      return year
    }
  }

  private mutating func readBackends(_ node: Node) throws {
    let wanted = "names with their other spellings, as in orders: [\"192.0.2.11:8080\"]"
    for (key, value) in try pairs(node, wanted) {
      let name = try text(key, "a name")
      for spelling in try texts(value, "spellings of \(name)") {
        let other = try text(spelling, "a spelling of \(name)")
        if let taken = settings.corrections.aliases.canonical[other], taken != name {
          throw flaw(spelling, "\(other) is \(taken) already; a backend has one name")
        }
        settings.corrections.aliases.canonical[other] = name
      }
    }
  }

  // MARK: Kinds of values

  private func rules<Value: Sendable>(
    _ node: Node, _ wanted: String, _ read: (Node, String) throws -> Value
  ) throws -> [RunSettings.Rule<Value>] {
    if node.mapping == nil {
      return [RunSettings.Rule(glob: nil, value: try read(node, try text(node, wanted)))]
    }
    return try pairs(node, wanted).map { key, value in
      RunSettings.Rule(glob: try glob(key), value: try read(value, try text(value, wanted)))
    }
  }

  private func pairs(_ node: Node, _ wanted: String) throws -> Node.Mapping {
    guard let mapping = node.mapping else { throw flaw(node, "here must stand \(wanted)") }
    return mapping
  }

  /// A list, or a single value for a list of one.
  private func texts(_ node: Node, _ wanted: String) throws -> [Node] {
    if let sequence = node.sequence { return Array(sequence) }
    _ = try text(node, wanted)
    return [node]
  }

  private func text(_ node: Node, _ wanted: String) throws -> String {
    guard let text = node.scalar?.string, !text.isEmpty else {
      throw flaw(node, "here must stand \(wanted)")
    }
    return text
  }

  private func glob(_ node: Node) throws -> PathGlob {
    do {
      return try FormatWish.glob(try text(node, "a glob"))
    } catch let error as FormatWish.Flaw {
      throw flaw(node, error.sentence)
    }
  }

  private func place(_ node: Node) -> String { "\(path):\(node.mark?.line ?? 0)" }

  private func flaw(_ node: Node, _ sentence: String) -> ValidationError {
    ValidationError("\(place(node)): \(sentence)")
  }
}
