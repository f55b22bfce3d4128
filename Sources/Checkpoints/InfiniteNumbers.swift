// Python's `Infinity` in JSON.

import Foundation

/// The text with `Infinity` outside strings replaced by the largest finite number; a preceding sign is kept.
func infinityReplaced(_ text: Data) -> Data {
    let (word, number) = (Array("Infinity".utf8), Array("\(Double.greatestFiniteMagnitude)".utf8))
    let (quote, backslash) = (UInt8(ascii: "\""), UInt8(ascii: "\\"))
    let bytes = Array(text)
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var isInString = false
    var index = 0
    while index < bytes.count {
        let byte = bytes[index]
        if isInString, byte == backslash, index + 1 < bytes.count {
            result += bytes[index...index + 1]
            index += 2
            continue
        }
        if byte == quote { isInString.toggle() }
        if !isInString, bytes[index...].starts(with: word) {
            result += number
            index += word.count
            continue
        }
        result.append(byte)
        index += 1
    }
    return Data(result)
}
