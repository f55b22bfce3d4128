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
