// Operations against plain loops, at awkward sizes, and the same bits for any number of threads.
import Arrays
import Foundation
import Synchronization
import TestSupport
import Testing

@Suite(.serialized) struct OperationTests {
    private func normal(_ shape: [Int], _ name: String = "x") -> NDArray {
        var stream = RandomStream(seed: 5, stream: name)
        return stream.normal(shape)
    }

    /// Element `index` of an array, for reference loops.
    private func strides(_ shape: [Int]) -> [Int] {
        var result = shape.map { _ in 1 }
        for k in shape.indices.dropLast().reversed() { result[k] = result[k + 1] * shape[k + 1] }
        return result
    }

    @Test func matmulsMatchLoops() {
        for (m, k, n) in [
            (1, 1, 1), (3, 5, 7), (16, 17, 15), (65, 3, 33), (2, 16_500, 3), (130, 70, 140), (300, 210, 170),
        ] {
            let a = normal([m, k], "a"), b = normal([k, n], "b")
            let (x, y) = (a.scalars, b.scalars)
            var expected = [Float](repeating: 0, count: m * n)
            for i in 0..<m {
                for j in 0..<n {
                    var sum = 0.0
                    for p in 0..<k { sum += Double(x[i * k + p]) * Double(y[p * n + j]) }
                    expected[i * n + j] = Float(sum)
                }
            }
            let reference = NDArray(expected, shape: [m, n])
            let (at, bt) = (a.transposed([1, 0]), b.transposed([1, 0]))
            expectClose(a.matmul(b), reference, relative: 2e-6, "\(m)x\(k)x\(n)")
            expectClose(at.matmul(b, transposeSelf: true), reference, relative: 2e-6, "Aᵀ \(m)x\(k)x\(n)")
            expectClose(a.matmul(bt, transposeOther: true), reference, relative: 2e-6, "Bᵀ \(m)x\(k)x\(n)")
            expectClose(
                at.matmul(bt, transposeSelf: true, transposeOther: true), reference, relative: 2e-6, "both")
        }
    }

    @Test func transpositionsMatchLoops() {
        let shapes = [
            [1], [7], [3, 5], [17, 16], [33, 47], [2, 3, 5], [2, 17, 19, 3], [2, 1, 3, 4, 5], [5, 1, 1, 2],
        ]
        for shape in shapes {
            let x = normal(shape), values = x.scalars, from = strides(shape)
            for axes in permutations(Array(shape.indices)) {
                let result = axes.map { shape[$0] }, to = strides(result)
                let expected = values.indices.map { i -> Float in
                    var at = 0
                    for d in result.indices { at += i / to[d] % result[d] * from[axes[d]] }
                    return values[at]
                }
                #expect(x.transposed(axes).scalars == expected, "\(shape) by \(axes)")
            }
        }
    }

    private func permutations(_ items: [Int]) -> [[Int]] {
        guard items.count > 1 else { return [items] }
        return items.indices.flatMap { i in
            var rest = items
            let first = rest.remove(at: i)
            return permutations(rest).map { [first] + $0 }
        }
    }

    @Test func broadcastingMatchesLoops() {
        let pairs: [([Int], [Int])] = [
            ([4, 3, 5], [3, 1]), ([4, 3, 5], [4, 1, 5]), ([1, 3, 1], [4, 1, 5]),
            ([2, 3, 4, 5], [2, 1, 4, 1]), ([6], []),
        ]
        for (a, b) in pairs {
            let x = normal(a, "a"), y = normal(b, "b"), z = x.combined(y, .subtract)
            let result = z.shape, to = strides(result)
            func value(_ array: NDArray, _ i: Int) -> Float {
                let shape = array.shape, step = strides(shape), shift = result.count - shape.count
                var at = 0
                for d in shape.indices where shape[d] != 1 {
                    at += i / to[d + shift] % result[d + shift] * step[d]
                }
                return array.scalars[at]
            }
            #expect(z.scalars == z.scalars.indices.map { value(x, $0) - value(y, $0) }, "\(a) - \(b)")
            let missing = Array(0..<(result.count - b.count))
            let stretched = b.indices.filter { b[$0] == 1 }.map { $0 + missing.count }
            expectClose(
                z.summed(toShape: b), z.summed(axes: missing + stretched).reshaped(b), relative: 1e-6,
                "sum to \(b)")
        }
    }

    @Test func sumsMatchLoops() {
        let x = normal([3, 1, 7, 130, 2])
        let values = x.scalars, from = strides(x.shape)
        for axes in [
            [0], [1], [2], [3], [4], [0, 1], [2, 3], [0, 3], [1, 2, 4], [0, 1, 2, 3, 4], [-1, -2],
        ] {
            let normal = Set(axes.map { $0 < 0 ? $0 + 5 : $0 })
            let result = x.shape.indices.map { normal.contains($0) ? 1 : x.shape[$0] }, to = strides(result)
            var sums = [Double](repeating: 0, count: elementCount(result))
            for (i, v) in values.enumerated() {
                var at = 0
                for d in 0..<5 { at += (i / from[d] % x.shape[d]) % result[d] * to[d] }
                sums[at] += Double(v)
            }
            expectClose(
                x.summed(axes: axes, keepDimensions: true), NDArray(sums.map { Float($0) }, shape: result),
                relative: 1e-6, "\(axes)")
        }
        let mean = NDArray.full(0.1, [3_000_001]).total() / 3_000_001
        // Blocks are summed in float32 first: in the scalar tier, with its few lanes, to 6e-7 of the sum.
        #expect(abs(mean - Double(Float(0.1))) < 1e-7)
    }

    @Test func softmaxMasksAndLargeValues() {
        let x = NDArray([1000, 1000, -.infinity, -.infinity, -.infinity, -.infinity], shape: [2, 3])
        #expect(x.softmax().scalars == [0.5, 0.5, 0, 0, 0, 0])
        #expect(NDArray([.nan, 1], shape: [2]).softmax().scalars[0].isNaN)
    }

    /// Runs everything that splits work, for the comparison of thread counts.
    private func everything() -> [NDArray] {
        let x = normal([2, 33, 31, 24]), w = Weight(normal([40, 24, 3, 3], "w"))
        let g = normal([2, 33, 31, 40], "g")
        let geometry = ConvolutionGeometry(input: x.shape, weight: w, stride: 1, padding: Padding(1))
        let attention = Attention(
            q: normal([2, 3, 300, 8], "q"), k: normal([2, 3, 200, 8], "k"), v: normal([2, 3, 200, 8], "v"),
            scale: 0.3, bias: normal([200], "bias"))
        let attended = attention.forward()
        let slopes = attention.gradient(normal([2, 3, 300, 8], "s"), forward: attended, needsBias: true)
        let group = GroupNormalization(x, groups: 6, scale: nil, bias: nil, epsilon: 1e-5, silu: true)
        let long = normal([40_000, 12], "long")
        return [
            geometry.forward(x, w), geometry.inputGradient(g, w), attended.value, slopes.q, slopes.k,
            slopes.v,
            group.apply(x), group.gradient(x, x: x, scale: nil).input, long.summed(axes: [0]),
            long.matmul(long, transposeSelf: true), normal([700, 300], "a").matmul(normal([300, 500], "b")),
            NDArray(Float(long.total())), x.softmax(), x.mapped(.gelu),
            x.layerNorm(scale: nil, bias: nil, epsilon: 1e-5),
        ]
    }

    @Test func resultsDoNotDependOnTheNumberOfThreads() {
        defer { Threads.setLimit(2) }
        Threads.setLimit(1)
        let reference = everything()
        for threads in [2, 3, 7] {
            Threads.setLimit(threads)
            for (i, (a, b)) in zip(everything(), reference).enumerated() {
                expectIdentical(a, b, "\(threads) threads, result \(i):")
            }
        }
    }

    @Test func nestedLoopsRunEveryIndexOnce() {
        let counts = NDArray(shape: [60, 50]) { out in
            guard let base = out.baseAddress else { return }
            nonisolated(unsafe) let p = base
            base.update(repeating: 0, count: 3000)
            parallelFor(60, chunk: 7) { rows in
                for r in rows { parallelFor(50, chunk: 3) { for c in $0 { p[r * 50 + c] += 1 } } }
            }
        }
        #expect(counts.scalars.allSatisfy { $0 == 1 })
    }

    /// Loops of several threads at a time, between which workers sleep or not, and with more workers than processors.
    @Test func loopsOfSeveralThreadsRunEveryIndexOnce() async {
        let before = Threads.limit
        defer { Threads.setLimit(before) }
        Threads.setLimit(4)
        await withTaskGroup(of: Bool.self) { group in
            for task in 0..<3 {
                group.addTask {
                    (0..<400).allSatisfy { round in
                        let count = 1 + (round * 7 + task) % 40
                        let sums = (0..<count).map { _ in Sum() }
                        parallelFor(count, chunk: 1 + round % 3) {
                            for i in $0 { sums[i].add(i + round) }
                        }
                        if round % 100 == 0 { usleep(2000) }
                        return sums.enumerated().allSatisfy { $1.value == $0 + round }
                    }
                }
            }
            for await isRight in group { #expect(isRight) }
        }
    }

    /// Each loop ends only when two threads are in both of them at the same time.
    @Test func loopsThatRunAtTheSameTimeShareTheWorkers() {
        let before = Threads.limit
        defer { Threads.setLimit(before) }
        func bothHaveTwoThreads() -> Bool {
            Threads.setLimit(3)
            let first = Meeting(of: 2), second = Meeting(of: 2), end = Meeting(of: 1)
            Thread.detachNewThread {
                parallelFor(2, chunk: 1) { _ in
                    first.arrive()
                    second.wait()
                }
                end.arrive()
            }
            first.wait()
            parallelFor(2, chunk: 1) { _ in
                second.arrive()
                second.wait()
            }
            let isShared = first.isComplete && second.isComplete
            for _ in 0..<4 { end.wait() }
            return isShared
        }
        // Other tests change the limit and use the workers meanwhile.
        #expect((0..<20).contains { _ in bothHaveTwoThreads() })
    }
}

/// A place where threads wait for one another.
private final class Meeting: Sendable {
    private let present = Atomic<Int>(0)
    private let size: Int

    init(of size: Int) { self.size = size }

    var isComplete: Bool { present.load(ordering: .sequentiallyConsistent) >= size }
    func arrive() { present.wrappingAdd(1, ordering: .sequentiallyConsistent) }

    /// Returns when all are there, or after half a second.
    func wait() {
        for _ in 0..<5000 where !isComplete { usleep(100) }
    }
}

/// A sum that threads may add to.
private final class Sum: Sendable {
    private let stored = Atomic<Int>(0)

    func add(_ n: Int) { stored.wrappingAdd(n, ordering: .relaxed) }
    var value: Int { stored.load(ordering: .relaxed) }
}
