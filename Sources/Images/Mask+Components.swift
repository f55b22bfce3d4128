// Connected components of masks: islands and holes.

import Arrays

/// Which neighbours of a pixel are connected to it.
public enum Connectivity: Sendable {
    /// Left, right, above, below.
    case four
    /// The diagonals too.
    case eight
}

/// The connected components of a mask.
public struct MaskComponents: Sendable {
    /// The component of each pixel, row by row: 0 outside, else 1 … `areas.count`.
    public let labels: [Int32]
    /// Pixels of each component; `areas[label - 1]`.
    public let areas: [Int]
    /// Whether each component touches the image's border.
    public let touchesBorder: [Bool]
}

extension Mask {
    /// The connected components of the pixels inside.
    public func components(_ connectivity: Connectivity = .eight) -> MaskComponents {
        connectedComponents(of: inside, width: width, height: height, connectivity)
    }

    /// The mask with holes filled: components of the outside that do not touch the border.
    /// - Parameter limit: larger holes are kept; nil fills all.
    public func fillingHoles(upTo limit: Int? = nil) -> Mask {
        let holes = componentRuns(of: inside.map { !$0 }, width: width, height: height, .four)
        var result = self
        result.values.withUnsafeMutableBuffer { values in
            for (run, component) in zip(holes.runs, holes.components)
            where !holes.touchesBorder[component] && holes.areas[component] <= limit ?? .max {
                for index in run { values[index] = 1 }
            }
        }
        return result
    }

    /// The mask without components of fewer than `area` pixels.
    public func removingIslands(smallerThan area: Int) -> Mask {
        let pieces = componentRuns(of: inside, width: width, height: height, .eight)
        return keeping(pieces) { pieces.areas[$0] >= area }
    }

    /// The mask without components that are smaller than a share of it.
    ///
    /// Of a mask in pieces, none of which has that share (a fence, lettering), the pieces are compared with the largest one: those
    /// of an eighth of its pixels stay.
    /// - Parameter share: 50 for a fiftieth of the mask's pixels.
    public func removingSpecks(below share: Int) -> Mask {
        let pieces = componentRuns(of: inside, width: width, height: height, .eight), limit = area / share
        let largest = pieces.areas.max() ?? 0
        let least = largest >= limit ? limit : largest / 8
        return keeping(pieces) { pieces.areas[$0] >= least }
    }

    /// The mask's largest component.
    public var largestIsland: Mask {
        let pieces = componentRuns(of: inside, width: width, height: height, .eight)
        guard let largest = pieces.largest else { return self }
        return keeping(pieces) { $0 == largest }
    }

    /// The smallest rectangle that contains the largest component; nil if no pixel is inside.
    package var largestIslandBox: PixelRectangle? {
        let pieces = componentRuns(of: inside, width: width, height: height, .eight)
        guard let largest = pieces.largest else { return nil }
        var box: PixelRectangle?
        for (run, component) in zip(pieces.runs, pieces.components) where component == largest {
            let y = run.lowerBound / width
            let (left, right) = (run.lowerBound - y * width, run.upperBound - y * width)
            box = PixelRectangle(
                left: min(box?.left ?? left, left), top: box?.top ?? y,
                right: max(box?.right ?? right, right),
                bottom: y + 1)
        }
        return box
    }

    private func keeping(_ pieces: ComponentRuns, _ isKept: (Int) -> Bool) -> Mask {
        var member = [Bool](repeating: false, count: width * height), kept = member
        for (run, component) in zip(pieces.runs, pieces.components) {
            let keeps = isKept(component)
            for index in run { (member[index], kept[index]) = (true, keeps) }
        }
        var result = self
        result.values.withUnsafeMutableBuffer { values in
            for index in 0..<values.count where !kept[index] {
                // Values below one half belong to no component; away from kept components they would leave a faint
                // trace.
                if member[index] || values[index] > 0 && !hasKeptNeighbour(index, kept) { values[index] = 0 }
            }
        }
        return result
    }

    /// Whether a pixel of a kept component is within two pixels, so that soft edges of kept components are preserved.
    private func hasKeptNeighbour(_ index: Int, _ kept: [Bool]) -> Bool {
        let (x, y) = (index % width, index / width)
        for row in max(0, y - 2)...min(height - 1, y + 2) {
            for column in max(0, x - 2)...min(width - 1, x + 2) where kept[row * width + column] {
                return true
            }
        }
        return false
    }
}
