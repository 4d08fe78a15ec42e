import Glibc

/// Bytes that come by themselves: standard input, or what a command prints.
struct LivePipe {
  /// How reports call it.
  let path: String
  private(set) var descriptor: Int32
  private(set) var child: pid_t?

  static func standardInput() -> LivePipe { LivePipe(path: "-", descriptor: STDIN_FILENO) }

  /// Starts `command` with the shell and reads its standard output; `nil` when it cannot be started.
  static func command(_ command: String) -> LivePipe? {
    let (reading, writing) = Pipes.make()
    guard reading >= 0 else { return nil }
    defer { close(writing) }
    guard let child = ChildProcess.start(command, output: writing) else {
      close(reading)
      return nil
    }
    return LivePipe(path: "$ " + command, descriptor: reading, child: child)
  }

  /// Reads what is there; 0 at the end, `nil` when nothing is there yet.
  func read(into buffer: inout [UInt8]) -> Int? {
    let count = unsafe buffer.withUnsafeMutableBytes {
      unsafe Glibc.read(descriptor, $0.baseAddress, $0.count)
    }
    if count < 0 { return errno == EINTR || errno == EAGAIN ? nil : 0 }
    return count
  }

  func finish() {
    if let child {
      kill(child, SIGTERM)
      _ = waitpid(child, nil, 0)
    }
    if descriptor != STDIN_FILENO { close(descriptor) }
  }
}

/// Programs that are started, with the shell and with all signals as usual.
enum ChildProcess {
  static func start(_ command: String, input: Int32? = nil, output: Int32? = nil) -> pid_t? {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    if let input {
      unsafe posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
    } else {
      unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    }
    if let output { unsafe posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO) }
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    unsafe sigemptyset(&none)
    unsafe posix_spawnattr_setsigmask(&attributes, &none)
    // In a group of its own: Ctrl-C is for us, who then end it.
    unsafe posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP))
    var child = pid_t()
    var words: [UnsafeMutablePointer<CChar>?] = unsafe []
    for word in ["/bin/sh", "-c", command] { unsafe words.append(strdup(word)) }
    unsafe words.append(nil)
    defer { for index in unsafe words.indices { unsafe free(words[index]) } }
    let code = unsafe posix_spawn(&child, "/bin/sh", &actions, &attributes, words, environ)
    return code == 0 ? child : nil
  }
}
