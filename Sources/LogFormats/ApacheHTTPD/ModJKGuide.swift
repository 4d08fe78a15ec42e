import LogEvents

/// mod_jk's texts.
enum ModJKGuide {
  static let table = CodeTable(
    product: "mod_jk",
    source: "mod_jk 1.2.48, common/jk_connect.c, jk_ajp_common.c, jk_lb_worker.c",
    entries: ModJKMessage.table.map { message in
      let text = message.text.trimmingBlanks
      return CodeTable.Entry(
        text, "mod_jk: \(text)", classes: outcomes(message.rule), caveat: caveat(message.rule))
    })

  private static func outcomes(_ rule: ModJKMessage.Rule) -> [Outcome] {
    switch rule {
    case .fixed(let outcome): [outcome]
    case .connecting: [.connectRefused, .connectTimeout, .connectUnreachable]
    case .reading: [.prematureClose, .connectionReset]
    case .repeating: [.other]
    }
  }

  private static func caveat(_ rule: ModJKMessage.Rule) -> String {
    switch rule {
    case .fixed: ""
    case .connecting: "errno= decides; (errno=0) and (errno=24) on a reply timeout mean nothing."
    case .reading: "errno= decides between closed and reset."
    case .repeating: "Repeats what another record of the same request told."
    }
  }
}

/// Texts of the WebSphere plug-in.
enum WebSphereGuide {
  static let table = CodeTable(
    product: "WebSphere plug-in", source: "public reports of http_plugin.log; not run by us",
    entries: WebSpherePlugin.messages.map { message in
      let text = message.text.trimmingBlanks
      switch message.rule {
      case .fixed(let outcome): return CodeTable.Entry(text, "plug-in: \(text)", outcome)
      case .connecting:
        return CodeTable.Entry(
          text, "plug-in: \(text)", .connectRefused, .connectTimeout, .connectUnreachable,
          caveat: "OS err= is the number of the web server's system (AIX: 79 refused).")
      case .repeating:
        return CodeTable.Entry(
          text, "plug-in: \(text)", .other, caveat: "Repeats what another record told.")
      }
    })
}

extension String {
  /// Without the blanks at its ends: tables match with them, people do not type them.
  var trimmingBlanks: String {
    var text = Substring(self)
    while text.first == " " { text = text.dropFirst() }
    while text.last == " " { text = text.dropLast() }
    return String(text)
  }
}
