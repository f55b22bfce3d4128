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
        let holes = connectedComponents(of: inside.map { !$0 }, width: width, height: height, .four)
        var result = self
        result.values.withUnsafeMutableBuffer { values in
            for index in 0..<values.count {
                let label = Int(holes.labels[index])
                guard label > 0, !holes.touchesBorder[label - 1], holes.areas[label - 1] <= limit ?? .max
                else { continue }
                values[index] = 1
            }
        }
        return result
    }

    /// The mask without components of fewer than `area` pixels.
    public func removingIslands(smallerThan area: Int) -> Mask {
        let pieces = components()
        return keeping(pieces) { pieces.areas[$0 - 1] >= area }
    }

    /// The mask without components that are smaller than a share of it.
    ///
    /// Of a mask in pieces, none of which has that share (a fence, lettering), the pieces are compared with the largest one: those
    /// of an eighth of its pixels stay.
    /// - Parameter share: 50 for a fiftieth of the mask's pixels.
    public func removingSpecks(below share: Int) -> Mask {
        let pieces = components(), limit = area / share
        let largest = pieces.areas.max() ?? 0
        let least = largest >= limit ? limit : largest / 8
        return keeping(pieces) { pieces.areas[$0 - 1] >= least }
    }

    /// The mask's largest component.
    public var largestIsland: Mask {
        let pieces = components()
        guard let largest = pieces.areas.indices.max(by: { pieces.areas[$0] < pieces.areas[$1] }) else {
            return self
        }
        return keeping(pieces) { $0 == largest + 1 }
    }

    private func keeping(_ pieces: MaskComponents, _ isKept: (Int) -> Bool) -> Mask {
        var result = self
        result.values.withUnsafeMutableBuffer { values in
            for index in 0..<values.count {
                let label = Int(pieces.labels[index])
                // Values below one half belong to no component; away from kept components they would leave a faint
                // trace.
                if label == 0 ? values[index] > 0 && !hasKeptNeighbour(index, pieces, isKept) : !isKept(label)
                {
                    values[index] = 0
                }
            }
        }
        return result
    }

    /// Whether a pixel of a kept component is within two pixels, so that soft edges of kept components are preserved.
    private func hasKeptNeighbour(_ index: Int, _ pieces: MaskComponents, _ isKept: (Int) -> Bool) -> Bool {
        let (x, y) = (index % width, index / width)
        for row in max(0, y - 2)...min(height - 1, y + 2) {
            for column in max(0, x - 2)...min(width - 1, x + 2) {
                let label = Int(pieces.labels[row * width + column])
                if label > 0, isKept(label) { return true }
            }
        }
        return false
    }
}
