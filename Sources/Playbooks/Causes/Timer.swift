import Correlator
import LogEvents

/// Failures at a fixed distance: some timer, job or check.
///
/// Source: causes.md §1, "periodic".
struct Timer: Playbook {
  func cause(of found: Case) -> Cause? {
    guard found.pattern == .periodic, let seconds = found.seconds else { return nil }
    let period = Words.duration(seconds)
    let isLocked = found.measure("clockLocked") == 1
    let known =
      KnownPeriods.names(near: seconds)
      ?? "job, log rotation, certificate reload, health check, idle or session time-out"
    return Cause(
      fit: 0.8, title: "something runs every \(period) and disturbs \(found.endpoint.name)",
      because:
        "\(Int(found.measure("ticksHit") ?? 0)) of \(Int(found.measure("ticks") ?? 0)) ticks were "
        + "hit" + (isLocked ? ", locked to the clock" : ", counted from the one before"),
      refutedBy: "ticks that are missed after a schedule changed",
      steps: [
        Step(
          "Name what happens every \(period) on gateway, backend and between (\(known)); first at "
            + "\(found.from)."
        ),
        Step(
          "\(found.vantagePoint): capture over two periods.",
          command: found.capture),
      ],
      owner: "operations", source: "Pivotal 2010526")
  }
}
