// PatchMatch: the nearest-neighbour field from patches at a hole to patches elsewhere.

import Arrays

/// The nearest-neighbour field from the patches that overlap a hole to those that do not.
///
/// PatchMatch (Barnes et al. 2009, section 3): propagation from neighbours and random search at decreasing
/// distances. Each pass reads the field of the previous pass, with neighbours at 8, 4, 2 and 1 pixels in
/// turn, so that the result does not depend on the number of threads.
struct PatchField {
    let width: Int
    let height: Int
    /// Pixels whose patch overlaps the hole, as `y * width + x`.
    let targets: [Int]
    /// Index into `targets` per pixel, -1 for none.
    private let slots: [Int]
    /// Whether the patch of a pixel lies inside the picture and outside the hole.
    private let isSource: [Bool]
    private let sources: [Int]
    /// The source pixel of each target.
    private(set) var matches: [Int]
    /// Mean squared difference of target and match.
    private(set) var distances: [Float]

    /// A field of random matches.
    /// - Returns: nil if there is no hole, or too few source patches.
    init?(hole: [Bool], width: Int, height: Int, random: inout RandomStream) {
        let reach = PatchPicture.reach
        (self.width, self.height) = (width, height)
        let touched = PatchField.grown(hole, by: reach, width, height)
        let isSource = (0..<width * height).map { pixel in
            let (x, y) = (pixel % width, pixel / width)
            return !touched[pixel] && x >= reach && y >= reach && x < width - reach && y < height - reach
        }
        self.isSource = isSource
        sources = isSource.indices.filter { isSource[$0] }
        targets = touched.indices.filter { touched[$0] }
        guard sources.count >= PatchField.fewest, !targets.isEmpty else { return nil }
        var slots = [Int](repeating: -1, count: width * height)
        for (slot, pixel) in targets.enumerated() { slots[pixel] = slot }
        self.slots = slots
        let draws = random.uniform([targets.count]).scalars
        matches = draws.map { [sources] in sources[min(sources.count - 1, Int($0 * Float(sources.count)))] }
        distances = [Float](repeating: .infinity, count: targets.count)
    }

    /// With fewer source patches the texture repeats visibly.
    private static let fewest = 64

    /// Upsamples the matches of a coarser level where they are valid sources here.
    mutating func take(from coarse: PatchField) {
        let (sx, sy) = (Float(width) / Float(coarse.width), Float(height) / Float(coarse.height))
        for (slot, pixel) in targets.enumerated() {
            let (x, y) = (pixel % width, pixel / width)
            let (cx, cy) = (
                min(coarse.width - 1, Int(Float(x) / sx)), min(coarse.height - 1, Int(Float(y) / sy))
            )
            let there = coarse.slots[cy * coarse.width + cx]
            guard there >= 0 else { continue }
            let match = coarse.matches[there]
            let mx = x + Int((Float(match % coarse.width - cx) * sx).rounded())
            let my = y + Int((Float(match / coarse.width - cy) * sy).rounded())
            if let found = source(mx, my) {
                (matches[slot], distances[slot]) = (found, coarse.distances[there])
            }
        }
    }

    /// Improves the matches.
    /// - Parameters:
    ///   - picture: what is compared.
    ///   - passes: number of passes.
    ///   - reach: radius at which random search starts, in pixels.
    ///   - random: the stream of the random search.
    mutating func improve(in picture: PatchPicture, passes: Int, reach: Int, random: inout RandomStream) {
        picture.withComparison { compare in
            self = measured(picture, compare)
            for _ in 0..<passes {
                for step in [8, 4, 2, 1] { self = spread(step, picture, compare) }
                self = searched(reach, picture, compare, &random)
            }
        }
    }

    /// Voting: the weighted mean, at each pixel of the hole, of the patches that overlap it.
    /// - Parameters:
    ///   - cells: as of ``PatchPicture``.
    ///   - hole: where they are replaced, except for the blurred colours.
    ///   - shares: weight of the patch centred at each pixel.
    ///   - within: radius of the part of each patch that votes, in pixels; small is sharp, large is smooth.
    /// - Returns: the cells after voting.
    func voted(_ cells: [SIMD8<Float>], hole: [Bool], shares: [Float], within: Int) -> [SIMD8<Float>] {
        // The third quartile of the distances sets the scale of similarity (Wexler et al. 2007, section 3.2);
        // with a slow decay, because flat patches always find close matches and would dominate otherwise.
        // Infinite distances are unmeasured.
        let usual = min(max(distances.sorted()[distances.count * 3 / 4], 1e-8), 1)
        let shares = zip(targets, distances).map { max(shares[$0], 1e-3) / (1 + $1 / usual) }
        var result = cells
        result.withUnsafeMutableBufferPointer { buffer in
            nonisolated(unsafe) let out = buffer
            parallelFor(height, chunk: 8) { rows in
                for y in rows {
                    for x in 0..<width where hole[y * width + x] {
                        var (sum, total) = (SIMD8<Float>.zero, Float.zero)
                        for dy in max(-within, -y)...min(within, height - 1 - y) {
                            for dx in max(-within, -x)...min(within, width - 1 - x) {
                                let slot = slots[(y + dy) * width + x + dx]
                                guard slot >= 0 else { continue }
                                sum += shares[slot] * cells[matches[slot] - dy * width - dx]
                                total += shares[slot]
                            }
                        }
                        guard total > 0 else { continue }
                        out[y * width + x].replace(with: sum / total, where: PatchPicture.found)
                    }
                }
            }
        }
        return result
    }

    // MARK: Passes

    private func measured(_ picture: PatchPicture, _ compare: PatchPicture.Comparison) -> PatchField {
        updated { slot, _, _ in
            let distance = compare.distance(
                place(targets[slot], picture), place(matches[slot], picture), limit: .infinity)
            return (matches[slot], distance)
        }
    }

    /// Propagation: each target tries the matches of its four neighbours at a distance, shifted by it.
    private func spread(
        _ step: Int, _ picture: PatchPicture, _ compare: PatchPicture.Comparison
    ) -> PatchField {
        updated { slot, match, distance in
            var best = (match, distance)
            let pixel = targets[slot], (x, y) = (pixel % width, pixel / width)
            for (dx, dy) in [(step, 0), (-step, 0), (0, step), (0, -step)] {
                let (nx, ny) = (x + dx, y + dy)
                guard 0..<width ~= nx, 0..<height ~= ny else { continue }
                let there = slots[ny * width + nx]
                guard there >= 0 else { continue }
                consider(
                    matches[there] % width - dx, matches[there] / width - dy, pixel, picture, compare, &best)
            }
            return best
        }
    }

    /// Random search: each target tries pixels round its match, at radii halving from `reach` to one pixel.
    private func searched(
        _ reach: Int, _ picture: PatchPicture, _ compare: PatchPicture.Comparison,
        _ random: inout RandomStream
    ) -> PatchField {
        let radii = Array(sequence(first: Float(reach)) { $0 >= 2 ? $0 / 2 : nil })
        let draws = random.uniform([targets.count, 2 * radii.count]).scalars
        return updated { slot, match, distance in
            var best = (match, distance)
            for (k, radius) in radii.enumerated() {
                let draw = 2 * (slot * radii.count + k)
                let dx = ((2 * draws[draw] - 1) * radius).rounded()
                let dy = ((2 * draws[draw + 1] - 1) * radius).rounded()
                consider(
                    best.0 % width + Int(dx), best.0 / width + Int(dy), targets[slot], picture, compare, &best
                )
            }
            return best
        }
    }

    private func consider(
        _ x: Int, _ y: Int, _ pixel: Int, _ picture: PatchPicture, _ compare: PatchPicture.Comparison,
        _ best: inout (Int, Float)
    ) {
        guard let candidate = source(x, y), candidate != best.0 else { return }
        let distance = compare.distance(
            place(pixel, picture), place(candidate, picture), limit: best.1)
        if distance < best.1 { best = (candidate, distance) }
    }

    /// The field with a new match and distance per target, computed in parallel.
    private func updated(_ body: (Int, Int, Float) -> (Int, Float)) -> PatchField {
        var result = self
        result.matches.withUnsafeMutableBufferPointer { matches in
            result.distances.withUnsafeMutableBufferPointer { distances in
                nonisolated(unsafe) let (matches, distances, body) = (matches, distances, body)
                parallelFor(targets.count, chunk: 256) { slots in
                    for slot in slots {
                        (matches[slot], distances[slot]) = body(slot, matches[slot], distances[slot])
                    }
                }
            }
        }
        return result
    }

    // MARK: Helpers

    private func place(_ pixel: Int, _ picture: PatchPicture) -> Int {
        picture.place(pixel % width, pixel / width)
    }

    private func source(_ x: Int, _ y: Int) -> Int? {
        guard 0..<width ~= x, 0..<height ~= y, isSource[y * width + x] else { return nil }
        return y * width + x
    }

    /// Dilation by a square of `2 * reach + 1` pixels.
    private static func grown(_ members: [Bool], by reach: Int, _ width: Int, _ height: Int) -> [Bool] {
        func along(_ members: [Bool], _ count: Int, _ lines: Int, _ step: Int, _ jump: Int) -> [Bool] {
            var result = members
            for line in 0..<lines {
                var last = -reach - 1
                // Forward pass for members behind, backward pass for members ahead.
                for i in 0..<count {
                    if members[line * jump + i * step] { last = i }
                    if i - last <= reach { result[line * jump + i * step] = true }
                }
                last = count + reach
                for i in (0..<count).reversed() {
                    if members[line * jump + i * step] { last = i }
                    if last - i <= reach { result[line * jump + i * step] = true }
                }
            }
            return result
        }
        return along(along(members, width, height, 1, width), height, width, width, 1)
    }
}
