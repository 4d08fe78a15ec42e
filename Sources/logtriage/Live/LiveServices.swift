import ArgumentParser
import Glibc
import LogEvents
import LogListener
import Pipeline
import Playbooks
import Reports

/// The servers and hooks around a tail: what was asked for is started, and closed at the end.
final class LiveServices {
  private var listener: SyslogListener?
  private var metrics: MetricsEndpoint?
  private var hooks: AlertHooks?
  private var schedule: AlertSchedule

  init(_ options: LiveOptions, _ session: inout LiveSession.Options) throws {
    schedule = AlertSchedule(
      groupWaitMilliseconds: Int64(options.groupWait) * 1000,
      repeatMilliseconds: Int64(options.repeatInterval) * 60_000)
    if !options.targets.isEmpty { hooks = AlertHooks(options.targets) }
    if !options.addresses.isEmpty { try listen(options, &session) }
    if let address = options.metricsAddress {
      do {
        metrics = try MetricsEndpoint(host: address.host, port: address.port)
      } catch {
        throw ValidationError("no metrics at \(address.host):\(address.port): \(error)")
      }
      session.wantsFailures = true
    }
    session.onTick = { [self] view in tick(view) }
  }

  private func listen(_ options: LiveOptions, _ session: inout LiveSession.Options) throws {
    let (reading, writing) = Pipes.make()
    _ = fcntl(reading, F_SETFL, O_NONBLOCK)
    _ = fcntl(writing, F_SETFL, O_NONBLOCK)
    let queue = MessageQueue {
      var byte: UInt8 = 1
      unsafe _ = write(writing, &byte, 1)
    }
    do {
      listener = try SyslogListener(
        options.addresses, certificate: options.certificate, queue: queue)
    } catch {
      throw ValidationError("cannot listen: \(error)")
    }
    for (address, port) in zip(options.addresses, listener?.ports ?? []) {
      Message.say("listening on \(address.transport.rawValue)://\(address.host):\(port)")
    }
    let datagramPorts = zip(options.addresses, listener?.ports ?? [])
      .filter { $0.0.transport == .udp }.map(\.1)
    session.kernelDrops = { KernelDrops.count(ports: datagramPorts) }
    session.queue = queue
    session.wake = reading
  }

  private func tick(_ view: LiveView) {
    if let hooks {
      schedule.note(view.changes, at: view.now)
      hooks.send(schedule.due(at: view.now))
    }
    metrics?.set(text(view))
  }

  func close() {
    listener?.close()
    metrics?.close()
    hooks?.finish()
  }

  private func text(_ view: LiveView) -> String {
    var text = MetricsText()
    let rows = view.failures.counts.sorted {
      ($0.key.backend, $0.key.gateway, $0.key.outcome.name)
        < ($1.key.backend, $1.key.gateway, $1.key.outcome.name)
    }
    text.add(
      "failures_total", "counter", "Failures of backends, as the logs tell them.",
      rows.map {
        (
          [
            ("backend", $0.key.backend), ("class", $0.key.outcome.name),
            ("gateway", $0.key.gateway),
          ], Double($0.value)
        )
      })
    text.add(open: view.ledger.shown)
    text.add("lines_total", "counter", "Lines read.", Double(view.lines))
    text.add(
      "unread_records_total", "counter", "Records that no format could read.", Double(view.unread))
    text.add("logs", "gauge", "Logs that are followed.", Double(view.logs))
    text.add(
      "silent_logs", "gauge", "Logs that were silent for a minute.", Double(view.silent.count))
    text.add(
      "rotations_total", "counter", "Rotations and truncations seen.", Double(view.rotations))
    text.add("backlog_bytes", "gauge", "Bytes known and not yet read.", Double(view.backlog))
    text.add(
      "lag_seconds", "gauge", "Between now and the newest record.",
      Double(max(0, view.now - view.latest)) / 1000)
    text.add(
      "messages_received_total", "counter", "Syslog messages received.", Double(view.received))
    text.add("messages_dropped_total", "counter", "Syslog messages dropped.", Double(view.drops))
    return text.text
  }
}
