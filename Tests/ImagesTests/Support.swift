// What the tests of this target share: fixtures, hashes, differences.

import Arrays
import Foundation
import Images
import Testing

/// The folder of the pictures made by `make.py`.
let fixtures = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures").path

/// What `manifest.json` says about a picture.
struct FixtureFacts: Decodable, Sendable {
    let rgbSHA256: String?
    let psnr: Double?

    enum CodingKeys: String, CodingKey {
        case rgbSHA256 = "rgb_sha256"
        case psnr
    }

    struct Manifest: Decodable {
        let files: [String: FixtureFacts]
    }

    static func all() throws -> [(name: String, facts: FixtureFacts)] {
        let data = try Data(contentsOf: URL(filePath: fixtures + "/manifest.json"))
        return try JSONDecoder().decode(Manifest.self, from: data).files.sorted { $0.key < $1.key }
            .map { ($0.key, $0.value) }
    }
}

/// The SHA-256 of bytes, in hexadecimal (FIPS 180-4).
func sha256(_ bytes: [UInt8]) -> String {
    // Constants are the first 32 bits of the fractional parts of square and cube roots of the first primes.
    let primes = (2...311).filter { number in !(2..<number).contains { $0 * $0 <= number && number % $0 == 0 }
    }
    func fraction(_ value: Double) -> UInt32 { UInt32((value - value.rounded(.down)) * 0x1p32) }
    let constants = primes.map { fraction(cbrt(Double($0))) }
    var state = primes.prefix(8).map { fraction(Double($0).squareRoot()) }
    var message = bytes + [0x80]
    while message.count % 64 != 56 { message.append(0) }
    message += withUnsafeBytes(of: UInt64(bytes.count * 8).bigEndian) { Array($0) }
    func turned(_ value: UInt32, _ bits: UInt32) -> UInt32 { value >> bits | value << (32 - bits) }
    var words = [UInt32](repeating: 0, count: 64)
    for start in stride(from: 0, to: message.count, by: 64) {
        for i in 0..<16 {
            words[i] = (0..<4).reduce(0) { $0 << 8 | UInt32(message[start + i * 4 + $1]) }
        }
        for i in 16..<64 {
            let (a, b) = (words[i - 15], words[i - 2])
            let first = turned(a, 7) ^ turned(a, 18) ^ a >> 3
            let second = turned(b, 17) ^ turned(b, 19) ^ b >> 10
            words[i] = words[i - 16] &+ first &+ words[i - 7] &+ second
        }
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        var (e, f, g, h) = (state[4], state[5], state[6], state[7])
        for i in 0..<64 {
            let choice = (e & f) ^ (~e & g)
            let sum =
                h &+ (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) &+ choice &+ constants[i] &+ words[i]
            let majority = (a & b) ^ (a & c) ^ (b & c)
            let other = (turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) &+ majority
            (h, g, f, e, d, c, b, a) = (g, f, e, d &+ sum, c, b, a, sum &+ other)
        }
        for (i, value) in [a, b, c, d, e, f, g, h].enumerated() { state[i] &+= value }
    }
    return state.map { String(format: "%08x", $0) }.joined()
}

/// The hash of a picture's RGB, or RGBA where it has alpha, at 8 bits.
func pixelHash(_ image: Image) -> String { sha256((image.hasAlpha ? image.rgba : image.rgb).bytes) }

/// Peak signal-to-noise ratio in dB; peak 1.
func psnr(_ a: Image, _ b: Image) -> Double {
    guard a.pixels.shape == b.pixels.shape else { return 0 }
    let sum = zip(a.pixels.scalars, b.pixels.scalars).reduce(0.0) { $0 + pow(Double($1.0 - $1.1), 2) }
    return -10 * log10(max(1e-12, sum / Double(a.pixels.count)))
}

/// The largest difference between two pictures, in steps of 8 bits.
func worstStep(_ a: Image, _ b: Image) -> Int {
    guard a.pixels.shape == b.pixels.shape else { return 255 }
    return zip(a.bytes, b.bytes).map { abs(Int($0) - Int($1)) }.max() ?? 0
}

/// A message of a refusal, checked to be one line that starts with the path.
func refusal(_ path: String, _ body: () throws -> Void) throws -> String {
    let error = #expect(throws: ImageError.self, performing: body)
    let message = try #require(error).description
    #expect(message.hasPrefix(path) && !message.contains("\n"), "\(message)")
    return message
}

/// A small fixed generator (SplitMix64), so that a failing case comes back.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
