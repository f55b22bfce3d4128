// Connected components of a grid, by runs.

import Arrays

/// Labels components in the order of their first pixel.
///
/// Runs of members are found row by row and merged with those that they touch in the row above (Wu, Otoo and Suzuki,
/// Optimizing Two-Pass Connected-Component Labeling Algorithms, 2009, with runs instead of pixels).
func connectedComponents(
    of members: [Bool], width: Int, height: Int, _ connectivity: Connectivity
) -> MaskComponents {
    let found = componentRuns(of: members, width: width, height: height, connectivity)
    var labels = [Int32](repeating: 0, count: width * height)
    for (run, component) in zip(found.runs, found.components) {
        for pixel in run { labels[pixel] = Int32(component + 1) }
    }
    return MaskComponents(labels: labels, areas: found.areas, touchesBorder: found.touchesBorder)
}

/// Components as runs: far less memory than a label for each pixel.
struct ComponentRuns {
    /// In pixel order; no run continues in the next row.
    let runs: [Range<Int>]
    /// The component of each run, from 0 in the order of their first pixel.
    let components: [Int]
    /// Pixels of each component.
    let areas: [Int]
    /// Whether each component touches the image's border.
    let touchesBorder: [Bool]

    /// The component of most pixels, of several the first; nil if there are none.
    var largest: Int? { areas.indices.max { areas[$0] < areas[$1] } }
}

/// The components of a grid, in the order of their first pixel.
func componentRuns(
    of members: [Bool], width: Int, height: Int, _ connectivity: Connectivity
) -> ComponentRuns {
    var grid = RunGrid()
    // Diagonal neighbours touch where one run begins as the other ends.
    let reach = connectivity == .eight ? 1 : 0
    var above = 0..<0
    for y in 0..<height {
        let first = grid.runs.count
        grid.appendRuns(of: members, in: y * width..<(y + 1) * width)
        let row = first..<grid.runs.count
        grid.join(row, with: above, shift: width, reach: reach)
        above = row
    }
    return grid.components(width: width, height: height)
}

/// Runs of members in pixel order, and their sets.
private struct RunGrid {
    /// Pixels of each run.
    private(set) var runs: [Range<Int>] = []
    private var pieces = DisjointSets()

    /// Finds the runs of one row.
    mutating func appendRuns(of members: [Bool], in row: Range<Int>) {
        var index = row.lowerBound
        while index < row.upperBound {
            guard members[index] else {
                index += 1
                continue
            }
            let start = index
            while index < row.upperBound, members[index] { index += 1 }
            pieces.append()
            runs.append(start..<index)
        }
    }

    /// Merges runs of a row with those that they touch in the row above, `shift` pixels before.
    mutating func join(_ row: Range<Int>, with above: Range<Int>, shift: Int, reach: Int) {
        var (i, j) = (row.lowerBound, above.lowerBound)
        while i < row.upperBound, j < above.upperBound {
            let lower = runs[i], upper = runs[j].lowerBound + shift..<runs[j].upperBound + shift
            if lower.lowerBound < upper.upperBound + reach, upper.lowerBound < lower.upperBound + reach {
                pieces.unite(i, j)
            }
            // Runs of a row are at least a pixel apart, so the one that ends first touches no further runs.
            if lower.upperBound <= upper.upperBound { i += 1 } else { j += 1 }
        }
    }

    /// The components on a grid of that size.
    mutating func components(width: Int, height: Int) -> ComponentRuns {
        var componentOfRun = [Int](repeating: 0, count: runs.count)
        var areas: [Int] = []
        var border: [Bool] = []
        for (index, run) in runs.enumerated() {
            let first = pieces.least(with: index)
            if first == index {
                componentOfRun[index] = areas.count
                areas.append(0)
                border.append(false)
            }
            let component = componentOfRun[first], y = run.lowerBound / width
            componentOfRun[index] = component
            let isOuter =
                y == 0 || y == height - 1 || run.lowerBound == y * width || run.upperBound == (y + 1) * width
            areas[component] += run.count
            border[component] = border[component] || isOuter
        }
        return ComponentRuns(runs: runs, components: componentOfRun, areas: areas, touchesBorder: border)
    }
}
