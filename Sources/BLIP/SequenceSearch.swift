// Decoding of token sequences: greedy, beam search, nucleus sampling.

import Arrays
import Foundation

/// Extends token sequences with a predictor that has a cache.
///
/// The predictor takes rows of new tokens and returns scores of the next token for each row.
struct SequenceSearch<State: Sendable> {
    /// Begin token and prompt.
    let prompt: [Int]
    let endID: Int
    let minimumLength: Int
    let maximumLength: Int
    let repetitionPenalty: Float
    /// Scores `[rows][vocabulary]` after processing `[rows][tokens]`.
    let read: ([[Int]], inout State) -> [[Float]]
    /// The state of the given rows.
    let select: (State, [Int]) -> State

    /// A sequence and the mean log-probability of its tokens after the prompt.
    struct Result {
        let ids: [Int]
        let score: Float
    }

    // MARK: - One token at a time

    /// Selects each token by `choose`, from scores with penalties applied.
    func single(_ initial: State, choose: ([Float]) -> Int) -> Result {
        var state = initial
        var ids = prompt
        var total: Float = 0
        var scores = read([prompt], &state)[0]
        while ids.count < maximumLength {
            let allowed = penalised(scores, after: ids)
            let id = choose(allowed)
            total += logSoftmax(scores)[id]
            ids.append(id)
            if id == endID || ids.count == maximumLength { break }
            scores = read([[id]], &state)[0]
        }
        return Result(ids: ids, score: total / Float(max(1, ids.count - prompt.count)))
    }

    func greedy(_ initial: State) -> Result {
        single(initial) { scores in scores.indices.max { scores[$0] < scores[$1] } ?? 0 }
    }

    /// Samples among the `topK` best tokens, restricted to the fewest that reach probability `topP`.
    func nucleus(_ initial: State, topP: Float, topK: Int, random: inout RandomStream) -> Result {
        var stream = random
        defer { random = stream }
        return single(initial) { scores in
            let best = scores.indices.sorted { scores[$0] > scores[$1] }.prefix(topK)
            let top = best.first.map { scores[$0] } ?? 0
            let weights = best.map { exp(scores[$0] - top) }
            let whole = weights.reduce(0, +)
            var kept: [(id: Int, weight: Float)] = []
            var mass: Float = 0
            for (id, weight) in zip(best, weights) where kept.isEmpty || mass < topP * whole {
                kept.append((id, weight))
                mass += weight
            }
            var draw = stream.uniform() * mass
            for (id, weight) in kept {
                draw -= weight
                if draw < 0 { return id }
            }
            return kept[kept.count - 1].id
        }
    }

    // MARK: - Beams

    private struct Beam {
        var ids: [Int]
        var score: Float
    }

    /// Beam search as transformers 5 runs it, with length penalty 1 and without early stopping.
    ///
    /// Each step keeps twice as many candidates as beams, so that enough remain when some end. A candidate that ends
    /// counts only if it is among the best `width`; complete ones are ranked by mean log-probability. The search
    /// stops when the best running beam could not, at its present mean, exceed the worst complete one.
    func beams(_ initial: State, width: Int) -> Result {
        precondition(width >= 1, "SequenceSearch.beams: width \(width)")
        let never: Float = -1e9
        var state = initial
        let first = read([prompt], &state)[0]
        state = select(state, Array(repeating: 0, count: width))
        var scores = Array(repeating: first, count: width)
        // All beams are initially equal, so only the first is extended.
        var running = (0..<width).map { Beam(ids: prompt, score: $0 == 0 ? 0 : never) }
        var ended: [Beam] = []

        while true {
            let length = running[0].ids.count
            guard length < maximumLength else { break }
            let candidates = continuations(of: running, scores, count: 2 * width)
            let added = Float(length + 1 - prompt.count)
            var next: [(beam: Beam, parent: Int)] = []
            for (rank, candidate) in candidates.enumerated() {
                let parent = running[candidate.row]
                let ids = parent.ids + [candidate.id]
                if candidate.id == endID || ids.count >= maximumLength {
                    if rank < width { ended.append(Beam(ids: ids, score: candidate.score / added)) }
                } else if next.count < width {
                    next.append((Beam(ids: ids, score: candidate.score), candidate.row))
                }
            }
            ended = Array(
                ended.enumerated().sorted { ($0.1.score, $1.0) > ($1.1.score, $0.0) }.map(\.1).prefix(width))
            guard !next.isEmpty else { break }
            let worst = ended.count < width ? never : ended[width - 1].score
            if !ended.isEmpty, next[0].beam.score / added <= worst { break }
            // With fewer candidates than beams (a very small vocabulary) the last is repeated with a score that
            // excludes it.
            while next.count < width {
                next.append((Beam(ids: next[0].beam.ids, score: never), next[0].parent))
            }
            running = next.map(\.beam)
            state = select(state, next.map(\.parent))
            scores = read(running.map { [$0.ids[$0.ids.count - 1]] }, &state)
        }
        let best = ended.first ?? running[0]
        return Result(ids: best.ids, score: best.score)
    }

    /// The best continuations of all beams, best first.
    private func continuations(
        of running: [Beam], _ scores: [[Float]], count: Int
    ) -> [(row: Int, id: Int, score: Float)] {
        var best: [(row: Int, id: Int, score: Float)] = []
        for (row, beam) in running.enumerated() {
            let step = penalised(logSoftmax(scores[row]), after: beam.ids)
            for (id, value) in step.enumerated() {
                let score = value + beam.score
                guard best.count < count || score > best[count - 1].score else { continue }
                let place = best.firstIndex { $0.score < score } ?? best.count
                best.insert((row, id, score), at: place)
                if best.count > count { best.removeLast() }
            }
        }
        return best
    }

    // MARK: - Scores

    /// Applies the repetition penalty, and excludes the end token before the minimum length.
    private func penalised(_ scores: [Float], after ids: [Int]) -> [Float] {
        var result = scores
        if repetitionPenalty != 1 {
            for id in Set(ids) {
                result[id] = result[id] < 0 ? result[id] * repetitionPenalty : result[id] / repetitionPenalty
            }
        }
        if ids.count < minimumLength { result[endID] = -.infinity }
        return result
    }
}

/// `x - log Σ exp x`.
func logSoftmax(_ scores: [Float]) -> [Float] {
    let top = scores.max() ?? 0
    let sum = scores.reduce(into: 0.0) { $0 += Double(exp($1 - top)) }
    let shift = top + Float(log(sum))
    return scores.map { $0 - shift }
}
