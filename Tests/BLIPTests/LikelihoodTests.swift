// How well given words suit a picture.

import Arrays
import BLIP
import Foundation
import Images
import Testing
import Tokenizers

@Suite struct LikelihoodTests {
    private let model: BLIPCaptioner
    private let features: BLIPImageFeatures

    init() throws { (model, features) = try tiedCaptioner() }

    @Test func captionsAreAsLikelyAsTheSearchThatFoundThemSays() throws {
        let prompt = CaptionOptions().prompt
        var compared = 0
        // Cut off before it ends, so that every token that counts is a word.
        for length in 6...9 {
            let caption = model.caption(
                features,
                options: CaptionOptions(method: .greedy, minimumLength: length, maximumLength: length))
            let again = try #require(model.likelihood(of: caption.text, after: prompt, in: features))
            let isOneWay = model.tokenizer.tokenIDs(prompt + caption.text).dropFirst().dropLast()
                .elementsEqual(caption.ids.dropFirst())
            guard isOneWay else { continue }
            #expect(abs(again - caption.score) < 1e-4, "\(caption.text)")
            compared += 1
        }
        #expect(compared > 0)
    }

    @Test func wordsShareOneProbability() throws {
        let words = (0..<model.tokenizer.vocabularySize).map { model.tokenizer.decode([$0]) }
            .filter { model.tokenizer.tokenIDs($0).count == 3 }
        #expect(words.count > 10)
        let shares = Set(words).compactMap { model.likelihood(of: $0, in: features) }.map { exp($0) }
        let sum = shares.reduce(0, +)
        #expect(sum > 0.1 && sum < 1 + 1e-4 && shares.allSatisfy { $0 > 0 })
    }

    @Test func nothingHasNoLikelihoodAndTooMuchIsCutOff() throws {
        #expect(model.likelihood(of: "", in: features) == nil)
        let long = String(repeating: "a cat ", count: 200)
        let found = try #require(model.likelihood(of: long, in: features))
        #expect(found.isFinite && found < 0)
        #expect(model.likelihood(of: "a cat", after: long, in: features) == nil)
    }
}
