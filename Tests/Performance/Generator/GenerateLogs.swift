/// Writes a log of made-up exchanges to standard output: `generate-logs SHAPE EXCHANGES [MEMBERS]`.
///
/// The same arguments give the same bytes on every machine. A hundred exchanges a second to four pools, of
/// 24 members together unless told; one in five hundred fails anywhere, and every ten minutes one member
/// refuses for twenty seconds, because logs without bursts flatter branch predictors.
@main
enum GenerateLogs {
  static func main() {
    let arguments = CommandLine.arguments
    let members = arguments.count > 3 ? Int(arguments[3]) : 24
    guard (3...4).contains(arguments.count), let shape = Shape(rawValue: arguments[1]),
      let count = Int(arguments[2]), let members, members >= Traffic.pools
    else {
      let shapes = Shape.allCases.map(\.rawValue).joined(separator: "|")
      print("usage: generate-logs \(shapes) COUNT [MEMBERS]")
      return
    }
    var traffic = Traffic(members: members)
    var text = ""
    for _ in 0..<max(0, count) {
      shape.write(traffic.next(), to: &text)
      guard text.utf8.count > 1 << 16 else { continue }
      print(text, terminator: "")
      text = ""
    }
    print(text, terminator: "")
  }
}
