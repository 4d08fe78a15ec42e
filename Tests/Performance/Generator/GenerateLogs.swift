/// Writes a log of made-up exchanges to standard output: `generate-logs SHAPE EXCHANGES`.
///
/// The same arguments give the same bytes on every machine. A hundred exchanges a second to 24 members;
/// one in five hundred fails anywhere, and every ten minutes one member refuses for twenty seconds, because
/// logs without bursts flatter branch predictors.
@main
enum GenerateLogs {
  static func main() {
    let arguments = CommandLine.arguments
    guard arguments.count == 3, let shape = Shape(rawValue: arguments[1]),
      let count = Int(arguments[2])
    else {
      print("usage: generate-logs \(Shape.allCases.map(\.rawValue).joined(separator: "|")) COUNT")
      return
    }
    var traffic = Traffic()
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
