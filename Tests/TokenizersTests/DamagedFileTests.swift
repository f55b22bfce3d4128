// Damaged and foreign files are refused in one line that names the file and the fault.

import Foundation
import Testing
import Tokenizers

@Suite struct DamagedFileTests {
    private func refusal(_ body: () throws -> Void) -> String? {
        do {
            try body()
            return nil
        } catch let error as TokenizerError {
            return "\(error)"
        } catch {
            return nil
        }
    }

    private func expectRefusal(
        _ message: String?, naming parts: [String], sourceLocation: SourceLocation = #_sourceLocation
    ) {
        guard let message else {
            Issue.record("accepted, or refused with another error", sourceLocation: sourceLocation)
            return
        }
        #expect(!message.contains("\n"), sourceLocation: sourceLocation)
        for part in parts { #expect(message.contains(part), "\(message)", sourceLocation: sourceLocation) }
    }

    @Test(
        .enabled(if: sharedData != nil, "needs the shared damaged files"),
        arguments: [
            ("vocab_empty.txt", "empty"), ("vocab_no_special.txt", "[CLS], [SEP], [UNK], [PAD]"),
            ("vocab_duplicates.txt", "twice"), ("vocab_not_utf8.txt", "not UTF-8"),
        ])
    func sharedWordPieceFiles(name: String, fault: String) throws {
        let path = try #require(sharedData) + "/bad/text/" + name
        expectRefusal(refusal { _ = try BERTTokenizer(vocabulary: path) }, naming: [name, fault])
    }

    @Test(
        .enabled(if: sharedData != nil, "needs the shared damaged files"),
        arguments: [
            ("bpe_not_gzip.txt.gz", "not a gzip"), ("bpe_truncated.txt.gz", "cut"),
            ("bpe_too_few.txt.gz", "100 merges of 48894"),
        ])
    func sharedMergeFiles(name: String, fault: String) throws {
        let path = try #require(sharedData) + "/bad/text/" + name
        expectRefusal(refusal { _ = try CLIPTokenizer(publishedMerges: path) }, naming: [name, fault])
    }

    @Test(arguments: [
        ("{\"a\": 0, \"a\": 1}", "twice"), ("{\"a\": 0, \"b\": 0}", "belongs to both"),
        ("{\"a\": -1}", "out of range"),
        ("{\"a\": 1e12}", "out of range"), ("{\"a\": 0.5}", "whole number"),
        ("{\"a\": \"x\"}", "whole number"),
        ("[1, 2]", "no vocabulary"), ("{}", "no vocabulary"), ("{\"a\": 0,}", "byte"),
        ("{\"a", "ends inside a string"), ("", "the text ends"),
        ("{\"a\": 0}", "<|startoftext|>"), ("{\"\\ud800\": 0}", "surrogate"),
        (String(repeating: "[", count: 100_000), "nesting deeper"),
    ])
    func vocabularyFaults(json: String, fault: String) throws {
        try withTemporaryFolder { folder in
            try Data(json.utf8).write(to: URL(filePath: folder + "/vocab.json"))
            try Data("#version: 0.2\na b\n".utf8).write(to: URL(filePath: folder + "/merges.txt"))
            expectRefusal(refusal { _ = try CLIPTokenizer(folder: folder) }, naming: ["vocab.json", fault])
        }
    }

    @Test(arguments: [
        ("", "no merge"), ("#version: 0.2\na b c\n", "line 2"), ("#version: 0.2\na nowhere\n", "merge 1"),
        ("#version: 0.2\nt h\nt h\n", "twice"),
    ])
    func mergeFaults(text: String, fault: String) throws {
        try withTemporaryFolder { folder in
            try FileManager.default.copyItem(
                atPath: fixtures + "/small/clip/vocab.json", toPath: folder + "/vocab.json")
            try Data(text.utf8).write(to: URL(filePath: folder + "/merges.txt"))
            expectRefusal(refusal { _ = try CLIPTokenizer(folder: folder) }, naming: [fault])
        }
    }

    @Test func theOtherKindOfTokenizerIsNamed() {
        expectRefusal(
            refusal { _ = try CLIPTokenizer(folder: fixtures + "/small/bert_json") },
            naming: ["WordPiece", "BPE of CLIP"])
        expectRefusal(
            refusal { _ = try BERTTokenizer(folder: fixtures + "/small/clip_json") },
            naming: ["BPE", "WordPiece of BERT"])
        expectRefusal(
            refusal { _ = try BERTTokenizer(folder: fixtures + "/small/clip") }, naming: ["neither"])
        expectRefusal(refusal { _ = try CLIPTokenizer(folder: fixtures + "/nowhere") }, naming: ["neither"])
        expectRefusal(refusal { _ = try BERTTokenizer(vocabulary: fixtures) }, naming: ["is a folder"])
    }
}
