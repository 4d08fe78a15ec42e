import LogEvents

/// Makes one event of the records that an attempt leaves step by step on one thread.
///
/// mod_jk and the WebSphere plug-in say the same failure several times, in a fixed order. A record of
/// a later step continues what is open on its thread, any other begins anew. The first record
/// decides, later ones add what it lacks.
struct StepJoiner: RecordJoiner {
  /// What one record tells.
  ///
  /// Owns its texts: the batch may go meanwhile.
  struct Told: Sendable {
    var event: Event
    var thread: UInt64
    /// Place in the order of an attempt.
    var step: UInt8
    /// What this attempt goes to; empty where the record does not say.
    var worker: [UInt8] = []
    var transaction: [UInt8] = []
    var message: [UInt8] = []
  }

  /// More threads than this do not fail within one window on a real server.
  private static let limit = 512
  /// Records of one attempt come at once, but a stamp may have whole seconds only; milliseconds.
  private static let window: Int64 = 1000

  private var open: [Told] = []

  /// Joins the record to what is open, or opens it; a record that only repeats is dropped when
  /// nothing is open.
  mutating func take(_ told: Told, onlyRepeats: Bool = false, into batch: inout EventBatch) {
    closeOld(at: told.event.time, into: &batch)
    let place = open.firstIndex { $0.thread == told.thread }
    if let place {
      if continues(open[place], told) {
        add(told, at: place)
        return
      }
      if onlyRepeats { return }
      append(open.remove(at: place), into: &batch)
    }
    if onlyRepeats { return }
    if open.count >= Self.limit { append(open.removeFirst(), into: &batch) }
    open.append(told)
  }

  /// A record that belongs to no attempt.
  mutating func alone(_ told: Told, into batch: inout EventBatch) {
    closeOld(at: told.event.time, into: &batch)
    append(told, into: &batch)
  }

  mutating func closeAll(into batch: inout EventBatch) {
    for told in open { append(told, into: &batch) }
    open.removeAll()
  }

  func tellOpen(to state: inout OpenState) {
    state.add(open.count)
    for told in open {
      state.add(told.event)
      state.add(told.thread)
      state.add(told.step)
      for text in [told.worker, told.transaction, told.message] { state.add(text) }
    }
  }

  private func continues(_ first: Told, _ told: Told) -> Bool {
    guard told.step > first.step else { return false }
    let isOtherRequest =
      !first.transaction.isEmpty && !told.transaction.isEmpty
      && first.transaction != told.transaction
    let isOtherWorker =
      !first.worker.isEmpty && !told.worker.isEmpty && first.worker != told.worker
    return !isOtherRequest && !isOtherWorker
  }

  private mutating func add(_ told: Told, at place: Int) {
    open[place].step = told.step
    if open[place].worker.isEmpty { open[place].worker = told.worker }
    if open[place].transaction.isEmpty { open[place].transaction = told.transaction }
    if open[place].event.service.isNone { open[place].event.service = told.event.service }
    if open[place].event.backend.isNone { open[place].event.backend = told.event.backend }
  }

  private mutating func closeOld(at time: Timestamp, into batch: inout EventBatch) {
    var at = 0
    while at < open.count {
      if abs(time.milliseconds &- open[at].event.time.milliseconds) > Self.window {
        append(open.remove(at: at), into: &batch)
      } else {
        at += 1
      }
    }
  }

  private func append(_ told: Told, into batch: inout EventBatch) {
    var event = told.event
    event.transaction = batch.keep(told.transaction)
    event.message = batch.keep(told.message)
    batch.append(event)
  }
}
