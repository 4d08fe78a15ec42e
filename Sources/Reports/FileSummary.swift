import LogEvents

/// What became of one input: nothing of it is dropped without being counted.
///
/// `records = events + chatter + joined + repeated + unread`, where a record tells one event.
package struct FileSummary: Sendable, Codable, Hashable {
  /// Records of one kind that could not be read.
  package struct Fault: Sendable, Codable, Hashable {
    /// Why, in words.
    package var kind: String
    package var count: Int
    /// Line of the first one.
    package var firstLine: Int
    /// How the first one begins.
    package var sample: String?

    package init(kind: String, count: Int, firstLine: Int, sample: String? = nil) {
      self.kind = kind
      self.count = count
      self.firstLine = firstLine
      self.sample = sample
    }
  }

  /// What a bundle held beside the logs, which have summaries of their own.
  package struct Bundle: Sendable, Codable, Hashable {
    /// Files that no format knows.
    package var others: Int
    /// Links, devices and encrypted files.
    package var specials: Int

    package init(others: Int, specials: Int) {
      self.others = others
      self.specials = specials
    }
  }

  package var path: String
  /// `nil` when no format knows the file.
  package var format: String?
  package var lines = 0
  package var records = 0
  /// Those outside the asked window included.
  package var events = 0
  /// Records that tell nothing of a backend.
  package var chatter = 0
  /// Records of an exchange that another record had told of.
  package var joined = 0
  /// Records that only say that another one was repeated.
  package var repeated = 0
  package var faults = 0
  package var faultKinds: [Fault] = []
  /// Events outside the asked window, which nothing else here counts.
  package var outside = 0
  /// Left unread, because it was last changed before the asked window.
  package var isTooOld = false
  /// The file with the same content that was counted instead.
  package var sameAs: String?
  /// The zone that records without one were given.
  package var assumedZone: String?
  /// Where the year of records without one was taken from.
  package var assumedYear: String?
  package var bundle: Bundle?
  /// Why the file was not read, or not to its end.
  package var problem: String?

  package init(path: String, format: String?) {
    self.path = path
    self.format = format
  }

  /// Why nothing of the file is in the report, or not all; `nil` where all is.
  package var complaint: String? {
    if let problem { return problem }
    let isTold = format != nil || bundle != nil || sameAs != nil || isTooOld
    return isTold ? nil : "no known format; `logtriage sniff --explain` says why"
  }
}

extension FileSummary {
  /// Share of the records that could be read, 0...1; `nil` where there are none.
  package static func coverage(of files: [FileSummary]) -> Double? {
    let records = files.reduce(0) { $0 + $1.records }
    let unread = files.reduce(0) { $0 + $1.faults }
    return records == 0 ? nil : Double(records - min(records, unread)) / Double(records)
  }
}

/// The time that was asked for.
package struct AskedSpan: Sendable, Codable, Hashable {
  /// RFC 3339, in UTC; the first moment.
  package var since: String?
  /// The first moment that was not asked for.
  package var until: String?

  package init(since: String?, until: String?) {
    self.since = since
    self.until = until
  }

  package var words: String {
    switch (since, until) {
    case (let since?, let until?): "\(since) until \(until)"
    case (let since?, nil): "since \(since)"
    case (nil, let until?): "until \(until)"
    case (nil, nil): "all"
    }
  }
}
