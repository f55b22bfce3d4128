// Changes to files that nobody made on purpose, the same for the same seed.

import Foundation

/// A stream of numbers (SplitMix64).
struct MutationStream {
    private var state: UInt64

    init(_ text: String) {
        // FNV-1a, since hash values differ between processes.
        state = text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }

    mutating func next() -> UInt64 {
        state = state &+ 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(max(1, bound))) }

    mutating func pick<T>(_ values: [T]) -> T { values[below(values.count)] }
}

/// Changes bytes, and in texts also numbers and words.
enum Mutation {
    /// What numbers and words are replaced by.
    private static let words = [
        "-1", "0", "1", "3.5", "65536", "2147483648", "4294967296", "9223372036854775807",
        "-9223372036854775808", "1e18", "1e308", "1e-308", "NaN", "null", "true", "\"\"", "\"x\"", "[]", "{}",
    ].map { Array($0.utf8) }
    private static let integers: [UInt32] = [0, 1, 0x7fff_ffff, 0xffff_ffff, 0x8000_0000, 0x1_0000]
    private static let floats: [Float] = [.nan, .infinity, 1e38, -1e38, .leastNonzeroMagnitude, 0]

    static func of(_ bytes: [UInt8], isText: Bool, _ random: inout MutationStream) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<random.pick([1, 1, 1, 2, 3, 8]) where !bytes.isEmpty {
            // Headers are at the beginning.
            let place = random.below(random.below(2) == 0 ? bytes.count : min(bytes.count, 256))
            switch random.below(isText ? 12 : 8) {
            case 0: bytes[place] ^= 1 << UInt8(random.below(8))
            case 1: bytes[place] = random.pick([0, 255, 128, 127, 1])
            case 2: bytes.removeSubrange(place..<min(bytes.count, place + random.pick([1, 2, 4, 16, 64])))
            case 3:
                let end = min(bytes.count, place + random.pick([1, 4, 16, 64]))
                bytes.insert(contentsOf: bytes[place..<end], at: place)
            case 4:
                let noise = (0..<random.pick([1, 4, 16])).map { _ in UInt8(random.below(256)) }
                bytes.insert(contentsOf: noise, at: place)
            case 5: bytes.removeSubrange(place...)
            case 6: write(random.pick(integers), at: place, in: &bytes)
            case 7: write(random.pick(floats), at: place, in: &bytes)
            default:
                let tokens = tokens(of: bytes)
                guard !tokens.isEmpty else { continue }
                let other = Array(bytes[random.pick(tokens)])
                bytes.replaceSubrange(
                    random.pick(tokens), with: random.below(4) == 0 ? other : random.pick(words))
            }
        }
        return bytes
    }

    private static func write<T>(_ value: T, at place: Int, in bytes: inout [UInt8]) {
        let end = min(bytes.count, place + MemoryLayout<T>.size)
        bytes.replaceSubrange(place..<end, with: withUnsafeBytes(of: value) { Array($0) })
    }

    /// Numbers, words and quoted texts.
    private static func tokens(of bytes: [UInt8]) -> [Range<Int>] {
        var tokens: [Range<Int>] = [], start: Int?, isQuoted = false
        for (index, byte) in bytes.enumerated() {
            if byte == UInt8(ascii: "\"") {
                if isQuoted, let first = start { tokens.append(first..<index + 1) }
                (isQuoted, start) = (!isQuoted, isQuoted ? nil : index)
                continue
            }
            let scalar = Unicode.Scalar(byte)
            let belongs =
                isQuoted || scalar.properties.isAlphabetic || (48...57).contains(byte)
                || "+-._".unicodeScalars.contains(scalar)
            if belongs, start == nil { start = index }
            if !belongs, let first = start {
                tokens.append(first..<index)
                start = nil
            }
        }
        if let start, !isQuoted { tokens.append(start..<bytes.count) }
        return tokens
    }
}
