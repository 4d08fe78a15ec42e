import LogEvents

/// What a tick wants to know of batches that passed.
struct BatchCounter {
  var latest: Int64
  let limit: Int64
  let gateway: String
  var failures: LiveFailures

  mutating func see(_ batch: borrowing EventBatch) {
    for event in batch.events {
      let time = event.time.milliseconds
      if event.time.isKnown, time > latest, time < limit { latest = time }
    }
    failures.add(batch, gateway: gateway)
    for moment in batch.witnessed where moment.milliseconds > latest && moment.milliseconds < limit
    {
      latest = moment.milliseconds
    }
  }
}
