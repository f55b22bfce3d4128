// Evaluation order of samples: rays in chunks, chunks in groups, groups in rounds.
import Arrays

/// Grouping of rays.
///
/// A table that fits a core's cache is read for one slab of samples after another, all levels at a time. Of a larger
/// one only a single level fits, so thousands of rays are encoded at one level before the next.
struct RayGrouping: Sendable {
    /// Rays per chunk, whose samples share slabs.
    ///
    /// Fixed by the field, so that sums over chunks do not depend on the number of threads.
    let chunk: Int
    /// Chunks that are encoded together, level by level.
    let chunksPerGroup: Int

    /// - Parameter tableFloats: numbers of the whole grid.
    init(tableFloats: Int) {
        if tableFloats <= 1 << 20 {
            (chunk, chunksPerGroup) = (128, 1)
        } else {
            // A slab holds 32 samples of each of 16 rays, so that a level's rows are reused before the next level.
            (chunk, chunksPerGroup) = (16, 256)
        }
    }

    /// Number of parts in which a level is read into the cache, so that threads share the work.
    static let warmingShares = 4

    /// Whether this many samples touch most of a level that does not stay in the cache between rounds.
    func isWorthWarming(_ numbers: Int, samples: Int) -> Bool {
        chunksPerGroup > 1 && numbers >= 1 << 17 && samples * 4 >= numbers / 16
    }

    /// Calls `body` with every group: in parallel if groups are single chunks, else in sequence, because then the
    /// work within a group is parallel.
    func forEachGroup(of chunks: [RayChunk], _ body: @Sendable (ArraySlice<RayChunk>) -> Void) {
        if chunksPerGroup == 1 {
            parallelFor(chunks.count, chunk: 1) { body(chunks[$0]) }
        } else {
            for first in stride(from: 0, to: chunks.count, by: chunksPerGroup) {
                body(chunks[first..<min(chunks.count, first + chunksPerGroup)])
            }
        }
    }
}

/// A chunk of adjacent rays during rendering.
///
/// `@unchecked Sendable`: one worker at a time advances a chunk.
final class RayChunk: @unchecked Sendable {
    let rays: Range<Int>
    let keepsSlabs: Bool
    /// Slabs that were filled; only the current one for a chunk that does not record them.
    private(set) var slabs: [Slab] = []
    /// Samples evaluated so far, padding included.
    private(set) var sampleCount = 0
    /// Slots of the last slab that the current round filled.
    private(set) var fresh = 0..<0
    private let states: RayStates

    init(_ rays: Range<Int>, keepsSlabs: Bool) {
        self.rays = rays
        self.keepsSlabs = keepsSlabs
        states = RayStates(count: rays.count)
    }

    fileprivate func start(_ kernel: FieldKernel, rays base: UnsafePointer<Float>) {
        kernel.start(rays: base + 6 * rays.lowerBound, first: rays.lowerBound, states)
    }

    /// The next samples of all unfinished rays; `fresh` is empty if there are none.
    fileprivate func advance(_ kernel: FieldKernel) {
        if slabs.last?.used ?? SlabLayout.slots == SlabLayout.slots {
            if keepsSlabs || slabs.isEmpty { slabs.append(Slab(floats: kernel.slabFloats)) }
            slabs[slabs.count - 1].used = 0
        }
        fresh = kernel.march(states, slab: slabs[slabs.count - 1])
        sampleCount += fresh.count
    }

    fileprivate func encode(_ kernel: FieldKernel, level: Int) {
        kernel.encode(level: level, slab: slabs[slabs.count - 1], slots: fresh)
    }

    fileprivate func composite(_ kernel: FieldKernel) {
        kernel.composite(states, slab: slabs[slabs.count - 1], slots: fresh)
    }

    fileprivate func finish(outputs: UnsafeMutablePointer<Float>) {
        if slabs.last?.used == 0 || !keepsSlabs { slabs.removeLast() }
        states.copyOutputs(to: outputs + RayOutput.count * rays.lowerBound)
    }
}

extension FieldKernel {
    /// Renders a group in rounds: every unfinished ray takes a few samples, so that no samples are taken on rays that
    /// have become opaque.
    func render(
        _ group: ArraySlice<RayChunk>, rays: UnsafePointer<Float>, outputs: UnsafeMutablePointer<Float>
    ) {
        nonisolated(unsafe) let (rays, outputs) = (rays, outputs)
        let all = Array(group)
        parallelFor(all.count, chunk: 1) { for i in $0 { all[i].start(self, rays: rays) } }
        var unfinished = all
        while true {
            let marching = unfinished
            parallelFor(marching.count, chunk: 1) { for i in $0 { marching[i].advance(self) } }
            let ready = marching.filter { !$0.fresh.isEmpty }
            if ready.isEmpty { break }
            encode(ready)
            parallelFor(ready.count, chunk: 1) { for i in $0 { ready[i].composite(self) } }
            unfinished = ready
        }
        parallelFor(all.count, chunk: 1) { for i in $0 { all[i].finish(outputs: outputs) } }
    }

    /// Features of all levels for the samples of this round, level by level.
    private func encode(_ chunks: [RayChunk]) {
        let shares = grouping.chunksPerGroup > 1 ? RayGrouping.warmingShares : 0
        let samples = chunks.reduce(0) { $0 + $1.fresh.count }
        parallelFor(levelCount * (shares + chunks.count), chunk: 1) {
            for i in $0 {
                let (level, task) = i.quotientAndRemainder(dividingBy: shares + chunks.count)
                if task >= shares {
                    chunks[task - shares].encode(self, level: level)
                } else if grouping.isWorthWarming(rows(of: level).count, samples: samples) {
                    warm(level: level, share: task, of: shares)
                }
            }
        }
    }
}
