import LogEvents

/// What the run knows of a file beside its bytes.
package struct FormatSettings: Sendable {
  /// For records that name no zone.
  package var zone: ZoneOffsets = .utc
  /// For records that name no year.
  package var assumedYear: Int?
  /// When the file was last changed: the year of records without one follows from it.
  package var reference: Timestamp {
    get { assumptions.reference }
    set { assumptions = TimeAssumptions(reference: newValue) }
  }
  /// What all clocks of a reader share.
  var assumptions = TimeAssumptions()
  /// The assertion's template of a CA API Gateway traffic log.
  package var trafficTemplate: String?
  /// The format to read with, whatever the content; `nil` to find it by the content.
  package var format: (any LogFormat.Type)?
  /// Formats as their owners wrote them, tried before the built-in ones.
  package var ownerFormats: [OwnerFormat] = []

  package init() {}

  /// For stamps that name their zone and year.
  static let nothingAssumed = FormatSettings()
}

/// What the envelope said about a record.
package struct RecordContext: BitwiseCopyable, Sendable {
  /// 1-based line on which the record starts.
  package var line: UInt32
  /// When the carrier stamped the record.
  package var time: Timestamp = .unknown
  package var hasMilliseconds = false
  /// The host that sent it, from a syslog header.
  package var host = NameID.none
  /// The program, from a syslog header (`haproxy`, `tmm1`).
  package var tag = NameID.none
  package var severity: Severity = .none

  package init(line: UInt32) { self.line = line }

  /// Whether no carrier has told anything.
  var isEmpty: Bool { !time.isKnown && host.isNone && tag.isNone && severity == .none }
}

/// What `formats` lists and `sniff` explains.
package struct FormatCard: Sendable {
  /// Short name for `--input-format`, for example `haproxy`.
  package var name: String
  /// Product id, as `events` prints it in `source`.
  package var product: String
  package var title: String
  package var vantage: Vantage
  /// A record as the product writes it, with example.com names.
  package var sample: String

  package init(
    name: String, product: String, title: String, vantage: Vantage, sample: String
  ) {
    self.name = name
    self.product = product
    self.title = title
    self.vantage = vantage
    self.sample = sample
  }
}

/// One dialect: how one product writes records.
///
/// A value that each reader owns.
package protocol LogFormat: Sendable {
  static var card: FormatCard { get }

  /// What `explain` tells of the product's codes; of several dialects of one product, one names them.
  static var codes: [CodeTable] { get }

  /// Whether other products write such records too: in a file that several share, formats that
  /// know theirs by a mark are asked first.
  static var writesCommonShapes: Bool { get }

  /// Whether it learns a layout from some records that it then knows others by: what it makes of the
  /// head of a file is told by a second look.
  static var learnsLayout: Bool { get }

  init(_ settings: FormatSettings)

  /// A value for a file of which this one has read the head: with what it learned of the layout, and
  /// none of its records.
  func taught(_ settings: FormatSettings) -> Self

  /// Whether records may have several lines; `startsRecord` is asked only then.
  var isMultiline: Bool { get }

  /// Whether records are JSON objects, which an envelope must not open.
  var readsJSON: Bool { get }

  /// Whether records may begin with an ISO time, as a syslog header does, which must be left to them.
  var beginsWithTime: Bool { get }

  /// Whether records may continue an exchange that other records told of.
  var joins: Bool { get }

  /// Whether `line` is read as if `before`, the line before it, and all others were not there.
  ///
  /// Then the file may be cut between them. Both come with their envelopes.
  func stands(_ line: Span<UInt8>, apartFrom before: Span<UInt8>) -> Bool

  /// Tells all that a record may leave for later ones to go on with; false where that cannot be done.
  ///
  /// What only makes reading faster is not told.
  func tellOpen(to state: inout OpenState) -> Bool

  /// Whether a line (without envelope) starts a record; if not, it continues the one before.
  func startsRecord(_ line: Span<UInt8>) -> Bool

  /// Reads one record, without envelope and line end, and appends what it tells: no event is
  /// chatter. A joining format may keep an exchange open and append it later.
  mutating func read(
    _ record: Span<UInt8>, _ context: RecordContext, into batch: inout EventBatch
  ) throws(RecordFault)

  /// Whether `standsBare` knows any line.
  static var knowsBareLines: Bool { get }

  /// Whether a line begins a record and has no envelope, told at a glance: then `Envelope` would not find
  /// one either, and `startsRecord`.
  func standsBare(_ line: Span<UInt8>) -> Bool

  /// Reads lines of a run that stand bare; returns why it could not read the last one.
  ///
  /// For all formats alike: called once a run, it is compiled for each.
  mutating func readBare(
    _ block: Span<UInt8>, _ run: inout BareRun, into batch: inout EventBatch
  ) -> RecordFault?

  /// Whether it goes over runs of lines.
  static var readsRuns: Bool { get }

  /// Reads the lines of a run as long as they are of a shape that tells one exchange by itself, and tells
  /// what `read` would; a success may be counted instead (`EventBatch.countSuccess`).
  mutating func readRun(_ block: Span<UInt8>, _ run: inout LineRun, into batch: inout EventBatch)

  /// The log has ended: appends what is still open.
  mutating func finish(into batch: inout EventBatch)
}

extension LogFormat {
  package static var codes: [CodeTable] { [] }
  package static var writesCommonShapes: Bool { false }
  package static var learnsLayout: Bool { false }
  package func taught(_ settings: FormatSettings) -> Self { Self(settings) }
  package var isMultiline: Bool { false }
  package var readsJSON: Bool { false }
  package var joins: Bool { false }
  package func stands(_ line: Span<UInt8>, apartFrom before: Span<UInt8>) -> Bool { false }
  package func tellOpen(to state: inout OpenState) -> Bool { false }
  package func startsRecord(_ line: Span<UInt8>) -> Bool { true }
  package var beginsWithTime: Bool { false }
  package static var knowsBareLines: Bool { false }
  package func standsBare(_ line: Span<UInt8>) -> Bool { false }
  package mutating func readBare(
    _ block: Span<UInt8>, _ run: inout BareRun, into batch: inout EventBatch
  ) -> RecordFault? {
    run.read(block, by: &self, into: &batch)
  }
  package static var readsRuns: Bool { false }
  package mutating func readRun(
    _ block: Span<UInt8>, _ run: inout LineRun, into batch: inout EventBatch
  ) {}
  package mutating func finish(into batch: inout EventBatch) {}
}
