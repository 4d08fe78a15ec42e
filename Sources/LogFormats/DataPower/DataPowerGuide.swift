import LogEvents

/// DataPower's message ids, and the texts of messages without a public one.
enum DataPowerGuide {
  static let table = CodeTable(
    product: "IBM DataPower",
    source: "formats of IBM documentation and ibm11285666; see DataPowerMessage",
    entries: read + beside)

  private static func name(_ code: UInt32) -> String {
    let digits = String(code, radix: 16)
    return "0x" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits
  }

  private static var read: [CodeTable.Entry] {
    DataPowerMessage.table.flatMap { message in
      let text = message.text.description.trimmingBlanks
      let caveat = caveat(message)
      let coded = message.codes.map { code in
        CodeTable.Entry(
          name(code), words[code] ?? (text.isEmpty ? "a message without fixed text" : text),
          message.meaning.outcome,
          caveat: caveat)
      }
      return message.codes.isEmpty && text.count >= 5
        ? [CodeTable.Entry(text, text, message.meaning.outcome, caveat: caveat)] : coded
    }
  }

  private static func caveat(_ message: DataPowerMessage) -> String {
    if message.meaning.isGeneric {
      return
        "The last word of a failed transaction: it says nothing of the cause, other records of the "
        + "same transaction do. Time since the start (hexadecimal gtid) tells refused from timed out."
    }
    switch message.meaning.side {
    case .front: return "The client's side, not the backend's."
    case .gateway: return "The gateway's own."
    case .neither: return "The direction decides whether a backend is meant."
    case .backend: return ""
    }
  }

  private static let words: [UInt32: String] = [
    0x80e0_0073: "latencies of a transaction that ended",
    0x0113_0011: "the answer's headers cannot be read: often plain HTTP against a TLS port",
    0x80e0_0127:
      "I/O error on the back side; floods when the backend rejects the client certificate",
    0x80e0_027d: "a URL or file cannot be opened", 0x8120_002f: "the SSL library's error",
    0x8120_0025: "the peer sent no certificate: follows almost every handshake failure",
    0x8120_0026: "the certificate did not validate",
    0x8060_010a: "the certificate did not validate",
    0x8060_010b: "the certificate validated",
    0x8060_00c6: "a shutdown without information: noise at error level",
    0x80c0_0008: "a document could not be parsed", 0x80c0_0009: "an action of a rule failed",
    0x80e0_03aa: "a limit of the XML parser was passed",
    0x0003_0001: "a document could not be parsed",
    0x0003_0003: "a document could not be parsed",
    0x00d3_0005: "a message was refused by a limit or check",
    0x0023_0001: "a message was refused by a limit or check",
    0x00c3_0008: "a message was refused by a limit or check",
    0x00d3_0003: "the policy rejected the message (dp:reject)",
    0x80e0_0161: "the caller went away before its request was read: often a health probe",
    0x80e0_0160: "malformed request headers, such as TLS sent to a plain port",
    0x88c0_0002: "the URL is routed to no API collection",
    0x8040_00a0: "connections are refused: the throttle is at work",
    0x0035_0015: "an object went down; of a load balancer group the whole group",
    0x0035_0014: "an object came up; of a load balancer group the whole group",
    0x80e0_0386: "a port conflict", 0x80e0_0116: "a service cannot be started",
    0x00b3_0002: "a port cannot be taken",
    0x0033_0019: "an object cannot come up", 0x0033_0061: "an object that it depends on is missing",
    0x0033_0091: "the TLS profile is wrong",
  ]

  private static let beside: [CodeTable.Entry] = [
    .init("0x8040009e", "thresholds of the throttle were set", .info),
    .init("0x804000b5", "the number of XML names is high", .info),
    .init("0x04f30005", "gateway peering is down", .other),
    .init(
      "0x80000001", "a user's xsl:message", .info,
      caveat: "User text: never read as a message of the product."),
    .init(
      "0x8580005c", "a user's console text", .info,
      caveat: "User text: never read as a message of the product."),
    .init("0x01d30002", "rejected: authentication", .other),
    .init("0x01d30003", "rejected: schema", .other),
    .init("0x01d30005", "rejected: virus", .other),
  ]
}
