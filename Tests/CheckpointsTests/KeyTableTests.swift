// Key tables: every tensor used, every name made once, and shapes that change only as the table says.

import Arrays
import Checkpoints
import TestSupport
import Testing

@Suite struct KeyTableTests {
    private let table = KeyTable([
        .move("blocks.*.norm.*", to: "layers.*.layer_norm.*"),
        .split("blocks.*.qkv.*", into: ["layers.*.q.*", "layers.*.k.*", "layers.*.v.*"]),
        .move("projection", to: "head.weight", as: .transposed),
        .move("point.*", to: "mixer.*", as: .matrix),
        .move("rest.**", to: "kept.**"),
        .drop("optimizer.**", because: "it belongs to training"),
    ])

    private func counted(_ shape: [Int]) -> NDArray {
        NDArray((0..<shape.reduce(1, *)).map(Float.init), shape: shape)
    }

    private func refusal(_ arrays: [String: NDArray], _ table: KeyTable) throws -> String {
        let error = #expect(throws: CheckpointError.self) {
            try WeightScope(arrays: arrays).mapped(by: table)
        }
        return try #require(error).description
    }

    @Test func tensorsMoveSplitAndTurn() throws {
        let scope = try WeightScope(arrays: [
            "blocks.0.norm.weight": counted([2]), "blocks.0.qkv.weight": counted([6, 2]),
            "blocks.11.qkv.bias": counted([6]), "projection": counted([2, 3]),
            "point.weight": counted([2, 3, 1, 1]), "point.bias": counted([2]), "rest.a.b.c": counted([1]),
            "optimizer.state.0": counted([5]),
        ]).mapped(by: table)
        #expect(
            scope.names == [
                "head.weight", "kept.a.b.c", "layers.0.k.weight", "layers.0.layer_norm.weight",
                "layers.0.q.weight",
                "layers.0.v.weight", "layers.11.k.bias", "layers.11.q.bias", "layers.11.v.bias", "mixer.bias",
                "mixer.weight",
            ])
        #expect(try scope["layers"][0].tensor("k.weight", [2, 2]).scalars == [4, 5, 6, 7])
        #expect(try scope.tensor("layers.11.v.bias", [2]).scalars == [4, 5])
        #expect(try scope.tensor("head.weight", [3, 2]).scalars == [0, 3, 1, 4, 2, 5])
        #expect(try scope.tensor("mixer.weight", [2, 3]).scalars == [0, 1, 2, 3, 4, 5])
        #expect(throws: CheckpointError.self) { try scope.tensor("layers.0.q.weight", [6, 2]) }
        #expect(throws: CheckpointError.self) { try scope.finish() }
        try scope.finish(ignoring: ["layers.*", "mixer.bias", "kept.*"])
    }

    @Test func aPartOfAModelIsMappedByItself() throws {
        let part = try WeightScope(arrays: ["net.point.bias": counted([2]), "other.weight": counted([1])])[
            "net"
        ]
        .mapped(by: table)
        #expect(part.names == ["mixer.bias"])
    }

    @Test func tablesThatDoNotFitAreRefused() throws {
        #expect(try refusal(["blocks.0.other": counted([1])], table).contains("'blocks.0.other'"))
        #expect(try refusal(["blocks.0.qkv.bias": counted([7])], table).contains("cannot become"))
        #expect(try refusal(["projection": counted([2, 3, 1])], table).contains("[2, 3, 1]"))
        #expect(try refusal(["point.weight": counted([2, 3, 3, 3])], table).contains("cannot become"))
        // A star is one part of a name, and at least a letter.
        #expect(try refusal(["blocks.0.1.norm.weight": counted([1])], table).contains("do not belong"))
        #expect(try refusal(["blocks..norm.weight": counted([1])], table).contains("do not belong"))
        let twice = KeyTable([.move("a.*", to: "x"), .move("b", to: "y"), .move("**", to: "**")])
        #expect(try refusal(["a.1": counted([1])], twice).contains("2 rules"))
        let joined = KeyTable([.move("a.*", to: "x")])
        #expect(
            try refusal(["a.1": counted([1]), "a.2": counted([1])], joined).contains("the same tensor 'x'"))
    }

    @Test func aSurveyNotesEverythingThatDiffersAtOnce() throws {
        let weights = WeightScope(arrays: [
            "a.weight": counted([2]), "b.weight": counted([3]), "c": counted([1]), "index": counted([1]),
        ])
        let survey = WeightSurvey(of: weights)
        let scope = survey.scope
        #expect(try scope["a"].tensor("weight", [2]).shape == [2])
        #expect(try scope["b"].tensor("weight", [4]).shape == [4])
        #expect(try scope.tensor("d", [5, 5]).shape == [5, 5])
        try scope.finish(ignoring: ["ind*"])
        #expect(survey.missing == ["d"] && survey.unexpected == ["c"])
        #expect(survey.differing.map(\.name) == ["b.weight"] && survey.differing[0].stored == [3])
        #expect(throws: CheckpointError.self) { try scope.tensor("huge", [1 << 20, 1 << 20]) }
    }
}
