// Memory for one slab of samples, taken from the array pool.
import Arrays

/// A block of samples, one row of `SlabLayout.slots` floats per quantity.
///
/// `@unchecked Sendable`: one worker at a time writes it; `array` keeps the block behind `pointer` alive and is
/// never read or copied.
final class Slab: @unchecked Sendable {
    private var array: NDArray
    let pointer: UnsafeMutablePointer<Float>
    /// Slots filled so far, a multiple of the kernels' alignment.
    var used = 0

    init(floats: Int) {
        var array = NDArray(shape: [floats]) { _ in }
        pointer = array.withUnsafeMutableBuffer { buffer in
            guard let base = buffer.baseAddress else { preconditionFailure("Slab: \(floats) floats") }
            return base
        }
        self.array = array
    }

    func row(_ index: Int) -> UnsafeMutablePointer<Float> { pointer + index * SlabLayout.slots }
}
