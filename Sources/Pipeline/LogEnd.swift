import LogEvents
import LogFormats
import LogIntake

extension Run {
  /// When the logs end: the last time that they tell; `nil` where they tell none.
  ///
  /// Of files as they are, the last block is read; what is packed is read whole, unless it was last
  /// changed long before. Standard input cannot be read twice.
  package func end(of sources: [Source]) -> Timestamp? {
    var packed: [Source] = []
    var end: Timestamp?
    for source in sources where source != .standardInput {
      switch tail(of: source) {
      case .told(let time): end = max(time, end ?? time)
      case .silent: break
      case .packed: packed.append(source)
      }
    }
    var run = self
    run.asked = AskedWindow(since: end)
    run.keepsRejects = false
    for result in run.read(packed, { _ in LastTime() }) {
      if let time = result.consumer.last { end = max(time, end ?? time) }
    }
    return end
  }

  private enum Tail {
    case told(Timestamp)
    case silent, packed
  }

  private struct LastTime: EventConsumer {
    var last: Timestamp?

    mutating func take(_ batch: borrowing EventBatch, format: FormatCard) {
      for event in batch.events where event.time.isKnown {
        last = max(event.time, last ?? event.time)
      }
      if let time = batch.witnessed.max() { last = max(time, last ?? time) }
    }
  }

  private func tail(of source: Source) -> Tail {
    let settings = settings(source)
    var tail = Tail.packed
    // What cannot be opened is told when it is read.
    _ = try? Contents.read(source) { log in
      guard log.isPlain else { return .enough }
      tail = .silent
      let head = log.peek(OpenLog.blockBytes)
      guard let choice = Sniffer.choose(head.span, settings),
        let block = try? ChunkReader.tail(source)
      else { return .enough }
      if let time = Self.lastTime(block, choice, settings) { tail = .told(time) }
      return .enough
    }
    return tail
  }

  private static func lastTime(
    _ tail: [UInt8], _ choice: Sniffer.Choice, _ settings: FormatSettings
  ) -> Timestamp? {
    var reader = RecordReader(choice, settings)
    var batch = EventBatch()
    var last: Timestamp?
    let deliver: RecordReader.Deliver = { batch, _ in
      let times = batch.events.map(\.time) + batch.witnessed
      if let time = times.max(), time.isKnown { last = max(time, last ?? time) }
      batch.clear()
    }
    _ = reader.consume(tail.span, atEnd: true, into: &batch, deliver: deliver)
    reader.finish(into: &batch, deliver: deliver)
    return last
  }
}
