/// The fields of a record of Elastic Load Balancing: divided by one blank, some in quotes.
///
/// A quote may be escaped within quotes, and some records lack the blank behind a closing quote.
/// Fields that were added later stand at the end; those beyond the known ones are passed over.
/// Source: Elastic Load Balancing User Guide, "Access log entries".
struct AWSFields {
  private static let most = 32

  private var fields = [32 of ByteRange](repeating: .empty)
  private(set) var count = 0

  /// - Throws: `.badShape` when a quote is not closed.
  init(_ scan: inout ByteScanner) throws(RecordFault) {
    let record = scan.bytes
    scan.skipSpaces()
    while !scan.isAtEnd, count < Self.most {
      if scan.next == .quote {
        var at = scan.at + 1
        while at < record.count, record.byte(at) != .quote {
          at += record.byte(at) == UInt8(ascii: "\\") ? 2 : 1
        }
        guard at < record.count else { throw .badShape }
        fields[count] = ByteRange(scan.at + 1, at)
        scan.move(to: at + 1)
      } else {
        let stop = record.find(.space, scan.at, record.count) ?? record.count
        fields[count] = ByteRange(scan.at, stop)
        scan.move(to: stop)
      }
      count += 1
      scan.skipSpaces()
    }
  }

  /// The field at a place, counted from 0; empty beyond the last.
  subscript(place: Int) -> ByteRange {
    place >= 0 && place < count ? fields[place] : .empty
  }
}
