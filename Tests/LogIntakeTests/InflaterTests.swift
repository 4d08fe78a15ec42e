import CZlib
import TestSupport
import Testing

@testable import LogIntake

/// What is there to inflate gzip: zlib everywhere, ISA-L where it was installed at build time.
@Suite("Inflating")
struct InflaterTests {
  /// Bytes given out one portion after the other.
  private final class Portions: ByteInput {
    private let bytes: [UInt8]
    private let portion: Int
    private var at = 0

    init(_ bytes: [UInt8], by portion: Int) {
      self.bytes = bytes
      self.portion = portion
    }

    func read(into buffer: inout [UInt8], from start: Int) throws(SourceProblem) -> Int {
      let count = min(portion, buffer.count - start, bytes.count - at)
      buffer.replaceSubrange(start..<(start + count), with: bytes[at..<(at + count)])
      at += count
      return count
    }
  }

  private struct Inflated: Equatable {
    var bytes: [UInt8] = []
    var isDamaged = false
  }

  /// Told alike by the fastest inflater and by zlib.
  private func inflate(
    _ bytes: [UInt8], by portion: Int = .max, room: Int = 65_536
  ) throws -> Inflated {
    let told = try inflate(bytes, by: portion, room: room, nil)
    let plain = try inflate(bytes, by: portion, room: room, ZlibInflater(.gzip))
    #expect(told.isDamaged == plain.isDamaged)
    if !told.isDamaged { #expect(told.bytes == plain.bytes) }
    return told
  }

  private func inflate(
    _ bytes: [UInt8], by portion: Int, room: Int, _ inflater: (any Inflater)?
  ) throws -> Inflated {
    let input = try InflateInput(
      path: "a.gz", PeekableInput(Portions(bytes, by: portion)), .gzip,
      UnpackingBudget(path: "a.gz", size: bytes.count), inflater)
    var told = Inflated()
    var buffer = [UInt8](repeating: 0, count: room)
    do throws(SourceProblem) {
      while true {
        let count = try input.read(into: &buffer, from: 0)
        if count == 0 { break }
        told.bytes += buffer[..<count]
      }
    } catch {
      told.isDamaged = true
    }
    return told
  }

  /// Lines that repeat and lines that do not.
  private func text(_ dice: inout Dice, lines: Int) -> [UInt8] {
    (0..<lines).flatMap { number in
      Array("Nov 20 23:57:51 lb1 haproxy[1]: \(number) \(dice.next() >> 40) be_a/s1 503\n".utf8)
    }
  }

  @Test("members one after the other are one text, whatever the portions", arguments: 0..<10)
  func members(level: Int32) throws {
    var dice = Dice(UInt64(level))
    let texts = [400, 0, 3, 2000].map { text(&dice, lines: $0) }
    let packed = texts.flatMap { gzipped($0, level: level) }
    let whole = Inflated(bytes: texts.flatMap(\.self))
    for (portion, room) in [(Int.max, 262_144), (1, 70_000), (4096, 1), (7, 13), (100_000, 4096)] {
      #expect(try inflate(packed, by: portion, room: room) == whole, "\(portion) \(room)")
    }
    #expect(try inflate(packed + [0, 0, 0]) == whole, "padding")
    #expect(try inflate(packed + [7]) == Inflated(bytes: whole.bytes, isDamaged: true), "dirt")
  }

  @Test("what ends too early tells what it holds, and that it is damaged", arguments: [0, 1, 6])
  func cut(level: Int32) throws {
    var dice = Dice(7)
    let text = text(&dice, lines: 60)
    let packed = gzipped(text, level: level) + gzipped(text, level: level)
    let middle = packed.count / 2
    for end in 1..<packed.count where end != middle {
      let told = try inflate(Array(packed[..<end]), by: 64)
      #expect(told.isDamaged, "\(end)")
      #expect((text + text).starts(with: told.bytes), "\(end)")
      if end > middle { #expect(told.bytes.count >= text.count, "\(end)") }
      if end >= packed.count - 8 { #expect(told.bytes.count == 2 * text.count, "\(end)") }
    }
  }

  @Test("damage is told, and never read as text behind it")
  func damaged() throws {
    var dice = Dice(9)
    let text = text(&dice, lines: 300)
    let packed = gzipped(text, level: 6)
    // The header's time, flags of speed and system say nothing of the text.
    for round in 0..<3000 {
      var bytes = packed
      let place = Int.random(in: 10..<bytes.count, using: &dice)
      bytes[place] ^= UInt8.random(in: 1...255, using: &dice)
      #expect(try inflate(bytes, by: 512).isDamaged, "\(round): byte \(place)")
    }
  }

  @Test("zlib's own wrapping is read")
  func zlibWrapping() throws {
    let text = Array("a line\n".utf8)
    var packed = [UInt8](repeating: 0, count: 100)
    var count = UInt(packed.count)
    unsafe #expect(compress(&packed, &count, text, UInt(text.count)) == Z_OK)
    #expect(try inflate(Array(packed[..<Int(count)])) == Inflated(bytes: text))
  }
}
