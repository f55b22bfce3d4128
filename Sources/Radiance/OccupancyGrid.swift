// Occupancy grid: running density maxima and one bit per cell.
public import Arrays

/// Running density maxima on a regular grid; cells below a threshold are skipped by rays.
public struct OccupancyGrid: Sendable {
    /// Cells per axis.
    public let resolution: Int
    /// `[r, r, r]` (z, y, x): decaying maxima of the density sampled in each cell.
    public var densities: NDArray
    /// One bit per cell, x fastest.
    public private(set) var bits: [UInt8]
    /// Share of cells that are occupied, 0...1.
    public private(set) var occupiedFraction: Float

    /// A grid in which every cell is occupied.
    public init(resolution: Int) {
        self.resolution = resolution
        let cells = resolution * resolution * resolution
        densities = .full(.infinity, [resolution, resolution, resolution])
        bits = Array(repeating: 0xFF, count: (cells + 7) / 8)
        occupiedFraction = 1
    }

    /// A grid from stored densities and bits.
    init(resolution: Int, densities: NDArray, bits: [UInt8]) {
        self.resolution = resolution
        self.densities = densities
        self.bits = bits
        let set = bits.reduce(0) { $0 + $1.nonzeroBitCount }
        occupiedFraction = min(1, Float(set) / Float(resolution * resolution * resolution))
    }

    /// Indices of the occupied cells, ascending.
    func occupiedCells() -> [Int32] {
        var cells: [Int32] = []
        let count = resolution * resolution * resolution
        cells.reserveCapacity(Int(occupiedFraction * Float(count)) + 1)
        for (index, byte) in bits.enumerated() where byte != 0 {
            for bit in 0..<8 where byte >> UInt8(bit) & 1 == 1 && 8 * index + bit < count {
                cells.append(Int32(8 * index + bit))
            }
        }
        return cells
    }

    /// Sets the bits of the cells above `threshold`, and of their neighbours when `dilate`.
    ///
    /// The threshold is at most the mean density, so that a field whose density has fallen is still sampled and can
    /// recover.
    public mutating func refresh(threshold: Float, dilate: Bool) {
        let resolution = resolution
        let result = densities.withUnsafeBuffer { buffer -> (bits: [UInt8], set: Int) in
            guard let base = buffer.baseAddress else { return ([], 0) }
            return VectorKernels.occupancyBits(
                base, resolution: resolution, threshold: threshold, dilate: dilate)
        }
        bits = result.bits
        occupiedFraction = Float(result.set) / Float(resolution * resolution * resolution)
    }
}

extension RadianceField {
    /// Samples a share of the cells and updates the occupancy bits.
    /// - Parameters:
    ///   - phase, of: cells whose index is `phase` modulo `of` are sampled; (0, 1) samples all of them.
    ///   - seed: determines the point within each cell.
    ///   - decay: factor of the stored density, 0...1.
    ///   - dilate: also occupy the neighbours of occupied cells, so that the shape can grow.
    public mutating func updateOccupancy(
        phase: Int = 0, of shares: Int = 1, seed: UInt32, decay: Float = 0.95, dilate: Bool = true
    ) {
        precondition(shares > 0 && 0..<shares ~= phase, "updateOccupancy: phase \(phase) of \(shares)")
        let kernel = FieldKernel(self, settings: RenderSettings(skipsEmptySpace: false), tier: tier)
        let resolution = occupancy.resolution
        let cells = resolution * resolution * resolution
        let count = (cells - phase + shares - 1) / shares
        occupancy.densities.withUnsafeMutableBuffer { buffer in
            guard let base = buffer.baseAddress else { return }
            // Infinity marks cells that have not been sampled; the first sample replaces it.
            for i in 0..<buffer.count where base[i] == .infinity { base[i] = 0 }
            nonisolated(unsafe) let densities = base
            parallelFor(count, chunk: SlabLayout.slots) { range in
                kernel.updateOccupancy(
                    resolution: resolution, first: phase + range.lowerBound * shares, stride: shares,
                    count: range.count, seed: seed, decay: decay, densities: densities,
                    slab: Slab(floats: kernel.slabFloats))
            }
        }
        occupancy.refresh(threshold: configuration.occupancyThreshold, dilate: dilate)
    }
}
