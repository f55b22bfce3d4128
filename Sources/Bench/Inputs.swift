// Inputs of the timed networks.

import Arrays

/// Standard normal numbers.
func noise(_ shape: [Int], seed: UInt64 = 1) -> NDArray {
    var random = RandomStream(seed: seed, stream: "bench")
    return random.normal(shape)
}

/// Token ids below a bound.
func tokenIDs(batch: Int, length: Int, below bound: Int) -> [[Int]] {
    var random = RandomStream(seed: 1, stream: "tokens")
    return (0..<batch).map { _ in (0..<length).map { _ in random.int(below: bound) } }
}
