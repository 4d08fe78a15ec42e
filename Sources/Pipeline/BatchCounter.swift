import LogEvents

/// What a tick wants to know of batches that passed.
struct BatchCounter {
  var latest: Int64
  let limit: Int64
  let gateway: String
  var failures: LiveFailures

  /// Events of the batch that were seen already.
  var seen: Int

  /// Looks at what came into the batch since the last time.
  mutating func see(_ batch: borrowing EventBatch) {
    let fresh = min(seen, batch.events.count)
    seen = batch.events.count
    for event in batch.events[fresh...] {
      let time = event.time.milliseconds
      if event.time.isKnown, time > latest, time < limit { latest = time }
    }
    failures.add(batch, from: fresh, gateway: gateway)
    for moment in batch.witnessed where moment.milliseconds > latest && moment.milliseconds < limit
    {
      latest = moment.milliseconds
    }
  }
}
