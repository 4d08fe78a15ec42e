import Correlator
import Foundation
import LogEvents
import LogFormats
import LogIntake

/// What flags and settings file say together, looked up once a file.
///
/// Flags go before the file; of several globs that match, the first one counts.
struct RunSettings: Sendable {
  /// A value for the files of a glob; `nil` is every file.
  struct Rule<Value: Sendable>: Sendable {
    var glob: PathGlob?
    var value: Value
  }

  var formats: [FormatWish] = []
  var zones: [Rule<ZoneOffsets>] = []
  var years: [Rule<Int>] = []
  var trafficTemplate: String?
  var corrections = Corrections()
  var exclusions: [PathGlob] = []

  /// Puts the settings of a file behind those that are there already.
  mutating func append(_ other: RunSettings) {
    formats += other.formats
    zones += other.zones
    years += other.years
    trafficTemplate = trafficTemplate ?? other.trafficTemplate
    corrections.aliases.canonical.merge(other.corrections.aliases.canonical) { own, _ in own }
    exclusions += other.exclusions
  }

  func excludes(_ path: String) -> Bool { exclusions.contains { $0.excludes(path) } }

  /// What to assume of one file.
  func formatSettings(for source: Source) -> FormatSettings {
    var settings = FormatSettings()
    settings.zone = Self.first(zones, source) ?? .utc
    settings.assumedYear = Self.first(years, source)
    settings.trafficTemplate = trafficTemplate
    settings.reference = Timestamp(
      milliseconds: source.modifiedMilliseconds ?? Int64(Date().timeIntervalSince1970 * 1000))
    for wish in wishes(for: source) {
      switch wish.kind {
      case .builtIn(let type): settings.format = settings.format ?? type
      case .owner(let format):
        settings.ownerFormats.append(format)
        if wish.glob != nil, settings.format == nil { settings.format = format.dialect.reader }
      }
    }
    return settings
  }

  /// The wishes that count for a file: patterns as far as the first built-in format, which needs no
  /// fit.
  func wishes(for source: Source) -> [FormatWish] {
    let matching = formats.filter { $0.glob?.matches(source.path) ?? true }
    let last = matching.firstIndex { if case .builtIn = $0.kind { true } else { false } }
    return Array(matching.prefix(last.map { $0 + 1 } ?? matching.count))
  }

  /// Tells of patterns that no file was read with, of the formats in `used`.
  func tellUnused(_ used: [FormatCard]) {
    for wish in formats {
      guard case .owner(let format) = wish.kind,
        !used.contains(where: { $0.name == format.dialect.reader.card.name })
      else { continue }
      Message.say(
        "\(wish.origin) \(format.dialect.rawValue): no input is mainly in this format; `logtriage "
          + "formats test` says where they leave it")
    }
  }

  private static func first<Value>(_ rules: [Rule<Value>], _ source: Source) -> Value? {
    rules.first { $0.glob?.matches(source.path) ?? true }?.value
  }
}
