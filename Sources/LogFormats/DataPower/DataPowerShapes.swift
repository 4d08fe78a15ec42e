import LogEvents

/// DataPower's csv log target: 14 fields, or 13 without the global transaction id.
///
///     1,20220504T221014.450Z,WEB,mpgw,error,mpgw,ShopGW,42032,9d9d9d01...,198.51.100.102,0x80e00126,,,"Valid backside ..."
///
/// Source: formats/datapower.md §1.5, derived from ibm-datapower/ertool.
struct DataPowerCSV: JoiningFormat {
  static let card = FormatCard(
    name: "datapower-csv", product: "datapower", title: "IBM DataPower csv log target",
    vantage: .gateway,
    sample:
      "1,20220504T221014.450Z,WEB,mpgw,error,mpgw,ShopGW,42032,9d9d9d016272f9c30000a430,"
      + "198.51.100.102,0x80e00126,,,\"Valid backside connection could not be established: ..., url: "
      + "http://shop-b.example.com:8080/cart\"")

  var joiner: DataPowerJoiner

  init(_ settings: FormatSettings) { joiner = DataPowerJoiner(settings) }

  let isMultiline = true

  func startsRecord(_ line: Span<UInt8>) -> Bool {
    line.has("1,", at: 0) && line.byte(2).isDigit && line.byte(10) == UInt8(ascii: "T")
  }

  mutating func read(
    _ record: Span<UInt8>, _ context: RecordContext, into batch: inout EventBatch
  ) throws(RecordFault) {
    guard startsRecord(record) else { throw .notThisDialect }
    var fields: [ByteRange] = []
    var at = 0
    while fields.count < 13, let comma = record.find(.comma, at, record.count) {
      if record.byte(at) == .quote { break }
      fields.append(ByteRange(at, comma))
      at = comma + 1
    }
    guard fields.count >= 12 else { throw .badShape }
    var entry = DataPowerEntry()
    var scan = ByteScanner(record, from: fields[1].start)
    entry.time = try scan.basicTime()
    entry.domain = fields[2]
    entry.category = fields[3]
    guard let severity = DataPowerEntry.severity(record, fields[4]) else { throw .notThisDialect }
    entry.severity = severity
    entry.objectType = fields[5]
    entry.object = fields[6]
    entry.transaction = record.integer(fields[7]) ?? 0
    // The code tells the layout.
    let codeAt =
      record.has("0x", at: fields[10].start) || !record.has("0x", at: fields[9].start) ? 10 : 9
    entry.setCode(record, fields[codeAt])
    entry.client = fields[codeAt - 1]
    if codeAt == 10 { entry.globalTransaction = fields[8] }
    if fields.count > codeAt + 2 { entry.direction = fields[codeAt + 2] }
    entry.message = record.unquoted(record.trimmed(ByteRange(at, record.count)))
    if let opened = DataPowerEscape.csv.opened(record, &entry) {
      try joiner.take(entry, opened.span, context, into: &batch)
    } else {
      try joiner.take(entry, record, context, into: &batch)
    }
  }
}

/// DataPower's json-icp log target: one object an entry; several spellings of the keys are known.
///
/// Source: formats/datapower.md §1.5.
struct DataPowerJSON: JoiningFormat {
  static let card = FormatCard(
    name: "datapower-json", product: "datapower", title: "IBM DataPower json-icp log target",
    vantage: .gateway,
    sample:
      "{\"ibm_datetime\": \"2024-03-19T14:33:26.812Z\", \"loglevel\": \"error\", \"ibm_messageId\": "
      + "\"0x80e00126\", \"category\": \"apigw\", \"domain\": \"apiconnect\", \"class\": \"apigw\", "
      + "\"object\": \"apiconnect\", \"transaction\": \"26272\", \"client\": \"198.51.100.21\", "
      + "\"message\": \"Valid backside connection could not be established: ..., url: "
      + "https://ledger.example.com:8443/post\"}")

  var joiner: DataPowerJoiner

  init(_ settings: FormatSettings) { joiner = DataPowerJoiner(settings) }

  let readsJSON = true

  mutating func read(
    _ record: Span<UInt8>, _ context: RecordContext, into batch: inout EventBatch
  ) throws(RecordFault) {
    guard record.byte(0) == UInt8(ascii: "{"), var members = JSONMembers(record, record.whole)
    else {
      throw .notThisDialect
    }
    var entry = DataPowerEntry()
    var hasCodeOrClass = false
    while true {
      let next: JSONMembers.Member?
      do throws(RecordFault) { next = try members.next() } catch { throw .notThisDialect }
      guard let member = next else { break }
      guard member.kind == .string || member.kind == .number else { continue }
      let (key, value) = (member.key, member.value)
      func isKey(_ names: String...) -> Bool { names.contains { record.equals(key, $0) } }
      if isKey("ibm_datetime", "timestamp", "@timestamp", "date-time", "time") {
        guard entry.time == nil else { continue }
        var scan = ByteScanner(record, from: value.start)
        entry.time =
          record.byte(value.start + 4) == .dash ? try? scan.isoTime() : try? scan.basicTime()
      } else if isKey("loglevel", "level", "severity") {
        entry.severity = DataPowerEntry.severity(record, value) ?? entry.severity
      } else if isKey("ibm_messageId", "code", "message-code", "msgid") {
        entry.setCode(record, value)
        hasCodeOrClass = hasCodeOrClass || entry.codeNumber != 0
      } else if isKey("domain") {
        entry.domain = value
      } else if isKey("category") {
        entry.category = value
      } else if isKey("class") {
        entry.objectType = value
      } else if isKey("object") {
        entry.object = value
        hasCodeOrClass = true
      } else if isKey("transaction", "tid") {
        entry.transaction = record.integer(value) ?? 0
      } else if isKey("gtid", "global-transaction-id") {
        entry.globalTransaction = value
      } else if isKey("client") {
        entry.client = value
      } else if isKey("transaction-type", "direction") {
        entry.direction = value
      } else if isKey("message") {
        entry.message = value
      }
    }
    guard hasCodeOrClass, entry.severity != .none, entry.time != nil, !entry.message.isEmpty else {
      throw .notThisDialect
    }
    if let opened = DataPowerEscape.json.opened(record, &entry) {
      try joiner.take(entry, opened.span, context, into: &batch)
    } else {
      try joiner.take(entry, record, context, into: &batch)
    }
  }
}

/// DataPower's xml log target: one element an entry, on one line or pretty-printed.
///
/// Source: formats/datapower.md §1.5; Dynatrace documentation, DQL use cases.
struct DataPowerXML: JoiningFormat {
  static let card = FormatCard(
    name: "datapower-xml", product: "datapower", title: "IBM DataPower xml log target",
    vantage: .gateway,
    sample:
      "<log-entry serial='1477' domain='SOA'><time utc='1348222907910'>11:21:47</time><type>mpgw</type>"
      + "<class>mpgw</class><object>ClaimsGW</object><level num='3'>error</level><transaction>6032"
      + "</transaction><client>192.0.2.14</client><code>0x80e00126</code><message>Valid backside "
      + "connection could not be established: ..., url: http://claims2.example.com:8001/</message>"
      + "</log-entry>")

  var joiner: DataPowerJoiner

  init(_ settings: FormatSettings) { joiner = DataPowerJoiner(settings) }

  let isMultiline = true

  func startsRecord(_ line: Span<UInt8>) -> Bool { line.find("<log-entry ", 0, line.count) != nil }

  mutating func read(
    _ record: Span<UInt8>, _ context: RecordContext, into batch: inout EventBatch
  ) throws(RecordFault) {
    guard let start = record.find("<log-entry ", 0, record.count) else { throw .notThisDialect }
    guard record.find("</log-entry>", start, record.count) != nil else { throw .badShape }
    var entry = DataPowerEntry()
    let head = ByteRange(start, record.find(UInt8(ascii: ">"), start, record.count) ?? record.count)
    entry.domain = Self.attribute(record, "domain=", head)
    if let time = record.find("<time ", start, record.count) {
      let stop = record.find(UInt8(ascii: ">"), time, record.count) ?? record.count
      entry.epochMilliseconds = record.integer(
        Self.attribute(record, "utc=", ByteRange(time, stop)))
    }
    if entry.epochMilliseconds == nil {
      let stamp = Self.element(record, "date-time", from: start)
      var scan = ByteScanner(record, from: stamp.start)
      entry.time = try? scan.isoTime()
    }
    entry.category = Self.element(record, "type", from: start)
    entry.objectType = Self.element(record, "class", from: start)
    entry.object = Self.element(record, "object", from: start)
    entry.severity =
      DataPowerEntry.severity(record, Self.element(record, "level", from: start)) ?? .none
    if entry.severity == .none, let level = record.find("<level ", start, record.count) {
      let stop = record.find(UInt8(ascii: ">"), level, record.count) ?? record.count
      let number = Self.attribute(record, "num=", ByteRange(level, stop))
      entry.severity = DataPowerEntry.severity(record, number: number) ?? .none
    }
    entry.direction = Self.element(record, "transaction-type", from: start)
    entry.transaction = record.integer(Self.element(record, "transaction", from: start)) ?? 0
    entry.globalTransaction = Self.element(record, "global-transaction-id", from: start)
    if entry.globalTransaction.isEmpty {
      entry.globalTransaction = Self.element(record, "gtid", from: start)
    }
    entry.client = Self.element(record, "client", from: start)
    entry.setCode(record, Self.element(record, "code", from: start))
    entry.message = Self.element(record, "message", from: start)
    if let opened = DataPowerEscape.xml.opened(record, &entry) {
      try joiner.take(entry, opened.span, context, into: &batch)
    } else {
      try joiner.take(entry, record, context, into: &batch)
    }
  }

  private static func attribute(
    _ record: Span<UInt8>, _ name: String, _ range: ByteRange
  ) -> ByteRange {
    guard let hit = record.find(name, in: range) else { return .empty }
    let start = hit + name.utf8.count
    let quote = record.byte(start)
    guard quote == .quote || quote == UInt8(ascii: "'"),
      let close = record.find(quote, start + 1, range.end)
    else { return .empty }
    return ByteRange(start + 1, close)
  }

  /// The content of the first element of that name; empty when there is none.
  private static func element(
    _ record: Span<UInt8>, _ name: String, from start: Int
  ) -> ByteRange {
    var at = start
    let open = "<" + name
    while let hit = record.find(open, at, record.count) {
      at = hit + open.utf8.count
      let next = record.byte(at)
      guard next == UInt8(ascii: ">") || next == .space else { continue }
      guard let from = record.find(UInt8(ascii: ">"), at, record.count),
        let close = record.find("</" + name + ">", from, record.count)
      else { return .empty }
      return record.trimmed(ByteRange(from + 1, close))
    }
    return .empty
  }
}
