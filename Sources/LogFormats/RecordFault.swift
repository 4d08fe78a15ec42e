/// Why a record could not be read.
///
/// A bad record is data: it is counted, with its first place.
package enum RecordFault: UInt8, Error, BitwiseCopyable, CaseIterable, Sendable {
  /// The record is not in this dialect at all; another format may know it.
  case notThisDialect
  case badShape, badTime, badNumber
  /// Longer than 64 KiB; its first bytes were read.
  case tooLong

  package var sentence: String {
    switch self {
    case .notThisDialect: "not in this dialect"
    case .badShape: "a part is missing or out of place"
    case .badTime: "the time cannot be read"
    case .badNumber: "a number cannot be read"
    case .tooLong: "longer than 64 KiB"
    }
  }
}
