/// nginx's `log_format`, http and stream.
///
/// Source: nginx documentation, "Alphabetical index of variables", ngx_http_log_module.
struct NginxVariables {
  static let lines = [
    PatternText.Directive(name: "log_format", argument: 1, joinsArguments: true)
  ]

  /// Variables that tell of an exchange.
  private static let known: [String: (field: PatternField?, shape: FieldShape)] = [
    "upstream_addr": (.addresses, .list), "upstream_status": (.statuses, .list),
    "upstream_connect_time": (.connectTimes, .list),
    "upstream_header_time": (.headerTimes, .list),
    "upstream_first_byte_time": (.headerTimes, .list),
    "upstream_response_time": (.responseTimes, .list),
    "upstream_session_time": (.responseTimes, .list),
    "upstream_response_length": (.lengths, .list),
    "upstream_bytes_received": (.lengths, .list), "upstream_bytes_sent": (nil, .list),
    "upstream_queue_time": (nil, .list), "upstream_cache_status": (nil, .word),
    "proxy_upstream_name": (.pool, .word), "proxy_host": (nil, .word),
    "proxy_alternative_upstream_name": (nil, .word), "status": (.status, .number),
    "remote_addr": (.client, .word), "remote_port": (nil, .number),
    "realip_remote_addr": (.clientOrPeer, .word), "remote_user": (nil, .text),
    "host": (.service, .name), "server_name": (.service, .name), "http_host": (.service, .name),
    "hostname": (.gateway, .word), "time_local": (.clf, .bytes(26)),
    "time_iso8601": (.iso, .bytes(25)), "msec": (.epochDecimal, .number),
    "request_time": (.seconds, .number), "session_time": (.session, .number),
    "request_id": (.transaction, .word), "req_id": (.transaction, .word),
    "http_x_request_id": (.transaction, .text), "request": (.request, .text),
    "request_uri": (.uri, FieldShape.text.beginning(with: .slash)),
    "uri": (.uri, FieldShape.text.beginning(with: .slash)), "protocol": (.transport, .word),
    "request_method": (nil, .word), "server_protocol": (nil, .word), "scheme": (nil, .word),
    "body_bytes_sent": (nil, .number), "bytes_sent": (nil, .number),
    "bytes_received": (nil, .number), "request_length": (nil, .number),
    "content_length": (nil, .number), "connection": (nil, .number),
    "connection_requests": (nil, .number), "connection_time": (nil, .number),
    "pid": (nil, .number), "pipe": (nil, .word), "server_addr": (nil, .word),
    "server_port": (nil, .number), "gzip_ratio": (nil, .number), "ssl_protocol": (nil, .word),
    "ssl_cipher": (nil, .word), "tcpinfo_rtt": (nil, .number), "args": (nil, .text),
    "query_string": (nil, .text), "is_args": (nil, .text), "content_type": (nil, .text),
    "document_root": (nil, .text), "document_uri": (.uri, .text), "https": (nil, .word),
    "nginx_version": (nil, .word), "realpath_root": (nil, .text), "request_body": (nil, .text),
    "request_completion": (nil, .word), "request_filename": (nil, .text),
    "ssl_server_name": (nil, .word), "ssl_session_reused": (nil, .word),
    "ssl_client_s_dn": (nil, .text), "ssl_client_verify": (nil, .text),
    "ssl_preread_server_name": (nil, .word), "binary_remote_addr": (nil, .text),
  ]

  private let text: PatternText
  private let pattern: String
  private var items: [PatternItem] = []
  private var at = 0
  private var isEscaped = true

  static func items(
    _ text: PatternText, of pattern: String
  ) throws(PatternError) -> [PatternItem] {
    var variables = NginxVariables(text: text, pattern: pattern)
    try variables.readEscape()
    while variables.at < text.count { try variables.readNext() }
    return variables.items
  }

  private init(text: PatternText, pattern: String) {
    self.text = text
    self.pattern = pattern
  }

  /// `escape=default|json|none`, before the format.
  private mutating func readEscape() throws(PatternError) {
    guard text.has("escape=", at: 0) else { return }
    at = "escape=".utf8.count
    let start = at
    while at < text.count, text.byte(at) != .space { at += 1 }
    let word = text.string(start..<at)
    guard ["default", "json", "none"].contains(word) else {
      throw PatternError(
        pattern, at: text.offset(start), "escape is default, json or none, not \(word)")
    }
    isEscaped = word != "none"
    while text.byte(at) == .space { at += 1 }
  }

  private mutating func readNext() throws(PatternError) {
    let start = at
    guard text.has(UInt8(ascii: "$"), at: at) else {
      items.append(PatternItem(kind: .literal([text.byte(at)]), offset: text.offset(at)))
      at += 1
      return
    }
    at += 1
    let isBraced = text.byte(at) == UInt8(ascii: "{")
    if isBraced { at += 1 }
    let first = at
    while isNameByte(text.byte(at)) { at += 1 }
    let name = text.string(first..<at)
    guard !name.isEmpty else {
      throw PatternError(pattern, at: text.offset(start), "a variable's name must follow this $")
    }
    if isBraced {
      guard text.byte(at) == UInt8(ascii: "}") else {
        throw PatternError(pattern, at: text.offset(first - 1), "this { has no }")
      }
      at += 1
    }
    try append(name, text.offset(start))
  }

  private func isNameByte(_ byte: UInt8) -> Bool {
    byte.isDigit || lowercased(byte) &- 97 < 26 || byte == UInt8(ascii: "_")
  }

  private mutating func append(_ name: String, _ offset: Int) throws(PatternError) {
    // The query belongs to the path that it follows.
    if ["is_args", "args", "query_string"].contains(name),
      case .field(.uri?, _) = items.last?.kind
    {
      return
    }
    var shape = FieldShape.text
    var field: PatternField?
    if let known = Self.known[name] {
      (field, shape) = known
    } else if let near = Spelling.nearest(name, of: Self.known.keys.sorted()) {
      // Other names may be an operator's own (`set`, `map`) or another module's.
      throw PatternError(pattern, at: offset, "$\(name) is no variable; did you mean $\(near)?")
    }
    if isEscaped { shape.isEscaped = true }
    items.append(PatternItem(kind: .field(field, shape), offset: offset, name: "$" + name))
  }
}
