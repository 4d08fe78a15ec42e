import LogEvents
import Testing

struct NameTableTests {
  @Test("the same bytes get the same id, other bytes another")
  func interning() {
    var names = NameTable()
    let a = names.id("orders-be1.example.com:8443")
    #expect(names.id("orders-be1.example.com:8443") == a)
    #expect(names.id("orders-be2.example.com:8443") != a)
    #expect(names.name(a) == "orders-be1.example.com:8443")
    #expect(names.id("") == .none)
  }

  @Test("names of any length are told apart by any byte", arguments: [false, true])
  func lengths(isAtEnd: Bool) {
    var names = NameTable()
    var last = NameID.none
    var ids: [NameID: [UInt8]] = [:]
    for length in 1...40 {
      for changed in 0..<length {
        var name = [UInt8](repeating: 0x61, count: length)
        name[changed] = 0x62
        // At the end of what is read, and amid it.
        let bytes = isAtEnd ? [0x63, 0x63] + name : name + [UInt8](repeating: 0x63, count: 16)
        let start = isAtEnd ? 2 : 0
        let id = names.id(bytes.span, start, start + length)
        #expect(ids.updateValue(name, forKey: id) == nil, "\(length) \(changed)")
        #expect(names.id(bytes.span, start, start + length, last: &last) == id)
        #expect(names.id(bytes.span, start, start + length, last: &last) == id)
        #expect(Array(names.bytes(id)) == name)
      }
    }
  }

  @Test("ids stay good while the table grows, and past the limit names share one id")
  func growth() {
    var names = NameTable(limit: 5000)
    let ids = (0..<6000).map { names.id("member-\($0)") }
    for (number, id) in ids.enumerated() where id != NameTable.overflow {
      #expect(names.name(id) == "member-\(number)")
    }
    #expect(ids.filter { $0 == NameTable.overflow }.count == 1002)
  }

  @Test("times are spelled in RFC 3339")
  func times() {
    #expect(RFC3339.text(Timestamp(milliseconds: 1_795_219_071_236)) == "2026-11-20T23:57:51.236Z")
    #expect(RFC3339.text(Timestamp(milliseconds: -1)) == "1969-12-31T23:59:59.999Z")
  }
}
