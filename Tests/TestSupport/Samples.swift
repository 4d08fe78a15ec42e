import Foundation
import LogEvents
import LogFormats
import Testing

/// A log of `SampleLogs/<product>/<dialect>/` with what must be read beside it.
///
/// `<name>.events.ndjson` holds a header (zone, year, template), then one object per event that must
/// be read, with the keys that matter.
package struct Sample: Sendable, CustomTestStringConvertible {
  package var log: URL
  package var product: String

  package var testDescription: String {
    log.pathComponents.suffix(3).joined(separator: "/")
  }

  package static var root: URL {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "SampleLogs")
  }

  /// Every sample, in the order of their paths.
  package static let all: [Sample] = {
    let files = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)
    let logs = (files?.allObjects as? [URL] ?? []).filter { $0.pathExtension == "log" }
    return logs.sorted { $0.path < $1.path }.compactMap { log in
      let sample = Sample(log: log, product: log.pathComponents.suffix(3).first ?? "")
      return FileManager.default.fileExists(atPath: sample.expectations.path) ? sample : nil
    }
  }()

  package var expectations: URL {
    log.deletingPathExtension().appendingPathExtension("events.ndjson")
  }

  package func bytes() throws -> [UInt8] { Array(try Data(contentsOf: log)) }

  /// The settings that the header names, and the events that must be read.
  package func expected() throws -> (FormatSettings, [[String: JSONValue]]) {
    let text = try String(contentsOf: expectations, encoding: .utf8)
    var rows = try text.split(separator: "\n").map {
      try JSONDecoder().decode([String: JSONValue].self, from: Data($0.utf8))
    }
    let header = rows.removeFirst()
    var settings = FormatSettings()
    if let year = header["assume_year"]?.number { settings.assumedYear = Int(year) }
    if let zone = header["assume_timezone"]?.string, let known = TimeZone(identifier: zone) {
      settings.zone = ZoneOffsets(base: known.secondsFromGMT(for: header.referenceDate))
    }
    settings.trafficTemplate = header["traffic_template"]?.string
    if let format = header["log_format"]?.string, let colon = format.firstIndex(of: ":"),
      let dialect = OwnerFormat.Dialect(rawValue: String(format[..<colon]))
    {
      let pattern = String(format[format.index(after: colon)...])
      settings.ownerFormats = [try OwnerFormat(dialect, pattern)]
    }
    return (settings, rows)
  }
}

extension [String: JSONValue] {
  /// Samples lie within one season; the zone's offset is taken in its middle, or in January.
  fileprivate var referenceDate: Date {
    let year = self["assume_year"]?.number ?? 2026
    return Date(timeIntervalSince1970: (year - 1970) * 31_556_952)
  }
}

/// A JSON value as tests compare it.
package enum JSONValue: Decodable, Equatable, Sendable {
  case null
  case string(String)
  case number(Double)
  case other

  package init(from decoder: any Decoder) throws {
    let box = try decoder.singleValueContainer()
    if box.decodeNil() {
      self = .null
    } else if let text = try? box.decode(String.self) {
      self = .string(text)
    } else if let number = try? box.decode(Double.self) {
      self = .number(number)
    } else {
      self = .other
    }
  }

  package var string: String? { if case .string(let text) = self { text } else { nil } }
  package var number: Double? { if case .number(let value) = self { value } else { nil } }
}

/// What a reader told, in a form that tests compare.
package struct Told: Sendable, Equatable, CustomStringConvertible {
  package var line: Int
  package var fields: [String: JSONValue]

  package var description: String {
    let parts = fields.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    return "line \(line): " + parts.joined(separator: " ")
  }

  init(_ event: Event, _ batch: borrowing EventBatch) {
    line = Int(event.line)
    let text: (String?) -> JSONValue = { $0.map(JSONValue.string) ?? .null }
    fields = [
      "line": .number(Double(event.line)),
      "time": text(
        event.time.isKnown
          ? RFC3339.text(event.time, withMilliseconds: event.hasMilliseconds) : nil),
      "class": .string(event.outcome.name),
      "severity": text(event.severity.name),
      "backend": text(batch.names.name(event.backend)),
      "pool": text(batch.names.name(event.pool)),
      "service": text(batch.names.name(event.service)),
      "code": text(batch.names.name(event.code)),
      "client": text(batch.string(event.client)),
      "transaction": text(batch.string(event.transaction)),
      "status": event.status == 0 ? .null : .number(Double(event.status)),
      "count": .number(Double(event.count)),
    ]
  }
}

/// Reads `bytes` with `format` (or with what sniffing their first `head` bytes finds) in blocks of
/// `blockSize`.
package func read(
  _ bytes: [UInt8], format: (any LogFormat.Type)? = nil, _ settings: FormatSettings,
  blockSize: Int = 1 << 18, head: Int = 1 << 18
) -> (told: [Told], counts: ReadingCounts, format: String?) {
  var told: [Told] = []
  var batch = EventBatch()
  let choice = Sniffer.choose(bytes.span.extracting(0..<min(head, bytes.count)), settings)
  guard let choice = format.map({ Sniffer.Choice(format: $0) }) ?? choice else {
    return ([], ReadingCounts(), nil)
  }
  var reader = RecordReader(choice, settings)
  let deliver: RecordReader.Deliver = { batch, _ in
    for event in batch.events { told.append(Told(event, batch)) }
    batch.clear()
  }
  var at = 0
  var filled = 0
  while true {
    filled = min(bytes.count, filled + blockSize)
    let isLast = filled == bytes.count
    at += reader.consume(
      bytes.span.extracting(at..<filled), atEnd: isLast, into: &batch, deliver: deliver)
    if isLast { break }
  }
  reader.finish(into: &batch, deliver: deliver)
  return (told, reader.counts, reader.card.name)
}
