import Foundation
import Testing

@testable import LogIntake

/// What happens to a log is a word of letters.
///
/// Each is one act:
///
///     w write a line      l look (and do what is said)     . a long time passes
///     m rename            o reopen (a new file)            t copy and truncate
///     z compress          d delete the log                 r the follower restarts
@Suite("Following a log")
struct FollowerTests {
  private func follow(_ word: String, reusesInodes: Bool = false) -> (read: String, all: String) {
    var files = FakeFiles(reusesInodes: reusesInodes)
    var reader = FakeReader()
    var now: Int64 = 0
    for letter in word + "l..l" {
      now += 50
      files.held = Set(reader.held.values)
      switch letter {
      case "w": files.write()
      case "l": reader.look(files, at: now)
      case ".": now += 20_000
      case "m": files.rename()
      case "o": files.reopen()
      case "t": files.copyAndTruncate()
      case "z": files.compress()
      case "d": files.delete("log")
      case "r":
        let known = reader.follower.files.values.filter { $0.offset >= 0 }
        reader.follower = Follower(resuming: Array(known))
      default: break
      }
    }
    return (reader.text, files.written)
  }

  @Test(
    "Every line is read once, in order",
    arguments: [
      // Growing, and a file that appears late.
      "wwlwlwwl", "llwl",
      // logrotate create: the program writes to the old file until it reopens.
      "wwlwmwolwl", "wlmwlwowlw", "wlmolwl", "wlwmowl",
      // Twice between two looks of the follower, with older ones pushed on.
      "wlmowlmowlmowlmowl",
      // copytruncate, with and without lines that were not read yet.
      "wwlltwl", "wwlwwtwwl", "wlwttwl", "wlwtlzlwl", "wlwtzwl",
      // Compressed at once, later, and the whole set pushed on.
      "wlmozwl", "wlwmozwl", "wlwmolzlwlmozwl",
      // Deleted; what was written is read through the descriptor.
      "wlwdlwl", "wldlwl",
      // A restart between any two acts.
      "wwrlwrlmrowrl", "wlrwmowrl", "wlwtrwl", "wlrwmozwl", "wlrwwl", "wlrmolmowl",
    ])
  func readsOnce(_ word: String) {
    let (read, all) = follow(word)
    #expect(read == all)
    let (again, whole) = follow(word, reusesInodes: true)
    #expect(again == whole)
  }

  @Test(
    "Older parts that are there from the start are logs of their own, and every line is read once",
    arguments: ["wmowmowlwwtlwl", "wtwtwlwwtlwl", "wtwtwlwtwtwlwl", "wmowmzowlwmowlmolw"])
  func readsOlderParts(_ word: String) {
    let (read, all) = follow(word)
    #expect(read.split(separator: "\n").sorted() == all.split(separator: "\n").sorted())
  }

  @Test("Any story of rotations, looked at after every second act, is read once and in order")
  func readsAnyStory() {
    for seed in 0..<3000 {
      var state = UInt64(seed) &* 0x9e37_79b9_7f4a_7c15 &+ 1
      var word = "wl"
      for _ in 0..<24 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let acts = Array("wwwwwwmoooztll..")
        let act = acts[Int(truncatingIfNeeded: state >> 33) % acts.count]
        // Rotation is slow beside looking; what was compressed unseen is read late.
        word += act == "z" ? "lzlw" : "mt".contains(act) ? "\(act)lw" : String(act)
      }
      let (read, all) = follow(word, reusesInodes: seed % 2 == 0)
      guard read == all else {
        Issue.record("\(word): read \(read.debugDescription), written \(all.debugDescription)")
        return
      }
    }
  }

  @Test("A file that another log wrote is no part of this one")
  func keepsLogsApart() {
    var follower = Follower()
    func sighting(_ path: String, _ inode: UInt64, _ text: String) -> FileSighting {
      FileSighting(
        path: path, identity: FileIdentity(device: 1, inode: inode), size: Int64(text.utf8.count),
        modified: 0, head: Array(text.utf8))
    }
    _ = follower.looked([sighting("a.log", 1, "one\n")], at: 0)
    _ = follower.looked([sighting("a.log", 1, "one\n"), sighting("b.log", 2, "two\n")], at: 1)
    #expect(Set(follower.files.values.map(\.log)) == ["a.log", "b.log"])
  }
}
