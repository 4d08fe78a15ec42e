import Foundation

/// Datagrams that the kernel dropped because a socket's buffer was full.
///
/// Source: proc_net_udp, last column (`drops`).
enum KernelDrops {
  static func count(ports: [Int]) -> Int {
    guard !ports.isEmpty else { return 0 }
    var count = 0
    for path in ["/proc/net/udp", "/proc/net/udp6"] {
      guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { continue }
      for line in text.split(separator: "\n").dropFirst() {
        let words = line.split(separator: " ")
        guard words.count > 2, let port = words[1].split(separator: ":").last,
          ports.contains(Int(port, radix: 16) ?? -1)
        else { continue }
        count += Int(words.last ?? "") ?? 0
      }
    }
    return count
  }
}
