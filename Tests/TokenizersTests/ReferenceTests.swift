// Ids and texts equal those of transformers' tokenizers on awkward strings (Fixtures/make.py).

import Foundation
import Testing
import Tokenizers

private struct Expected: Decodable {
    let text: String
    let clip: [Int]
    let bert: [Int]
    let clipText: String
    let clipAll: String
    let bertText: String
    let bertAll: String
    let bertClean: String
}

private struct FullExpected: Decodable {
    let text: String
    let clip: [Int]
    let bert: [Int]
}

/// Strings whose Unicode scalars differ are different here, unlike in Swift's `==`.
private func scalars(_ text: String) -> [Unicode.Scalar] { Array(text.unicodeScalars) }

@Suite struct ReferenceTests {
    @Test(arguments: ["small/clip", "small/clip_json"])
    func clipEqualsReference(folder: String) throws {
        let tokenizer = try CLIPTokenizer(folder: fixtures + "/" + folder)
        let cases = try loadFixture([Expected].self, "expected.json")
        #expect(cases.count >= 200)
        for expected in cases {
            #expect(tokenizer.tokenIDs(expected.text) == expected.clip, "\(expected.text.debugDescription)")
            #expect(
                scalars(tokenizer.decode(expected.clip)) == scalars(expected.clipText),
                "\(expected.text.debugDescription)")
            #expect(
                scalars(tokenizer.decode(expected.clip, skippingSpecialTokens: false))
                    == scalars(expected.clipAll))
        }
    }

    @Test(arguments: ["small/bert", "small/bert_json"])
    func bertEqualsReference(folder: String) throws {
        let tokenizer = try BERTTokenizer(folder: fixtures + "/" + folder)
        for expected in try loadFixture([Expected].self, "expected.json") {
            #expect(tokenizer.tokenIDs(expected.text) == expected.bert, "\(expected.text.debugDescription)")
            #expect(
                scalars(tokenizer.decode(expected.bert)) == scalars(expected.bertText),
                "\(expected.text.debugDescription)")
            #expect(
                scalars(tokenizer.decode(expected.bert, skippingSpecialTokens: false))
                    == scalars(expected.bertAll))
        }
    }

    @Test func bertCleansUpSpacesWhereTheSettingsSaySo() throws {
        try withTemporaryFolder { folder in
            try FileManager.default.copyItem(
                atPath: fixtures + "/small/bert/vocab.txt", toPath: folder + "/vocab.txt")
            try Data(#"{"clean_up_tokenization_spaces": true}"#.utf8).write(
                to: URL(filePath: folder + "/tokenizer_config.json"))
            let tokenizer = try BERTTokenizer(folder: folder)
            for expected in try loadFixture([Expected].self, "expected.json") {
                #expect(
                    scalars(tokenizer.decode(expected.bert)) == scalars(expected.bertClean),
                    "\(expected.text.debugDescription)")
            }
        }
    }

    @Test(.enabled(if: sharedData != nil, "needs the full vocabularies"))
    func publishedVocabulariesEqualReference() throws {
        let folder = try #require(sharedData) + "/text"
        let clip = try CLIPTokenizer(publishedMerges: folder + "/bpe_simple_vocab_16e6.txt.gz")
        let bert = try BERTTokenizer(vocabulary: folder + "/bert_base_uncased_vocab.txt")
        #expect(clip.vocabularySize == 49408)
        #expect(bert.vocabularySize == 30522)
        for expected in try loadFixture([FullExpected].self, "full.json") {
            #expect(clip.tokenIDs(expected.text) == expected.clip, "\(expected.text.debugDescription)")
            #expect(bert.tokenIDs(expected.text) == expected.bert, "\(expected.text.debugDescription)")
        }
    }

    @Test func everyCharacterIsClassifiedAsInTheReference() throws {
        let expected = try loadFixture([String: [String: String]].self, "classes.json")
        let bert = try BERTTokenizer(folder: fixtures + "/small/bert")
        let splitters: [String: ([Unicode.Scalar]) -> [ArraySlice<Unicode.Scalar>]] = [
            "clip": { CLIPTokenizer.words(CLIPTokenizer.normalize($0)) },
            "bert": { BERTTokenizer.words(bert.normalize($0)) },
        ]
        for (name, split) in splitters {
            let blocks = try #require(expected[name])
            #expect(blocks.count > 100)
            for (start, hash) in blocks {
                let first = try #require(UInt32(start, radix: 16))
                #expect(blockHash(first, split) == hash, "\(name), characters from U+\(start)")
            }
        }
    }

    /// FNV-1a over the words of `a<c>b`, joined by bars, for 1024 characters c.
    private func blockHash(_ first: UInt32, _ split: ([Unicode.Scalar]) -> [ArraySlice<Unicode.Scalar>])
        -> String
    {
        var state: UInt64 = 0xCBF2_9CE4_8422_2325
        for scalar in (first..<first + 1024).compactMap(Unicode.Scalar.init) where scalar.value != 0x11938 {
            let words = split(["a", scalar, "b"])
            let line =
                words.map { word in String(String.UnicodeScalarView(word)) }.joined(separator: "|") + "\n"
            for byte in line.utf8 { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
        }
        let hex = String(state, radix: 16)
        return String(repeating: "0", count: 16 - hex.count) + hex
    }
}
