// SHA-256 against the examples of FIPS 180-4 (NIST, "SHA256" example values) and across splits of a message.

import CKernels
import Files
import Testing

struct SHA256Tests {
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
            "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
        ),
    ])
    func digestsOfTheStandardsExamples(message: String, digest: String) {
        var hash = SHA256()
        Array(message.utf8).withUnsafeBytes { hash.update($0) }
        #expect(hash.hexadecimal() == digest)
    }

    @Test func digestOfAMillionLetters() {
        var hash = SHA256()
        let letters = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
        letters.withUnsafeBytes { hash.update($0) }
        #expect(hash.hexadecimal() == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test func theInstructionsForDigestsGiveWhatPlainOnesGive() {
        let bytes = (0..<64 * 9).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 4 &+ $0) }
        for blocks in [0, 1, 2, 9] {
            var fast = (0..<8).map { UInt32(truncatingIfNeeded: 0x9E37_79B9 &* ($0 + 1)) }
            var plain = fast
            ck_sha256_compress(&fast, bytes, blocks)
            ck_sha256_compress_scalar(&plain, bytes, blocks)
            #expect(fast == plain, "\(blocks) blocks")
        }
    }

    @Test func piecesDoNotChangeTheDigest() {
        let message = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 3) }
        var whole = SHA256()
        message.withUnsafeBytes { whole.update($0) }
        let expected = whole.hexadecimal()
        for size in [1, 3, 55, 56, 63, 64, 65, 127, 128, 500] {
            var pieces = SHA256()
            message.withUnsafeBytes { bytes in
                for start in stride(from: 0, to: bytes.count, by: size) {
                    pieces.update(
                        UnsafeRawBufferPointer(rebasing: bytes[start..<min(start + size, bytes.count)]))
                }
            }
            #expect(pieces.hexadecimal() == expected, "pieces of \(size)")
        }
    }
}
