// Sizes and padding of convolutions of channels-last images.

/// Padding of an image, in pixels per side.
public struct Padding: Sendable, Hashable {
    public var top: Int, left: Int, bottom: Int, right: Int

    public init(top: Int, left: Int, bottom: Int, right: Int) {
        (self.top, self.left, self.bottom, self.right) = (top, left, bottom, right)
    }

    /// The same padding on all four sides.
    public init(_ all: Int) { self.init(top: all, left: all, bottom: all, right: all) }

    public static let zero = Padding(0)
}

/// Padding mode.
public enum Border: Sendable, Hashable {
    case zeros
    /// Reflection about the outermost pixels, repeated where the padding exceeds the image.
    ///
    /// PyTorch's `reflect` where that is defined (padding smaller than the image). A single row or column repeats.
    case reflection

    /// The index within `0..<count` that position `i` reads, nil for zero padding.
    package func source(of i: Int, count: Int) -> Int? {
        if 0..<count ~= i { return i }
        guard self == .reflection, count > 0 else { return nil }
        guard count > 1 else { return 0 }
        let period = 2 * (count - 1), phase = ((i % period) + period) % period
        return phase < count ? phase : period - phase
    }
}

/// Sizes of one convolution `[batch, height, width, in]` by `[kernelHeight, kernelWidth, in, out]`.
package struct ConvolutionGeometry: Sendable {
    let batch: Int, height: Int, width: Int, inputs: Int
    let kernelHeight: Int, kernelWidth: Int, outputs: Int
    let stride: Int, padding: Padding, border: Border
    let outHeight: Int, outWidth: Int

    package init(input: [Int], weight: [Int], stride: Int, padding: Padding, border: Border = .zeros) {
        precondition(
            input.count == 4 && weight.count == 4 && input[3] == weight[2],
            "conv2d: input \(input) [batch, height, width, in] and weight \(weight) [kh, kw, in, out]")
        precondition(stride >= 1, "conv2d: stride \(stride)")
        (batch, height, width, inputs) = (input[0], input[1], input[2], input[3])
        (kernelHeight, kernelWidth, outputs) = (weight[0], weight[1], weight[3])
        (self.stride, self.padding, self.border) = (stride, padding, border)
        let tall = height + padding.top + padding.bottom, wide = width + padding.left + padding.right
        precondition(
            tall >= kernelHeight && wide >= kernelWidth,
            "conv2d: kernel \(weight) exceeds padded input \(input)")
        outHeight = (tall - kernelHeight) / stride + 1
        outWidth = (wide - kernelWidth) / stride + 1
    }

    package var outputShape: [Int] { [batch, outHeight, outWidth, outputs] }
    /// A 1×1 kernel on every pixel: a matmul of pixels by weights.
    var isPointwise: Bool {
        kernelHeight == 1 && kernelWidth == 1 && stride == 1 && padding == .zero
    }

    var window: Window {
        Window(
            height: height, width: width, channels: inputs, kernelHeight: kernelHeight,
            kernelWidth: kernelWidth,
            stride: stride, padTop: padding.top, padLeft: padding.left, outWidth: outWidth,
            border: border)
    }
}
