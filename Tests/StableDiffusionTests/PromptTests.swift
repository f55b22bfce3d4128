// Weights in prompts, prompts longer than the text encoder reads, and what they come to as condition tokens.

import Arrays
import StableDiffusion
import TestSupport
import Testing

@Suite struct PromptGrammarTests {
    /// Expected pieces are AUTOMATIC1111's, by its published rules and examples.
    @Test(
        arguments: [
            ("a cat", [("a cat", 1)]), ("", [("", 1)]), ("(word:1.3)", [("word", 1.3)]),
            ("a (red) mug", [("a ", 1), ("red", 1.1), (" mug", 1)]), ("((word))", [("word", 1.21)]),
            ("[word]", [("word", 1 / 1.1)]),
            ("[a (b:1.5) c]", [("a ", 1 / 1.1), ("b", 1.5 / 1.1), (" c", 1 / 1.1)]),
            ("(a [b] c:2)", [("a ", 2), ("b", 2 / 1.1), (" c", 2)]), (#"\(literal\]"#, [("(literal]", 1)]),
            (#"a \\ b \c"#, [(#"a \ b c"#, 1)]), ("(unbalanced", [("unbalanced", 1.1)]),
            ("unnecessary)", [("unnecessary)", 1)]),
            ("(unnecessary)(parens)", [("unnecessaryparens", 1.1)]), ("a:1.3) b", [("a:1.3) b", 1)]),
            ("(word: 0.5 )", [("word", 0.5)]), ("(word:-.5)", [("word", -0.5)]),
            ("(at 12:30 or so)", [("at 12:30 or so", 1.1)]),
            ("(a:1.2.3)", [("a:1.2.3", 1.1)]), ("()", [("", 1)]), ("[[[x", [("x", 1 / 1.331)]),
            (
                "a (((house:1.3)) [on] a (hill:0.5), sun, (((sky))).",
                [
                    ("a ", 1), ("house", 1.573), (" ", 1.1), ("on", 1), (" a ", 1.1), ("hill", 0.55),
                    (", sun, ", 1.1), ("sky", 1.4641),
                    (".", 1.1),
                ]
            ),
        ] as [(String, [(String, Float)])])
    func bracketsWeighWhatTheyHold(prompt: String, expected: [(String, Float)]) {
        let pieces = PromptGrammar.weighted.pieces(of: prompt)
        #expect(pieces.map(\.text) == expected.map(\.0))
        expectClose(pieces.map(\.weight), expected.map(\.1), relative: 1e-6)
    }

    @Test func plainPromptsAreLeftAlone() {
        let prompt = #"a (cat:1.3) \[here]"#
        #expect(PromptGrammar.plain.pieces(of: prompt) == [PromptPiece(text: prompt, weight: 1)])
    }

    @Test func anyTextIsRead() {
        var stream = RandomStream(seed: 2, stream: "prompts")
        let alphabet = Array(#"()[]\:1.3 aé"#)
        for _ in 0..<2000 {
            let prompt = String(
                (0..<stream.int(below: 14)).map { _ in alphabet[stream.int(below: alphabet.count)] })
            let pieces = PromptGrammar.weighted.pieces(of: prompt)
            #expect(!pieces.isEmpty && pieces.allSatisfy(\.weight.isFinite), "\(prompt)")
        }
    }
}

@Suite struct PromptEncodingTests {
    /// Its text encoder reads ten tokens at once.
    private let pipeline: DiffusionPipeline

    init() throws { pipeline = try DiffusionPipeline(folder: ModelCase("pipeline").folder) }

    @Test func aShortPromptIsThePlainEmbedding() {
        let encoded = pipeline.encode("a red mug", negative: "", grammar: .weighted)
        let plain = pipeline.embedding(of: ["a red mug", ""])
        expectClose(encoded.condition, plain.leading(0..<1), relative: 1e-6)
        if let unconditional = encoded.unconditional {
            expectClose(unconditional, plain.leading(1..<2), relative: 1e-6)
        } else {
            Issue.record("no unconditional tokens")
        }
        #expect(encoded.notes.isEmpty)
    }

    @Test func weightsMultiplyTokensAndTheMeanIsRestored() {
        let plain = pipeline.encode("a red mug", negative: nil, grammar: .weighted).condition
        let weighted = pipeline.encode("a (red:1.5) mug", negative: nil, grammar: .weighted).condition
        #expect(abs(plain.total() / weighted.total() - 1) < 1e-4)
        // Begin, "a", "red", "mug", end, padding: every token by one common factor, "red" by 1.5 times that.
        let factors = (0..<12).map { token in
            Float(
                weighted.sliced(axis: 1, token..<token + 1).dot(plain.sliced(axis: 1, token..<token + 1))
                    / plain.sliced(axis: 1, token..<token + 1).dot(plain.sliced(axis: 1, token..<token + 1)))
        }
        let expected = (0..<12).map { $0 == 2 ? 1.5 * factors[0] : factors[0] }
        expectClose(factors, expected, relative: 1e-5)
        #expect(
            pipeline.encode("(a red mug:1)", negative: nil, grammar: .weighted).condition.scalars
                == plain.scalars)
    }

    @Test func aLongPromptIsReadInPartsAndSaysSo() throws {
        let long = "a red mug a red mug a red mug a red mug"
        let encoded = pipeline.encode(long, negative: "a mug", grammar: .weighted)
        #expect(encoded.condition.shape == [1, 24, 8])
        #expect(
            encoded.notes == [
                "the prompt has 12 tokens and the text encoder reads 10 at once: it was read in 2 parts"
            ])
        let first = pipeline.embedding(of: ["a red mug a red mug a red mug a", "red mug"])
        expectClose(encoded.condition, first.reshaped([1, 24, 8]), relative: 1e-6)
        let second = pipeline.embedding(of: ["a mug", ""])
        expectClose(try #require(encoded.unconditional), second.reshaped([1, 24, 8]), relative: 1e-6)
    }

    @Test func bothPromptsGetTheLongerOnesParts() throws {
        let encoded = pipeline.encode("", negative: String(repeating: "mug ", count: 21), grammar: .weighted)
        #expect(encoded.condition.shape == [1, 36, 8] && encoded.unconditional?.shape == [1, 36, 8])
        #expect(encoded.notes.count == 1 && encoded.notes[0].hasPrefix("the negative prompt has 21 tokens"))
    }

    @Test(arguments: [
        ("a cat <lora:style:0.8>", "'<lora:style:0.8>' in the prompt"), ("a cat BREAK a dog", "'BREAK'"),
        ("a cat AND a dog", "'AND'"), ("a [cat:dog:0.5]", "'[cat:dog:0.5]'"), ("a [cat:10]", "'[cat:10]'"),
        ("a [cat::0.5]", "'[cat::0.5]'"), ("a [cat|dog]", "'[cat|dog]'"),
        ("<hypernet:x:1>", "'<hypernet:x:1>'"),
    ])
    func marksOfOtherProgramsAreSaidToBeWords(prompt: String, found: String) {
        let notes = pipeline.encode(prompt, negative: nil, grammar: .weighted).notes
        #expect(notes.contains { $0.contains(found) && $0.contains("read as words") }, "\(notes)")
        let unwanted = pipeline.encode("", negative: prompt, grammar: .weighted).notes
        #expect(unwanted.contains { $0.contains("negative prompt is read as words") })
        #expect(
            !pipeline.encode(prompt, negative: nil, grammar: .plain).notes.contains { $0.contains("words") })
    }

    @Test(arguments: [
        "a (red:1.3) [mug]", #"a \[cat:dog:0.5\]"#, "a break and a sand", "a <cat> at 12:30", "[a (b:1.2) c]",
    ])
    func otherPromptsAreNotRemarkedOn(prompt: String) {
        let notes = pipeline.encode(prompt, negative: nil, grammar: .weighted).notes
        #expect(!notes.contains { $0.contains("read as words") }, "\(notes)")
    }

    @Test func aPlainPromptStaysAsItStands() {
        #expect(
            PromptGrammar.plain.pieces(of: #"a \ (b:2) \("#) == [
                PromptPiece(text: #"a \ (b:2) \("#, weight: 1)
            ])
    }

    @Test func aRunTellsItsNotes() throws {
        let request = GenerationRequest(
            prompt: String(repeating: "red ", count: 11), width: 16, height: 16, steps: 1)
        #expect(try pipeline.generate(request).notes.count == 1)
        let last = try #require(Array(try pipeline.generate(request)).last)
        let finite = last.latents.scalars.allSatisfy(\.isFinite)
        #expect(finite)
    }
}
