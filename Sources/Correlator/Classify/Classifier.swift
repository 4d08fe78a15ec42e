import Dispatch
import LogEvents
import Synchronization

/// From a digest to cases: each backend's outages first, then what the remainder looks like.
///
/// The method and its thresholds are those of `correlation.md`; its section numbers stand beside
/// them here.
package enum Classifier {
  package static func classify(
    _ digest: Digest, _ corrections: Corrections = Corrections(), workers: Int = 1
  ) -> Classification {
    var result = Classification()
    guard let window = digest.window else { return result }
    result.window = window
    let tied = TiedParts(digest, corrections)
    result.offsets = tied.offsets
    var bad: [BadInterval] = []
    let subjects = Subject.all(of: tied.parts)
    result.subjects = subjects
    result.changes = tied.changes
    let found = cases(of: subjects, digest, window, workers)
    for (subject, found) in zip(subjects, found) {
      result.backends.append(
        BackendSummary(
          name: subject.backend, gateways: subject.gateways, pools: subject.data.pools.names,
          services: subject.data.services.names, failures: subject.data.failures.total,
          successes: subject.knowsSuccesses ? subject.data.successes.total : nil,
          attempts: subject.data.attempts, classes: subject.data.classes))
      for var interval in found.bad {
        interval.place += result.cases.count
        bad.append(interval)
      }
      result.cases += found.cases
    }
    addGroups(&result, bad, tied.changes, window)
    result.aborts = AbortSummary.all(of: tied.aborts, subjects)
    let comparisons = Comparisons(subjects, tied, window)
    for index in result.cases.indices { comparisons.fill(&result.cases[index]) }
    return result
  }

  /// The cases of one backend, and when it was bad; places count its own cases.
  private struct Found: Sendable {
    var cases: [Case] = []
    var bad: [BadInterval] = []
  }

  /// What each backend tells by itself, found by so many workers.
  private static func cases(
    of subjects: [Subject], _ digest: Digest, _ window: Interval, _ workers: Int
  ) -> [Found] {
    let found = Mutex([Found](repeating: Found(), count: subjects.count))
    let next = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: max(1, min(workers, subjects.count))) { _ in
      while true {
        let place = next.add(1, ordering: .relaxed).oldValue
        guard place < subjects.count else { return }
        guard subjects[place].data.failures.total > 0 else { continue }
        let context = BackendContext(subjects[place], digest: digest, window: window)
        var told = Found(cases: context.classified())
        for (number, one) in told.cases.enumerated() {
          told.bad += context.badIntervals(of: one, place: number)
        }
        let all = told
        found.withLock { $0[place] = all }
      }
    }
    return found.withLock { $0 }
  }

  /// What several backends have in common, found last: it needs all of them.
  private static func addGroups(
    _ result: inout Classification, _ bad: [BadInterval], _ changes: [Change], _ window: Interval
  ) {
    var groups = Groups(
      intervals: bad, window: window.start.milliseconds...window.end.milliseconds,
      backends: result.backends.count,
      healthy: result.backends.count { $0.failures == 0 })
    let captured = groups.capturedPorts { interval in
      let classes = result.cases[interval.place].classes
      let all = classes.values.reduce(0, +)
      return (classes[.connectTimeout] ?? 0) * 10 >= all * 8
    }
    let relations = groups.followers(of: changes)
    for (port, jointEnd) in captured {
      // The joint outage still has a cause in common.
      groups.shorten(port, to: jointEnd)
      result.cases[port.place].pattern = .backlogCapture
      result.cases[port.place].confidence = 0.85
      result.cases[port.place].rivals = [.constant]
      result.cases[port.place].confidenceReason =
        "other ports of the host recovered, this one went on timing out"
    }
    result.cases += groups.commonCauses() + relations
  }
}
