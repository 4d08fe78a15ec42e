import Glibc

/// The terminal as a page: raw keys, the alternate screen, only changed lines written.
final class TerminalScreen {
  let input: Int32
  private var before = termios()
  private var isOpen = false
  private var drawn: [String] = []
  private var size: (width: Int, height: Int) = (80, 24)

  /// - Parameter input: a descriptor of the terminal, for keys.
  init(input: Int32) { self.input = input }

  func open() {
    unsafe tcgetattr(input, &before)
    var raw = before
    // Signals stay on: Ctrl-C ends the session as it does elsewhere.
    raw.c_lflag &= ~tcflag_t(ICANON | ECHO)
    unsafe tcsetattr(input, TCSANOW, &raw)
    _ = fcntl(input, F_SETFL, fcntl(input, F_GETFL) | O_NONBLOCK)
    StandardOutput.write(Array("\u{1b}[?1049h\u{1b}[?25l\u{1b}[2J".utf8))
    isOpen = true
  }

  func close() {
    guard isOpen else { return }
    isOpen = false
    StandardOutput.write(Array("\u{1b}[0m\u{1b}[?25h\u{1b}[?1049l".utf8))
    unsafe tcsetattr(input, TCSANOW, &before)
    _ = fcntl(input, F_SETFL, fcntl(input, F_GETFL) & ~O_NONBLOCK)
  }

  /// Columns and rows as they are now; a resized page is drawn anew.
  func measure() -> (width: Int, height: Int) {
    var window = winsize()
    guard unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0,
      window.ws_row > 0
    else { return size }
    let now = (width: Int(window.ws_col), height: Int(window.ws_row))
    if now != size {
      size = now
      drawn = []
      StandardOutput.write(Array("\u{1b}[2J".utf8))
    }
    return size
  }

  func draw(_ lines: [String]) {
    var text = ""
    for (row, line) in lines.enumerated() where row >= drawn.count || drawn[row] != line {
      text += "\u{1b}[\(row + 1);1H\(line)\u{1b}[0m\u{1b}[K"
    }
    drawn = lines
    if !text.isEmpty { StandardOutput.write(Array(text.utf8)) }
  }

  /// Puts a text into the clipboard of whoever looks at the terminal, also over ssh (OSC 52).
  func copy(_ text: String) {
    StandardOutput.write(Array("\u{1b}]52;c;\(base64(Array(text.utf8)))\u{7}".utf8))
  }

  private func base64(_ bytes: [UInt8]) -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var text = ""
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      var value = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
      var four = ""
      for _ in 0..<4 {
        four = String(letters[value & 63]) + four
        value >>= 6
      }
      text += four.prefix(group.count + 1) + String(repeating: "=", count: 3 - group.count)
    }
    return text
  }
}
