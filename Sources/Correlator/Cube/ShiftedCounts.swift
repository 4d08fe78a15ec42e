/// As `ShiftedTimes`, for what is counted and compared.
extension ClassSeries {
  /// Cells move by whole widths.
  func shifted(by milliseconds: Int64) -> ClassSeries {
    let steps = floorDivide(milliseconds &+ widthMilliseconds / 2, widthMilliseconds)
    let moved = cells.map { cell -> Cell in
      var cell = cell
      cell.index &+= steps
      return cell
    }
    return ClassSeries(level: level, cells: moved)
  }
}

extension ExchangeSample {
  func shifted(by milliseconds: Int64) -> ExchangeSample {
    let moved = exchanges.map { exchange -> SampledExchange in
      var exchange = exchange
      exchange.time &+= milliseconds
      return exchange
    }
    return ExchangeSample(limit: limit, of: moved)
  }
}
