/// The parts of a `log-format` that begins with `%{+json}o`.
///
///     %{+json}o %(client_ip)ci %(status)ST %(term)tsc
///     {"client_ip": "203.0.113.7", "status": 503, "term": "SC--"}
///
/// Numbers stand without quotes, what is not there is null; text between the items and items without a
/// name are left out. Source: HAProxy configuration manual 3.0, "Custom log format", `+json`; src/log.c.
struct HAProxyObject {
  /// Of the item that comes next.
  var name: String?
  private var members: [PatternItem] = []
  private let offset: Int

  init(offset: Int) { self.offset = offset }

  var items: [PatternItem] {
    [literal("{", offset)] + members + [blank(offset), literal("}", offset)]
  }

  mutating func append(
    _ field: PatternField?, _ shape: FieldShape, _ offset: Int, _ directive: String
  ) {
    guard let name else { return }
    self.name = nil
    if !members.isEmpty { members.append(literal(",", offset)) }
    let isNumber = shape.kind == .number || shape.kind == .digits
    let quote = literal("\"", offset)
    let value = PatternItem(
      kind: .field(field, isNumber ? shape : shape.escaped), offset: offset, name: directive)
    members += [blank(offset), literal("\"\(name)\":", offset), blank(offset)]
    // Types can be given to items: `%(status:str)ST`.
    let mayBeQuoted = PatternItem(kind: .optional([quote]), offset: offset)
    let group = isNumber ? [mayBeQuoted, value, mayBeQuoted] : [quote, value, quote]
    members.append(PatternItem(kind: .optional(group), offset: offset))
    members.append(PatternItem(kind: .optional([literal("null", offset)]), offset: offset))
  }

  private func blank(_ offset: Int) -> PatternItem {
    PatternItem(kind: .optional([literal(" ", offset)]), offset: offset)
  }

  private func literal(_ text: String, _ offset: Int) -> PatternItem {
    PatternItem(kind: .literal(Array(text.utf8)), offset: offset)
  }
}
