// Refinement of rough masks by colour models.

import Arrays
import Foundation

extension Mask {
    /// The mask with pixels near its outline relabelled by colour models of object and background and by image edges.
    ///
    /// GrabCut (Rother, Kolmogorov and Blake, 2004) with a mask instead of the user's rectangle: colours of both
    /// sides are Gaussian mixtures, similar neighbours are encouraged to have the same label, and the minimum cut is
    /// computed, alternately. Only pixels within `reach` of the outline can change; the others keep their label.
    /// - Parameters:
    ///   - picture: RGB, of the mask's size.
    ///   - reach: maximum error of the outline, pixels.
    ///   - trust: cost of changing a pixel's label at distance `reach` from the outline, in units of log-likelihood.
    ///   - isCertain: whether a pixel keeps its label however near the outline it is, row by row; nil if none does.
    ///   - rounds: iterations of fitting and cutting.
    /// - Returns: a binary mask; the same one if object or background has no pixel beyond `reach`.
    package func grabCut(
        in picture: Image, reach: Float, trust: Float = 0, isCertain: [Bool]? = nil, rounds: Int = 3
    ) -> Mask {
        precondition(
            picture.width == width && picture.height == height && picture.channels == 3,
            "Mask.grabCut: a picture \(picture.pixels.shape) for a mask of \(width) x \(height)")
        let cut = GrabCut(mask: self, picture: picture, reach: reach, trust: trust, isCertain: isCertain)
        guard let cut else { return binarised }
        return Mask(width: width, height: height, inside: cut.labels(rounds: rounds))
    }
}

/// The costs of one image that do not change between rounds.
private struct GrabCut {
    private enum Side { case object, surroundings, open }

    private let width: Int
    private let height: Int
    private let colours: [ColourMixture.Colour]
    private let sides: [Side]
    /// Cost, in log-likelihood, of labelling a pixel background rather than object, from the mask.
    private let preference: [Float]
    private let start: [Bool]
    /// Cost of separating two pixels of the same colour, from the paper's section 2.1.
    private static let smoothness: Float = 50
    /// Factor that converts log-likelihoods to integers.
    private static let scale: Float = 1000

    init?(mask: Mask, picture: Image, reach: Float, trust: Float, isCertain: [Bool]?) {
        (width, height) = (mask.width, mask.height)
        let inside = mask.inside
        start = inside
        let outwards = squaredDistances(to: inside, width: mask.width, height: mask.height)
        let inwards = squaredDistances(to: inside.map { !$0 }, width: mask.width, height: mask.height)
        let limit = reach * reach
        sides = inside.indices.map { i in
            let isOpen = (inside[i] ? inwards[i] : outwards[i]) <= limit && isCertain?[i] != true
            return isOpen ? .open : (inside[i] ? .object : .surroundings)
        }
        guard sides.contains(.object), sides.contains(.surroundings) else { return nil }
        preference = inside.indices.map { i in
            let distance = inside[i] ? inwards[i].squareRoot() : -outwards[i].squareRoot()
            return trust * max(-1, min(1, distance / reach))
        }
        colours = picture.pixels.withUnsafeBuffer { p in
            (0..<p.count / 3).map { ColourMixture.Colour(p[3 * $0], p[3 * $0 + 1], p[3 * $0 + 2]) }
        }
    }

    func labels(rounds: Int) -> [Bool] {
        let links = separationCosts()
        var labels = start
        for _ in 0..<rounds {
            let object = ColourMixture(colours(where: labels, are: true))
            let rest = ColourMixture(colours(where: labels, are: false))
            var grid = GridCut(width: width, height: height)
            for i in sides.indices where sides[i] == .open {
                let likelihood = rest.cost(colours[i]) - object.cost(colours[i]) + preference[i]
                grid.add(Int32(max(-1e5, min(1e5, likelihood)) * Self.scale), at: i)
            }
            connect(&grid, links)
            let cut = grid.solve()
            let found = sides.indices.map { i in
                switch sides[i] {
                case .object: true
                case .surroundings: false
                case .open: cut[i]
                }
            }
            guard found.contains(true), found.contains(false) else { break }
            if found == labels { break }
            labels = found
        }
        return labels
    }

    private func colours(where labels: [Bool], are wanted: Bool) -> [ColourMixture.Colour] {
        // Every second pixel in both directions suffices.
        var found: [ColourMixture.Colour] = []
        for y in stride(from: 0, to: height, by: 2) {
            for x in stride(from: 0, to: width, by: 2) where labels[y * width + x] == wanted {
                found.append(colours[y * width + x])
            }
        }
        return found.isEmpty ? colours.indices.filter { labels[$0] == wanted }.map { colours[$0] } : found
    }

    /// Costs of separating each pixel from its neighbours 4 to 7 (right, and the three below), 0 at the border.
    private func separationCosts() -> [Float] {
        var contrasts = [Float](repeating: -1, count: 4 * sides.count)
        var (sum, count) = (0.0, 0.0)
        for y in 0..<height {
            for x in 0..<width {
                let i = y * width + x
                for k in 4..<8 {
                    let step = GridCut.neighbours[k]
                    let (nx, ny) = (x + step.dx, y + step.dy)
                    guard (0..<width).contains(nx), ny < height else { continue }
                    let d = colours[i] - colours[ny * width + nx]
                    let contrast = (d * d).sum()
                    contrasts[4 * i + k - 4] = contrast
                    sum += Double(contrast)
                    count += 1
                }
            }
        }
        let mean = Float(sum / max(1, count))
        // In an image without contrast, all cuts cost the same.
        let beta = mean > 0 ? 1 / (2 * mean) : 0
        return contrasts.indices.map { index in
            guard contrasts[index] >= 0 else { return 0 }
            let step = GridCut.neighbours[4 + index % 4]
            let length = Float(step.dx * step.dx + step.dy * step.dy).squareRoot()
            return Self.smoothness / length * expf(-beta * contrasts[index])
        }
    }

    private func connect(_ grid: inout GridCut, _ links: [Float]) {
        for index in links.indices where links[index] > 0 {
            let (i, k) = (index / 4, 4 + index % 4)
            let step = GridCut.neighbours[k]
            let other = i + step.dy * width + step.dx
            let cost = Int32(links[index] * Self.scale)
            switch (sides[i], sides[other]) {
            case (.open, .open): grid.link(i, k, cost: cost)
            case (.open, let side): grid.add(side == .object ? cost : -cost, at: i)
            case (let side, .open): grid.add(side == .object ? cost : -cost, at: other)
            default: break
            }
        }
    }
}
