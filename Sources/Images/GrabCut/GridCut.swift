// Minimum cut on a grid of pixels.

/// A graph of pixels, each connected to its eight neighbours and to two terminals.
///
/// Solved by blocking flows on level graphs (Dinic, 1970). Capacities are integers, so the result is exact and
/// platform-independent.
package struct GridCut {
    private let width: Int
    private let height: Int
    /// Residual capacity from the source (positive) or to the sink (negative) of each pixel.
    private var terminals: [Int32]
    /// Residual capacities of the links of each pixel, in the order of `neighbours`.
    private var links: [Int32]
    private var levels: [Int32]
    private var next: [UInt8]

    /// Neighbour 7 - k is opposite to neighbour k.
    package static let neighbours: [(dx: Int, dy: Int)] = [
        (-1, -1), (0, -1), (1, -1), (-1, 0), (1, 0), (-1, 1), (0, 1), (1, 1),
    ]
    private let offsets: [Int]

    package init(width: Int, height: Int) {
        (self.width, self.height) = (width, height)
        terminals = [Int32](repeating: 0, count: width * height)
        links = [Int32](repeating: 0, count: 8 * width * height)
        levels = [Int32](repeating: -1, count: width * height)
        next = [UInt8](repeating: 0, count: width * height)
        offsets = GridCut.neighbours.map { $0.dy * width + $0.dx }
    }

    /// Adds to the cost of a pixel on the sink's side, minus its cost on the source's side.
    package mutating func add(_ preference: Int32, at pixel: Int) { terminals[pixel] += preference }

    /// Sets the cost of separating a pixel from its neighbour `k`, which must be inside the grid.
    package mutating func link(_ pixel: Int, _ k: Int, cost: Int32) {
        links[8 * pixel + k] = cost
        links[8 * (pixel + offsets[k]) + 7 - k] = cost
    }

    /// The source's side of the minimum cut; among several, the smallest.
    package mutating func solve() -> [Bool] {
        while findLevels() {
            for pixel in next.indices { next[pixel] = 0 }
            for pixel in terminals.indices where terminals[pixel] > 0 { push(from: pixel) }
        }
        return levels.map { $0 >= 0 }
    }

    /// Distances in links from the pixels with residual capacity from the source.
    /// - Returns: whether one of the pixels reached has residual capacity to the sink.
    private mutating func findLevels() -> Bool {
        var queue: [Int] = []
        for pixel in levels.indices {
            levels[pixel] = terminals[pixel] > 0 ? 0 : -1
            if terminals[pixel] > 0 { queue.append(pixel) }
        }
        var (head, reached) = (0, false)
        while head < queue.count {
            let pixel = queue[head]
            head += 1
            reached = reached || terminals[pixel] < 0
            for k in 0..<8 where links[8 * pixel + k] > 0 {
                let other = pixel + offsets[k]
                guard levels[other] < 0 else { continue }
                levels[other] = levels[pixel] + 1
                queue.append(other)
            }
        }
        return reached
    }

    /// Pushes the residual capacity of one pixel along shortest paths until it or they are exhausted.
    private mutating func push(from start: Int) {
        var path: [(pixel: Int, link: Int)] = []
        var pixel = start
        while terminals[start] > 0 {
            if terminals[pixel] < 0 {
                var amount = min(terminals[start], -terminals[pixel])
                for step in path { amount = min(amount, links[8 * step.pixel + step.link]) }
                terminals[start] -= amount
                terminals[pixel] += amount
                var full: Int?
                for (index, step) in path.enumerated() {
                    links[8 * step.pixel + step.link] -= amount
                    links[8 * (step.pixel + offsets[step.link]) + 7 - step.link] += amount
                    if full == nil, links[8 * step.pixel + step.link] == 0 { full = index }
                }
                // Continue from the saturated link.
                if let full {
                    pixel = path[full].pixel
                    path.removeSubrange(full...)
                }
            } else if let k = openLink(of: pixel) {
                path.append((pixel, k))
                pixel += offsets[k]
            } else {
                guard let last = path.popLast() else { return }
                next[last.pixel] += 1
                pixel = last.pixel
            }
        }
    }

    /// The next residual link of a pixel to the following level.
    private mutating func openLink(of pixel: Int) -> Int? {
        while next[pixel] < 8 {
            let k = Int(next[pixel])
            if links[8 * pixel + k] > 0, levels[pixel + offsets[k]] == levels[pixel] + 1 { return k }
            next[pixel] += 1
        }
        return nil
    }
}
