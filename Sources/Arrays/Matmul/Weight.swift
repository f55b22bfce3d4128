// The constant weight of a layer, packed when it is first used.
import Synchronization

/// A matrix `[out, in]` or a kernel `[out, in, kernelHeight, kernelWidth]` in PyTorch's layout, as a right operand of
/// matmuls.
///
/// It is packed once, on first use, and the packed form replaces the source array: mapped files are read at that
/// time, and the numbers are never stored twice.
public final class Weight: Sendable {
    /// Extents as in PyTorch, output channels first.
    public let shape: [Int]
    /// The format in which it is stored and multiplied.
    public let precision: Precision
    private let forms: Mutex<Forms>

    private struct Forms {
        /// Produces the numbers when they are first needed.
        var reading: (@Sendable () -> NDArray)?
        /// The numbers as given, until they are packed.
        var dense: NDArray?
        var packed: [Form: PackedMatrix] = [:]
    }

    /// The use of a weight: matmul or convolution, or the input gradient of one.
    enum Direction { case forward, adjoint }

    /// A packed form of a weight.
    private enum Form: Hashable {
        case whole(Direction)
        /// With a column for every column of the kernel.
        case narrow(Direction)
        /// The adjoint of some taps.
        case part([Int])
    }

    /// - Parameter value: `[out, in]` or `[out, in, kernelHeight, kernelWidth]`.
    public init(_ value: NDArray, precision: Precision = .float32) {
        precondition(value.rank == 2 || value.rank == 4, "Weight: \(value.shape) is no matrix and no kernel")
        shape = value.shape
        self.precision = precision
        value.storage.leavePool()
        forms = Mutex(Forms(dense: value))
    }

    /// A weight whose numbers are produced when they are first needed.
    /// - Parameter reading: returns an array of `shape`; called at most once.
    public init(shape: [Int], precision: Precision = .float32, reading: @escaping @Sendable () -> NDArray) {
        precondition(shape.count == 2 || shape.count == 4, "Weight: \(shape) is no matrix and no kernel")
        self.shape = shape
        self.precision = precision
        forms = Mutex(Forms(reading: reading))
    }

    /// Weights with the same inputs concatenated along the outputs.
    public convenience init(joining parts: [Weight]) {
        precondition(
            !parts.isEmpty && parts.allSatisfy { $0.shape.dropFirst() == parts[0].shape.dropFirst() },
            "Weight: \(parts.map(\.shape)) cannot be joined")
        let outputs = parts.reduce(0) { $0 + $1.outputs }
        self.init(shape: [outputs] + parts[0].shape.dropFirst(), precision: parts[0].precision) {
            .concatenated(parts.map(\.value), axis: 0)
        }
    }

    /// A weight computed from this one's numbers when they are first needed.
    /// - Parameter change: must return an array of `shape`.
    public func changed(to shape: [Int]? = nil, _ change: @escaping @Sendable (NDArray) -> NDArray) -> Weight
    {
        Weight(shape: shape ?? self.shape, precision: precision) { change(self.value) }
    }

    /// The numbers in PyTorch's layout, rounded if they have been packed.
    public var value: NDArray { forms.withLock { dense(&$0) } }

    var outputs: Int { shape[0] }
    var inputs: Int { shape[1] }
    var taps: Int { shape.dropFirst(2).reduce(1, *) }

    /// The matrix with k positions in the order (kernel row, kernel column, input channel).
    ///
    /// For gradients it is transposed: k positions are (kernel row, kernel column, output channel), taps reversed.
    func packed(_ direction: Direction) -> PackedMatrix {
        packed(.whole(direction)) { forms in
            guard direction == .adjoint else {
                let forward = PackedMatrix(dense(&forms), layout, precision: precision)
                forms.dense = nil
                return forward
            }
            let reversed = WeightLayout(
                start: taps - 1, taps: taps, tapStride: -1, channels: outputs, channelStride: inputs * taps,
                columns: inputs, columnStride: taps)
            return PackedMatrix(dense(&forms), reversed, precision: precision)
        }
    }

    /// The same with k positions (kernel row, channel) and columns (kernel column, channel).
    func packedNarrow(_ direction: Direction) -> PackedMatrix {
        packed(.narrow(direction)) { forms in
            let (height, width) = (shape[2], shape[3])
            let (channels, columns) = direction == .forward ? (inputs, outputs) : (outputs, inputs)
            // [kernel row, k channel, kernel column, outer channel]
            let order = direction == .forward ? [2, 1, 3, 0] : [2, 0, 3, 1]
            var kernel = dense(&forms).transposed(order).reshaped([height * channels * width, columns])
            if direction == .adjoint {
                kernel = kernel.gathered(
                    rows: (0..<height).reversed().flatMap { y in
                        (0..<channels).flatMap { c in
                            (0..<width).reversed().map { x in (y * channels + c) * width + x }
                        }
                    })
            }
            let layout = WeightLayout(
                taps: height, tapStride: channels * width * columns, channels: channels,
                channelStride: width * columns, columns: width * columns, columnStride: 1)
            return PackedMatrix(kernel, layout, precision: precision)
        }
    }

    /// The adjoint of the taps at the given rows and columns of the kernel, in this order; nil if there are none.
    func packedAdjoint(rows: [Int], columns: [Int]) -> PackedMatrix? {
        let taps = rows.flatMap { row in columns.map { row * shape[3] + $0 } }
        guard !taps.isEmpty else { return nil }
        return packed(.part(taps)) { forms in
            let kernel = dense(&forms).transposed([2, 3, 0, 1]).reshaped([self.taps, outputs * inputs])
            let layout = WeightLayout(
                taps: taps.count, tapStride: outputs * inputs, channels: outputs, channelStride: inputs,
                columns: inputs, columnStride: 1)
            return PackedMatrix(kernel.gathered(rows: taps), layout, precision: precision)
        }
    }

    private func packed(_ form: Form, _ make: (inout Forms) -> PackedMatrix) -> PackedMatrix {
        forms.withLock { forms in
            if let packed = forms.packed[form] { return packed }
            let packed = make(&forms)
            forms.packed[form] = packed
            return packed
        }
    }

    private var layout: WeightLayout {
        WeightLayout(
            taps: taps, tapStride: 1, channels: inputs, channelStride: taps, columns: outputs,
            columnStride: inputs * taps)
    }

    private func dense(_ forms: inout Forms) -> NDArray {
        if let dense = forms.dense { return dense }
        if let reading = forms.reading {
            let dense = reading()
            // It stays in the pool: after packing, its memory is reused for the next weight.
            precondition(dense.shape == shape, "Weight: \(dense.shape) was read for \(shape)")
            (forms.reading, forms.dense) = (nil, dense)
            return dense
        }
        guard let forward = forms.packed[.whole(.forward)] else { preconditionFailure("Weight: no form") }
        return NDArray(shape: shape) { out in
            if let base = out.baseAddress { forward.unpack(into: base) }
        }
    }
}
