/// A format as the owner of a log wrote it into the configuration of its product.
package struct OwnerFormat: Sendable {
  /// Whose configuration it is from.
  package enum Dialect: String, CaseIterable, Sendable {
    case apache
    case apacheError = "apache-error"
    case nginx
    case haproxy

    /// What reads its records.
    package var reader: any LogFormat.Type {
      switch self {
      case .apache: OwnerApacheAccess.self
      case .apacheError: OwnerApacheError.self
      case .nginx: OwnerNginxAccess.self
      case .haproxy: OwnerHAProxyTraffic.self
      }
    }
  }

  package let dialect: Dialect
  /// As typed, without name and glob; what a well-known name stands for.
  package let pattern: String
  let program: FieldProgram

  package init(_ dialect: Dialect, _ text: String) throws(PatternError) {
    let pattern = WellKnownFormats.pattern(dialect, text) ?? text
    self.dialect = dialect
    self.pattern = pattern
    let bytes = Array(pattern.utf8)[...]
    let items: [PatternItem]
    switch dialect {
    case .apache:
      let text = PatternText(bytes, directives: ApacheDirectives.lines)
      items = try ApacheDirectives.items(text, of: pattern)
    case .apacheError:
      let text = PatternText(bytes, directives: ApacheErrorDirectives.lines)
      items = try ApacheErrorDirectives.items(text, of: pattern)
    case .nginx:
      let text = PatternText(bytes, directives: NginxVariables.lines)
      items = try NginxVariables.items(text, of: pattern)
    case .haproxy:
      let text = PatternText(bytes, directives: HAProxyDirectives.lines)
      items = try HAProxyDirectives.items(text, of: pattern)
    }
    program = try PatternCompiler.program(items, of: pattern)
    try checkNeeds()
  }

  /// What a record must tell, or it would say nothing of an exchange.
  private func checkNeeds() throws(PatternError) {
    let needs: (fields: [PatternField], sentence: String)
    switch dialect {
    case .apache:
      needs = ([.status], "the format has no status (%>s), so it does not tell how requests ended")
    case .apacheError:
      needs = (
        [.message],
        "the format has no message (%M); lines of ErrorLogFormat request and connection need no format"
      )
    case .nginx:
      needs = (
        [.status, .statuses],
        "the format has neither $status nor $upstream_status, so it does not tell how requests ended"
      )
    case .haproxy:
      needs = (
        [.state, .status, .clientError],
        "the format has neither %tsc (or %ts) nor %ST, so it does not tell how sessions ended"
      )
    }
    guard needs.fields.contains(where: program.fields.contains) else {
      throw PatternError(pattern, at: pattern.utf8.count, needs.sentence)
    }
  }
}

/// Reads records with the formats that one owner gave, the one that fitted last first.
struct OwnerReader: Sendable {
  private let programs: [FieldProgram]
  private var last = 0
  /// The ranges of the record that was matched, one a field.
  private(set) var ranges: [ByteRange] = []

  init(_ settings: FormatSettings, _ dialect: OwnerFormat.Dialect) {
    programs = settings.ownerFormats.filter { $0.dialect == dialect }.map(\.program)
  }

  /// What the ranges hold.
  var fields: [PatternField] { programs[last].fields }

  /// Whether the record fits one of the formats; then `ranges` are its fields.
  ///
  /// Syslog and HAProxy cut long records, so one that is cut behind all that matters fits too.
  mutating func match(_ record: Span<UInt8>) -> Bool {
    match(record, allowsCut: false) || match(record, allowsCut: true)
  }

  private mutating func match(_ record: Span<UInt8>, allowsCut: Bool) -> Bool {
    for turn in programs.indices {
      let index = (last + turn) % programs.count
      if ranges.count != programs[index].fields.count {
        ranges = Array(repeating: .empty, count: programs[index].fields.count)
      }
      var attempt = FieldProgram.Attempt()
      attempt.allowsCut = allowsCut
      if programs[index].match(record, into: &ranges, &attempt) {
        last = index
        return true
      }
    }
    return false
  }

  /// Whether records begin with their time.
  var beginsWithTime: Bool { programs.contains(where: \.beginsWithTime) }

  /// Whether records are JSON-shaped, which an envelope must not open.
  var readsJSON: Bool {
    programs.contains(where: \.isObject)
  }
}
