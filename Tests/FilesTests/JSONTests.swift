// JSON text read as written: keys as bytes, in order, duplicates included; everything else refused with its place.

import Files
import Testing

@Suite struct JSONTests {
    private func read(_ text: String) throws -> JSONValue {
        try Array(text.utf8).withUnsafeBytes { try JSONValue($0) }
    }

    @Test func keysKeepTheirBytesAndTheirOrder() throws {
        // Two spellings of one letter, which `String` considers equal, and a key that comes twice.
        let value = try read("{\"e\u{301}\": 1, \"\u{e9}\": 2, \"a\": 3, \"a\": 4}")
        guard case .object(let members) = value else {
            Issue.record("no object")
            return
        }
        #expect(members.map(\.key) == ["e\u{301}", "\u{e9}", "a", "a"].map { Array($0.utf8) })
        #expect(members.map(\.value.integer) == [1, 2, 3, 4])
        #expect(value["a"]?.integer == 4 && value["b"] == nil)
    }

    @Test func valuesOfEveryKind() throws {
        let value = try read(
            #" {"s": "a\n\u00e9\ud83d\ude00\"", "n": [-1.5e2, 0], "t": true, "f": false, "z": null} "#)
        #expect(value["s"]?.text == "a\n\u{e9}\u{1F600}\"")
        guard case .array(let numbers) = value["n"], case .number(let first) = numbers[0] else {
            Issue.record("no numbers")
            return
        }
        #expect(first == -150 && numbers[0].integer == -150 && numbers[1].integer == 0)
        #expect(value["t"]?.boolean == true && value["f"]?.boolean == false && value["t"]?.text == nil)
    }

    @Test(arguments: [
        ("", 0, "ends"), ("{\"a\": 1} x", 9, "after the end"), ("[1, 02]", 6, "leading zero"),
        ("[1,]", 3, "']'"),
        ("[tru]", 1, "'t'"), ("\"a", 2, "inside a string"), ("\"\\ud800\"", 8, "surrogate"),
        ("[1e999]", 6, "out of range"), (String(repeating: "[", count: 1000), 128, "nesting deeper"),
    ])
    func whatIsNotJSONIsRefusedWithItsPlace(text: String, offset: Int, reason: String) throws {
        let fault = #expect(throws: JSONFault.self) { try read(text) }
        #expect(
            fault?.offset == offset && fault?.reason.contains(reason) == true, "\(String(describing: fault))")
    }
}
