/// Takes out of log text what must not be shared: values of queries and path parameters, user names and
/// passwords in URLs, authorization headers, cookies, tokens, e-mail addresses.
///
/// Works on the shape of the text, left to right; what it cannot tell apart it takes out. Keys stay, so
/// that `?token=***` still says what was there.
struct SecretText {
  static let mark = "***"

  private let bytes: [UInt8]
  private var at = 0
  private var out: [UInt8] = []
  /// What stands for a user's name.
  private var user: (String) -> String

  /// The text without them; `user` says what stands for a user's name.
  static func scrubbed(_ text: String, user: (String) -> String = { _ in mark }) -> String {
    withoutActuallyEscaping(user) { user in
      var scan = SecretText(text, user)
      return scan.run()
    }
  }

  private init(_ text: String, _ user: @escaping (String) -> String) {
    bytes = Array(text.utf8)
    self.user = user
    out.reserveCapacity(bytes.count)
  }

  private mutating func run() -> String {
    while at < bytes.count {
      let byte = bytes[at]
      if Self.isWord(byte), at == 0 || !Self.isWord(bytes[at - 1]) {
        word()
      } else if byte == .init(ascii: "?"), startsQuery(at + 1) {
        query(from: at + 1)
      } else if has("%3f", at), at > 0, at + 3 < bytes.count {
        copy(to: at + 3)
        hide(to: end(of: at))
      } else if byte == .init(ascii: "#"), startsQuery(at + 1), runHasEquals(at + 1) {
        query(from: at + 1)
      } else if byte == .init(ascii: ";"), let value = parameter(at + 1) {
        copy(to: value)
        hide(to: end(of: value, at: "/;?&#"))
      } else if byte == .init(ascii: "@"), isAddress() {
        address()
      } else if byte == .init(ascii: "["), isCommonLogTime(at + 1) {
        account()
        copy(to: at + 1)
      } else {
        out.append(byte)
        at += 1
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  // MARK: URLs

  /// A query begins where text follows at once, inside something like a path.
  private func startsQuery(_ start: Int) -> Bool {
    guard start >= 2, start < bytes.count else { return false }
    return !Self.isBreak(bytes[start]) && !Self.isBreak(bytes[start - 2])
  }

  private func runHasEquals(_ start: Int) -> Bool {
    bytes[start..<end(of: start)].contains(.init(ascii: "="))
  }

  /// Every part of `a=b&c=d;e` without its value; what closes the text around it stays.
  private mutating func query(from start: Int) {
    copy(to: start)
    var stop = end(of: start)
    while stop > start, "')]}>,.".utf8.contains(bytes[stop - 1]) { stop -= 1 }
    while at < stop {
      var part = at
      while part < stop, bytes[part] != .init(ascii: "&"), bytes[part] != .init(ascii: ";") {
        part += 1
      }
      if let equals = bytes[at..<part].firstIndex(of: .init(ascii: "=")), isKey(at, equals) {
        copy(to: equals + 1)
        hide(to: part)
      } else {
        hide(to: part)
      }
      if at < stop {
        out.append(bytes[at])
        at += 1
      }
    }
  }

  /// Names are short and plain; anything else may be a value.
  private func isKey(_ start: Int, _ end: Int) -> Bool {
    end > start && end - start <= 40
      && bytes[start..<end].allSatisfy { Self.isWord($0) || ".[]".utf8.contains($0) }
      && !SecretWords.isOpaque(bytes[start..<end])
  }

  /// `jsessionid=...` behind a semicolon: where its value starts.
  private func parameter(_ start: Int) -> Int? {
    var stop = start
    while stop < bytes.count, Self.isWord(bytes[stop]) { stop += 1 }
    guard stop > start, stop < bytes.count, bytes[stop] == .init(ascii: "=") else { return nil }
    return stop + 1
  }

  // MARK: Names and addresses

  /// Whether the `@` stands between a name and a host.
  private func isAddress() -> Bool {
    guard at > 0, at + 1 < bytes.count, !out.isEmpty else { return false }
    return Self.isWord(bytes[at + 1]) && !Self.isBreak(bytes[at - 1])
  }

  /// `name@` and `name:password@`: what was copied of it goes.
  private mutating func address() {
    var start = out.count
    while start > 0, !Self.isBreak(out[start - 1]), !"/<(=,;".utf8.contains(out[start - 1]) {
      start -= 1
    }
    let name = String(decoding: out[start...], as: UTF8.self)
    out.removeSubrange(start...)
    // Two e-mail addresses share a pseudonym only if they are the same: the host is part of the name.
    let stop = end(of: at + 1, at: ":/?<>()[],;'")
    let host = String(decoding: bytes[at..<stop], as: UTF8.self)
    let login = name.split(separator: ":", maxSplits: 1).first.map(String.init) ?? name
    out += Array((login == Self.mark ? login : user(login + host)).utf8)
    out.append(bytes[at])
    at += 1
  }

  /// Spelled `dd/Mon/yyyy:hh:mm:ss +zone]`.
  private func isCommonLogTime(_ start: Int) -> Bool {
    guard start + 27 <= bytes.count else { return false }
    return bytes[start + 2] == .init(ascii: "/") && bytes[start + 6] == .init(ascii: "/")
      && bytes[start + 11] == .init(ascii: ":") && bytes[start + 20] == .init(ascii: " ")
      && bytes[start + 26] == .init(ascii: "]")
  }

  /// The user of `host - user [`, which may hold blanks.
  private mutating func account() {
    let line = String(decoding: out, as: UTF8.self)
    let words = line.split(separator: " ", omittingEmptySubsequences: false)
    guard let ident = words.firstIndex(of: "-"), ident >= 1, ident <= 2, ident + 1 < words.count
    else {
      return
    }
    let name = words[(ident + 1)...].joined(separator: " ")
    let trimmed = name.hasSuffix(" ") ? String(name.dropLast()) : name
    guard trimmed != "-", !trimmed.isEmpty else { return }
    out = Array((words[...ident].joined(separator: " ") + " " + user(trimmed) + " ").utf8)
  }

  // MARK: Words

  private mutating func word() {
    var stop = at
    while stop < bytes.count, Self.isWord(bytes[stop]) { stop += 1 }
    if isWebToken(stop) || SecretWords.isOpaque(bytes[at..<stop]) {
      // A web token goes on behind its dots.
      hide(to: isWebToken(stop) ? end(of: at, at: "/?&;,:'()[]{}<>|\\") : stop)
      return
    }
    guard stop - at <= 40 else { return copy(to: stop) }
    let word = String(decoding: bytes[at..<stop], as: UTF8.self).lowercased()
    if SecretWords.headers.contains(word), let value = value(behind: stop) {
      copy(to: value.start)
      hide(to: endOfHeader(value))
    } else if SecretWords.schemes.contains(word), let end = credentials(behind: stop, word) {
      copy(to: stop + 1)
      hide(to: end)
    } else if SecretWords.users.contains(word), let value = value(behind: stop) ?? named(stop) {
      copy(to: value.start)
      let end = end(of: value)
      let name = String(decoding: bytes[at..<end], as: UTF8.self)
      if isHidden() {
        hide(to: end)
      } else if !name.isEmpty, name != "-", name != "null" {
        out += Array(user(name).utf8)
        at = end
      }
    } else if let value = value(behind: stop), SecretWords.isSecret(word) {
      // Last, because most words have no value and this is dear.
      copy(to: value.start)
      hide(to: end(of: value))
    } else {
      copy(to: stop)
    }
  }

  /// Where a value starts behind `=`, `:`, `": "`, `\":\"`, and which quote opened it.
  private func value(behind start: Int) -> (start: Int, quote: UInt8?)? {
    var stop = start
    while stop < bytes.count, stop < start + 3, "\\\"' ".utf8.contains(bytes[stop]) { stop += 1 }
    guard stop < bytes.count, bytes[stop] == .init(ascii: "=") || bytes[stop] == .init(ascii: ":")
    else { return nil }
    stop += 1
    var quote: UInt8?
    let first = stop
    while stop < bytes.count, stop < first + 4, "\\\"' ".utf8.contains(bytes[stop]) {
      if bytes[stop] != .init(ascii: " "), bytes[stop] != .init(ascii: "\\") { quote = bytes[stop] }
      stop += 1
    }
    return stop < bytes.count ? (stop, quote) : nil
  }

  /// The name in `for user alice`, `user 'alice'`.
  private func named(_ start: Int) -> (start: Int, quote: UInt8?)? {
    guard start + 1 < bytes.count, bytes[start] == .init(ascii: " ") else { return nil }
    let next = bytes[start + 1]
    if next == .init(ascii: "'") || next == .init(ascii: "\"") { return (start + 2, next) }
    let before = String(decoding: out.suffix(4), as: UTF8.self)
    guard ["for ", " of ", " by "].contains(where: { before.hasSuffix($0) }), Self.isWord(next)
    else {
      return nil
    }
    return (start + 1, nil)
  }

  private func end(of value: (start: Int, quote: UInt8?)) -> Int {
    var stop = value.start
    while stop < bytes.count {
      let byte = bytes[stop]
      if let quote = value.quote {
        if byte == quote || byte == .init(ascii: "\\") { break }
      } else if Self.isBreak(byte) || ",;&'()[]{}|\\".utf8.contains(byte) {
        break
      }
      stop += 1
    }
    return stop
  }

  /// A header's value goes to the end of its line, its quote or its field.
  private func endOfHeader(_ value: (start: Int, quote: UInt8?)) -> Int {
    var stop = value.start
    while stop < bytes.count, !"\r\n|\"".utf8.contains(bytes[stop]), bytes[stop] != value.quote {
      stop += 1
    }
    return stop
  }

  /// `Bearer abc`: any word, whatever its first letter; of the other schemes one that looks like no English.
  private func credentials(behind start: Int, _ scheme: String) -> Int? {
    guard start + 1 < bytes.count, bytes[start] == .init(ascii: " "),
      !Self.isBreak(bytes[start + 1])
    else { return nil }
    let stop = end(of: start + 2, at: ",;'|\\")
    let run = bytes[(start + 1)..<stop]
    guard scheme != "bearer" else { return stop }
    let isMixed = run.dropFirst().contains {
      Self.isUpper($0) || Self.isDigit($0) || $0 == .init(ascii: "=")
    }
    return isMixed ? stop : nil
  }

  /// `eyJ...`: the head of a JSON web token, in base64.
  private func isWebToken(_ stop: Int) -> Bool { stop - at >= 10 && hasExactly("eyJ", at) }

  // MARK: Steps

  private mutating func copy(to end: Int) {
    guard end > at else { return }
    out += bytes[at..<end]
    at = end
  }

  private mutating func hide(to end: Int) {
    guard end > at else { return }
    at = isHidden() ? at + Self.mark.utf8.count : end
    out += Array(Self.mark.utf8)
  }

  /// What was hidden before stays as it is, and so does the host behind it.
  private func isHidden() -> Bool { hasExactly(Self.mark + "@", at) }

  /// The next blank, quote or end, or one of `stops`.
  private func end(of start: Int, at stops: String = "") -> Int {
    var end = start
    while end < bytes.count, !Self.isBreak(bytes[end]), !stops.utf8.contains(bytes[end]) {
      end += 1
    }
    return end
  }

  private func has(_ text: String, _ start: Int) -> Bool {
    let wanted = Array(text.utf8)
    guard start + wanted.count <= bytes.count else { return false }
    return zip(bytes[start...], wanted).allSatisfy { ($0 &- 65 < 26 ? $0 | 0x20 : $0) == $1 }
  }

  private func hasExactly(_ text: String, _ start: Int) -> Bool {
    bytes[start...].starts(with: text.utf8)
  }

  static func isDigit(_ byte: UInt8) -> Bool { byte &- 48 < 10 }
  static func isUpper(_ byte: UInt8) -> Bool { byte &- 65 < 26 }
  private static func isWord(_ byte: UInt8) -> Bool {
    isDigit(byte) || (byte | 0x20) &- 97 < 26 || byte == .init(ascii: "_")
      || byte == .init(ascii: "-")
  }
  private static func isBreak(_ byte: UInt8) -> Bool { byte <= 0x20 || byte == .init(ascii: "\"") }
}
