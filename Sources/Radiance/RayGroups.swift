// The order in which samples meet the grid: rays in chunks, chunks in groups, groups in rounds.
import Arrays

/// How many rays go together.
///
/// A table that fits a core's cache is read for one slab of samples after the other, all levels at a time. Of a larger one only a
/// level does, so thousands of rays meet one level before they go on to the next.
struct RayGrouping: Sendable {
    /// Rays of one chunk, whose samples share slabs.
    ///
    /// Fixed by the field, so that sums over chunks do not depend on the number of threads.
    let chunk: Int
    /// Chunks that meet a level together.
    let chunksPerGroup: Int

    /// - Parameter tableFloats: numbers of the whole grid.
    init(tableFloats: Int) {
        if tableFloats <= 1 << 20 {
            (chunk, chunksPerGroup) = (128, 1)
        } else {
            // A slab holds 32 samples of each of 16 rays: a level's rows are used again before another level comes.
            (chunk, chunksPerGroup) = (16, 256)
        }
    }

    /// Parts in which a level is brought into the cache, so that threads share the work.
    static let warmingShares = 4

    /// Whether so many samples touch most of a level that does not stay in the cache from round to round.
    func isWorthWarming(_ numbers: Int, samples: Int) -> Bool {
        chunksPerGroup > 1 && numbers >= 1 << 17 && samples * 4 >= numbers / 16
    }

    /// Calls `body` with every group: several at a time where they are single chunks, else one after the other, for
    /// then the work inside is shared among threads.
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

/// Neighbouring rays on their way through the field.
///
/// `@unchecked Sendable`: one worker at a time advances a chunk.
final class RayChunk: @unchecked Sendable {
    let rays: Range<Int>
    let keepsSlabs: Bool
    /// Slabs that were filled; of a chunk that does not keep them only the present one.
    private(set) var slabs: [Slab] = []
    /// Samples evaluated so far, padding included.
    private(set) var sampleCount = 0
    /// Slots of the last slab that the present round filled.
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

    /// The next samples of all rays that have not ended; `fresh` is empty when there are none.
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
    /// Renders a group in rounds: every unfinished ray takes a few samples, so that a ray that has become opaque costs nothing
    /// more.
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

    /// All levels' features of what the chunks placed in this round, level by level.
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
