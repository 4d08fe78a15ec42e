import LogEvents

/// What has a part in how further lines of a log are read, as a number that is the same for the same within
/// one run.
///
/// It is compared between readers that began at different places, each with a table of names of its own: names
/// go by their hashes, lines by how far they stand before the next one.
package struct OpenState {
  private var hasher = Hasher()
  private let names: NameTable
  private let nextLine: UInt32

  /// Of a reader that knows these names and gives the next line this number.
  init(_ names: NameTable, nextLine: Int) {
    self.names = names
    self.nextLine = UInt32(truncatingIfNeeded: nextLine)
  }

  mutating func add(_ value: some Hashable) { hasher.combine(value) }

  mutating func add(line: UInt32) { hasher.combine(nextLine &- line) }

  mutating func add(_ name: NameID) { hasher.combine(names.hash(name)) }

  /// Adds all of an event but its texts, which are where they are.
  mutating func add(_ event: Event) {
    add(event.time.milliseconds)
    add(line: event.line)
    add(event.outcome)
    add(event.severity)
    add(event.journal)
    add(event.note)
    add(event.status)
    add(event.hasMilliseconds)
    add(event.durationMilliseconds)
    add(event.count)
    add(event.spanMilliseconds)
    for name in [
      event.backend, event.address, event.pool, event.service, event.code, event.gateway,
      event.stream,
    ] {
      add(name)
    }
  }

  func finish() -> Int { hasher.finalize() }
}
