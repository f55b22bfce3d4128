// Learned words against diffusers.

import Arrays
import Checkpoints
import StableDiffusion
import TestSupport
import Testing
import Tokenizers

@Suite struct TextualInversionTests {
    private let folder = Fixture.folder() + "/adapters"
    private let pipeline = Fixture.folder() + "/pipeline"

    @Test func wordsAndTheirVectorsMatchTheReference() throws {
        let example = try Fixture("adapters/words_case")
        let opened = try DiffusionPipeline(
            folder: pipeline,
            adapters: [
                Adapter(path: folder + "/cat_toy.safetensors"), Adapter(path: folder + "/style.safetensors"),
            ])
        let prompt = "a <cat-toy>, red STYLE!"
        let ids = opened.tokenizer.encode(prompt, length: 12).ids
        #expect(ids.map { Float($0) } == (try example["ids"].scalars))
        expectClose(opened.embedding(of: [prompt]), try example["text"], relative: 1e-5)
    }

    @Test func aWordThatNoPromptHoldsIsRemarkedOn() throws {
        let taught = try DiffusionPipeline(
            folder: pipeline, adapters: [Adapter(path: folder + "/cat_toy.safetensors")])
        func isSaid(_ prompt: String, _ negative: String?) -> Bool {
            taught.encode(prompt, negative: negative, grammar: .weighted).notes.contains {
                $0.contains("'<cat-toy>'") && $0.contains("no effect")
            }
        }
        #expect(isSaid("a mug", "") && isSaid("cat toy", nil))
        #expect(!isSaid("a <Cat-Toy>", "") && !isSaid("a mug", "<cat-toy>"))
    }

    @Test func theFileOrTheCallerNamesTheWord() throws {
        #expect(try TextualInversion(path: folder + "/style.safetensors").word == "style")
        #expect(try TextualInversion(path: folder + "/cat_toy.safetensors").word == "<cat-toy>")
        for name in ["*", "string_to_param.*", "emb_params"] {
            let weights = WeightScope(arrays: [name: .zeros([8])], origin: "words/my style.v2.pt")
            let inversion = try TextualInversion(from: weights)
            #expect(inversion.word == "my style.v2" && inversion.vectors.shape == [1, 8])
        }
        let named = try TextualInversion(path: folder + "/cat_toy.safetensors", word: "toy*")
        #expect(named.word == "toy*" && named.vectors.shape == [3, 8])
    }

    @Test func aWordIsFoundWhateverItsCase() throws {
        let tokenizer = try CLIPTokenizer(folder: pipeline + "/tokenizer")
        let (taught, ids) = try tokenizer.adding(word: "<Cat-Toy>", tokens: 2, path: "toy")
        let expected = [tokenizer.beginID] + ids + [tokenizer.endID]
        #expect(taught.tokenIDs("<cat-toy>") == expected && taught.tokenIDs(" <CAT-toy> ") == expected)
        #expect(taught.words(in: "a <CAT-TOY>").map(\.tokens) == [1..<2, 2..<4])
    }

    @Test func promptsWithoutTheWordStayAsTheyAre() throws {
        let taught = try DiffusionPipeline(
            folder: pipeline, adapters: [Adapter(path: folder + "/cat_toy.safetensors")])
        let plain = try DiffusionPipeline(folder: pipeline)
        expectIdentical(taught.embedding(of: ["a cat toy"]), plain.embedding(of: ["a cat toy"]))
    }

    @Test func wordsThatCannotBeTaughtAreRefused() throws {
        let toy = try TextualInversion(path: folder + "/cat_toy.safetensors")
        for adapters: [Adapter] in [
            [.word(toy), .word(toy)],
            [.word(try TextualInversion(path: folder + "/style.safetensors", word: "r"))],
            [.word(try TextualInversion(path: folder + "/style.safetensors", word: " "))],
            [.word(try TextualInversion(from: WeightScope(arrays: ["<wide>": .zeros([1, 9])])))],
        ] {
            #expect(throws: CheckpointError.self) {
                try DiffusionPipeline(folder: pipeline, adapters: adapters)
            }
        }
        for tensors in [["a": NDArray.zeros([8]), "b": .zeros([8])], ["a": .zeros([1, 2, 8])], [:]] {
            #expect(throws: CheckpointError.self) { try TextualInversion(from: WeightScope(arrays: tensors)) }
        }
    }
}
