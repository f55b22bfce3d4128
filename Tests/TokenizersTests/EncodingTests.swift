// Padding, cutting, and behaviour that needs no reference.

import Foundation
import Testing
import Tokenizers

@Suite struct EncodingTests {
    private let tokenizer: CLIPTokenizer

    init() throws { tokenizer = try CLIPTokenizer(folder: fixtures + "/small/clip") }

    @Test func padsToSeventySevenWithTheEndToken() {
        let sequence = tokenizer.encode("a red chair")
        let ids = tokenizer.tokenIDs("a red chair")
        #expect(sequence.ids.count == 77)
        #expect(Array(sequence.ids.prefix(ids.count)) == ids)
        #expect(sequence.ids.dropFirst(ids.count).allSatisfy { $0 == tokenizer.endID })
        #expect(sequence.attentionMask.reduce(0, +) == ids.count)
        #expect(sequence.droppedText == nil)
    }

    @Test func cutsKeepTheEndTokenAndReportTheRest() {
        let words = (0..<60).map { "chair \($0 % 10)" }.joined(separator: " ")
        let sequence = tokenizer.encode(words)
        #expect(sequence.ids.count == 77)
        #expect(sequence.ids.last == tokenizer.endID)
        #expect(sequence.attentionMask == Array(repeating: 1, count: 77))
        let kept = tokenizer.decode(sequence.ids)
        #expect(kept + " " + (sequence.droppedText ?? "") == words)
    }

    @Test func exactlyFullDropsNothing() {
        let text = Array(repeating: "1", count: 75).joined(separator: " ")
        #expect(tokenizer.tokenIDs(text).count == 77)
        #expect(tokenizer.encode(text).droppedText == nil)
        #expect(tokenizer.encode(text + " 2").droppedText == "2")
    }

    @Test(arguments: [
        "", "  ", "a red chair", "A RED,chair's  2024!?", "caf\u{e9} <|endoftext|> xyzzy",
        "<toy> a<Toy>b <toy>_1",
    ])
    func wordsCoverEveryToken(text: String) throws {
        let (taught, _) = try tokenizer.adding(word: "<toy>", tokens: 3, path: "toy.bin")
        for tokenizer in [tokenizer, taught] {
            let words = tokenizer.words(in: text)
            #expect((words.last?.tokens.upperBound ?? 1) == tokenizer.tokenIDs(text).count - 1)
            for (word, next) in zip(words, words.dropFirst()) {
                #expect(word.tokens.upperBound == next.tokens.lowerBound && !word.tokens.isEmpty)
            }
        }
        #expect(taught.words(in: "a <TOY> chair").map(\.tokens.count)[1] == 3)
    }

    /// The ids are those of transformers 5.24 with the same files.
    @Test(arguments: [
        ("<|EndOfText|>, y", [27, 347, 68, 77, 67, 78, 69, 83, 616, 91, 285, 267, 344]),
        ("x <|StartOfText|> y", [343, 27, 347, 683, 81, 83, 78, 69, 83, 616, 91, 285, 344]),
        ("a<|EndOfText|>!!", [320, 27, 347, 68, 77, 67, 78, 69, 83, 616, 91, 285, 0, 256]),
        ("!<|EndOfText|>", [0, 27, 347, 68, 77, 67, 78, 69, 83, 616, 91, 285]),
        ("<|EndOfText|>'s", [27, 347, 68, 77, 67, 78, 69, 83, 616, 91, 285, 544]),
        ("<|endoftext|>, y", [693, 267, 344]),
    ])
    func namesOfTokensInCapitalsAreWords(text: String, ids: [Int]) {
        #expect(tokenizer.tokenIDs(text) == [tokenizer.beginID] + ids + [tokenizer.endID])
        #expect((tokenizer.words(in: text).last?.tokens.upperBound ?? 1) == ids.count + 1)
    }

    @Test func aTaughtWordContinuesTheVocabulary() throws {
        let count = tokenizer.vocabularySize
        let (taught, ids) = try tokenizer.adding(word: "<toy>", tokens: 2, path: "toy.bin")
        #expect(ids == count..<count + 2 && taught.vocabularySize == count + 2)
        #expect(taught.tokenIDs("<toy>") == [taught.beginID, count, count + 1, taught.endID])
        #expect(taught.tokenIDs("<toy>_1") == [taught.beginID, count + 1, taught.endID])
        #expect(taught.tokenIDs("a red chair") == tokenizer.tokenIDs("a red chair"))
        for word in ["<toy>", "<toy>_1", "a</w>", "", "<|endoftext|>"] {
            let error = #expect(throws: TokenizerError.self) {
                try taught.adding(word: word, tokens: 1, path: "toy.bin")
            }
            #expect(try #require(error).path == "toy.bin")
        }
    }

    @Test func anEnormousWordEndsInTime() {
        let ids = tokenizer.tokenIDs(String(repeating: "threelegs", count: 20_000))
        #expect(ids.count > 20_000)
    }

    @Test func paddingTokenComesFromTheSettings() throws {
        try withTemporaryFolder { folder in
            for name in ["vocab.json", "merges.txt"] {
                try FileManager.default.copyItem(
                    atPath: fixtures + "/small/clip/" + name, toPath: folder + "/" + name)
            }
            try Data(#"{"pad_token": {"content": "!", "__type": "AddedToken"}}"#.utf8).write(
                to: URL(filePath: folder + "/special_tokens_map.json"))
            let tokenizer = try CLIPTokenizer(folder: folder)
            #expect(tokenizer.paddingID == 0)
            // As transformers does: a padding token of the text's own is a special token wherever it stands.
            #expect(
                tokenizer.encode("a chair! <|endoftext|>!!", length: 14).ids
                    == [692, 320, 593, 0, 693, 0, 0, 693, 0, 0, 0, 0, 0, 0])
        }
    }
}
