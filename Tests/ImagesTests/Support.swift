// What the tests of this target share: fixtures, hashes, differences.

import Arrays
import Crypto
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

func sha256(_ bytes: [UInt8]) -> String {
    SHA256.hash(data: bytes).map { String(format: "%02x", $0) }.joined()
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
