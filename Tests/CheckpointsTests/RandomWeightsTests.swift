// Random weights for any model.

import Arrays
import Checkpoints
import Testing

struct RandomWeightsTests {
    @Test func aTensorDependsOnItsNameAndTheSeed() throws {
        func weight(_ seed: UInt64, _ name: String) throws -> [Float] {
            try WeightScope.random(seed: seed).scope("encoder").tensor(name, [8, 16]).scalars
        }
        #expect(try weight(1, "a.weight") == (try weight(1, "a.weight")))
        #expect(try weight(1, "a.weight") != (try weight(1, "b.weight")))
        #expect(try weight(1, "a.weight") != (try weight(2, "a.weight")))
    }

    @Test(arguments: [[64, 256], [64, 16, 4, 4]])
    func activationsKeepTheirVariance(shape: [Int]) throws {
        let values = try WeightScope.random(seed: 3).tensor("weight", shape).scalars
        let fanIn = Float(shape.dropFirst().reduce(1, *))
        let variance = values.reduce(0) { $0 + $1 * $1 } / Float(values.count)
        // 16,384 draws: 3 % is more than three standard deviations of the estimate.
        #expect(abs(variance * fanIn - 1) < 0.03)
        #expect(values.allSatisfy { abs($0) <= (3 / fanIn).squareRoot() })
    }

    @Test func vectorsChangeNothing() throws {
        let weights = WeightScope.random(seed: 0)
        #expect(try weights.tensor("norm.weight", [3]).scalars == [1, 1, 1])
        #expect(try weights.tensor("norm.bias", [2]).scalars == [0, 0])
        #expect(try weights.tensor("bn.running_mean", [2]).scalars == [0, 0])
        #expect(try weights.tensor("bn.running_var", [2]).scalars == [1, 1])
        try weights.finish()
    }
}
