import LogIntake
import Testing

struct PathGlobTests {
  @Test(
    "a glob without a slash is of the name, with one of the path's last parts",
    arguments: [
      ("access*.log", "logs/gw1/access_1.log", true), ("access*.log", "logs/access/x.log", false),
      ("gw1/*.log", "logs/gw1/a.log", true), ("gw1/*.log", "logs/xgw1/a.log", false),
      ("gw1/*.log", "logs/gw1/old/a.log", false), ("gw1/**", "logs/gw1/old/a.log", true),
      ("**/a.log", "a.log", true), ("gw1/**/a.log", "gw1/a.log", true),
      ("/var/log/*", "/var/log/a", true), ("/var/log/*", "/x/var/log/a", false),
      ("a?.log", "ab.log", true), ("a?.log", "a.log", false),
      ("[ab]-[!0-9].log", "b-x.log", true), ("[ab]-[!0-9].log", "b-7.log", false),
      ("{access,error}_log{,.1}", "error_log", true),
      ("{access,error}_log{,.1}", "x/access_log.1", true),
      ("*", "-", true), ("*.LOG", "a.log", false),
    ])
  func matches(glob: String, path: String, isMatch: Bool) throws {
    #expect(try PathGlob(glob).matches(path) == isMatch)
  }

  @Test("an excluded directory excludes what is in it")
  func excludes() throws {
    #expect(try PathGlob("old").excludes("logs/old/a.log"))
    #expect(try PathGlob("old/").excludes("logs/old/a.log"))
    #expect(try PathGlob("gw2/debug*").excludes("logs/gw2/debug-1/a.log"))
    #expect(try !PathGlob("old").excludes("logs/older/a.log"))
  }

  @Test("what is no glob says why")
  func flaws() {
    for text in ["", "a[b", "a{b", String(repeating: "{a,b}", count: 9)] {
      #expect(throws: PathGlob.Flaw.self) { try PathGlob(text) }
    }
  }

  @Test("no glob takes long")
  func cost() throws {
    let glob = try PathGlob(String(repeating: "*a", count: 50) + "b")
    #expect(!glob.matches(String(repeating: "a", count: 2000)))
  }
}
