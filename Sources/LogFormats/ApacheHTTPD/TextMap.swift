/// The last few thousand keys and values, oldest forgotten first.
struct TextMap: Sendable {
  private static let limit = 4096
  private var values: [[UInt8]: [UInt8]] = [:]
  private var order: [[UInt8]] = []
  private var oldest = 0

  func value(_ key: [UInt8]) -> [UInt8]? { key.isEmpty ? nil : values[key] }

  func tellOpen(to state: inout OpenState) {
    state.add(order.count)
    for key in order[oldest...] + order[..<oldest] {
      state.add(key)
      state.add(values[key])
    }
  }

  mutating func set(_ key: [UInt8], _ value: [UInt8]) {
    guard !key.isEmpty, values.updateValue(value, forKey: key) == nil else { return }
    if order.count < Self.limit {
      order.append(key)
    } else {
      values[order[oldest]] = nil
      order[oldest] = key
      oldest = (oldest + 1) % Self.limit
    }
  }
}
