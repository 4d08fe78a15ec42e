import LogEvents

/// The shapes in which container runtimes store what a program printed.
///
///     2026-11-20T23:57:51.236117Z stdout F the record                                CRI
///     gateway-1  | the record                                                       docker compose
///     [pod/gateway-7d9f/proxy] the record                                   kubectl logs --prefix
enum ContainerEnvelope {
  /// The content of a CRI line, and whether the record goes on in the next line (tag `P`).
  ///
  /// Source: Kubernetes, "CRI: Log management design", log format of a container.
  static func peelCRI(
    _ bytes: Span<UInt8>, from start: Int, context: inout RecordContext
  ) -> (start: Int, isPartial: Bool)? {
    guard bytes.byte(start).isDigit, bytes.byte(start + 10) == UInt8(ascii: "T"),
      let space = bytes.find(.space, start, start + 40), bytes.has(" std", at: space)
    else { return nil }
    var scan = ByteScanner(bytes, from: start)
    guard let civil = try? scan.isoTime(), civil.offsetSeconds != nil else { return nil }
    guard scan.skipIf(" stdout ") || scan.skipIf(" stderr ") else { return nil }
    let tag = scan.next
    guard tag == UInt8(ascii: "F") || tag == UInt8(ascii: "P"),
      bytes.byte(scan.at + 1) == .space || scan.at + 1 == scan.end
    else { return nil }
    var clock = LocalClock(.nothingAssumed)
    context.time = clock.timestamp(civil)
    context.hasMilliseconds = civil.hasMilliseconds
    return (min(scan.at + 2, scan.end), tag == UInt8(ascii: "P"))
  }

  /// The content behind `2026-11-20T23:57:51.236117123Z `, as `docker logs --timestamps` and
  /// `kubectl logs --timestamps` print it: no gateway writes nanoseconds itself.
  static func peelStamp(
    _ bytes: Span<UInt8>, from start: Int, context: inout RecordContext
  ) -> Int? {
    guard bytes.has("Z ", at: start + 29), bytes.byte(start + 19) == UInt8(ascii: "."),
      bytes.byte(start + 10) == UInt8(ascii: "T"), bytes.byte(start + 28).isDigit,
      !bytes.has("std", at: start + 31)
    else { return nil }
    var scan = ByteScanner(bytes, from: start)
    guard let civil = try? scan.isoTime(), scan.at == start + 30 else { return nil }
    var clock = LocalClock(.nothingAssumed)
    context.time = clock.timestamp(civil)
    context.hasMilliseconds = civil.hasMilliseconds
    return start + 31
  }

  /// Where the record begins behind `name  | `, the prefix of docker compose, or behind
  /// `[pod/name/container] `, that of kubectl.
  static func peelCompose(_ bytes: Span<UInt8>, from start: Int) -> Int? {
    if bytes.byte(start) == .openBracket {
      guard bytes.byte(start + 1) == UInt8(ascii: "p"), bytes.has("[pod/", at: start),
        let close = bytes.find(.closeBracket, start, start + 320)
      else { return nil }
      return bytes.byte(close + 1) == .space ? close + 2 : nil
    }
    // Addresses and stamps, with which most records begin, are no names of containers.
    guard !bytes.byte(start).isDigit else { return nil }
    var at = start
    while at < min(bytes.count, start + 64), isNameByte(bytes[at]) { at += 1 }
    guard at > start, bytes.byte(at) == .space else { return nil }
    while bytes.byte(at) == .space { at += 1 }
    guard bytes.byte(at) == UInt8(ascii: "|"), bytes.byte(at + 1) == .space else { return nil }
    return at + 2
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    byte.isDigit || lowercased(byte) &- 97 < 26 || byte == .dash || byte == UInt8(ascii: "_")
      || byte == UInt8(ascii: ".")
  }

  /// Copies [start, count) without terminal escape sequences (ECMA-48 CSI and two-byte ones).
  static func copyWithoutColours(_ bytes: Span<UInt8>, from start: Int, into text: inout [UInt8]) {
    var at = start
    while at < bytes.count {
      guard bytes[at] == 0x1b else {
        text.append(bytes[at])
        at += 1
        continue
      }
      at += 1
      guard bytes.byte(at) == .openBracket else {
        at += 1
        continue
      }
      at += 1
      while at < bytes.count, bytes[at] < 0x40 { at += 1 }
      at += 1
    }
  }
}
