// Multi-scale refinement: features at a larger scale are fitted to the result at a smaller one.

public import Arrays
import Autograd
import Layers

extension LaMaModel {
    /// Fills the hole from coarse to fine, as a sequence of states; the last one has the result.
    ///
    /// Kulshreshtha, Pugh & Jiddi, "Feature Refinement to Improve High Resolution Image Inpainting" (2022), as in
    /// advimman/lama `saicinpainting/evaluation/refinement.py`. The smallest scale is inpainted in one pass. At each
    /// larger one, gradient descent optimises the input features of the residual blocks until the downscaled image
    /// matches the previous scale inside the hole and the input outside it.
    /// - Parameters:
    ///   - image: `[1, height, width, 3]` in [0, 1], sRGB.
    ///   - mask: `[1, height, width, 1]`, above 0 inside the hole.
    public func refine(
        _ image: NDArray, mask: NDArray, options: LaMaRefinement.Options = .init()
    ) -> LaMaRefinement {
        LaMaRefinement(self, image, mask, options)
    }
}

/// The steps of a refinement.
public struct LaMaRefinement: Sequence, IteratorProtocol, Sendable {
    /// The published settings (`configs/prediction/default.yaml`, `refiner`).
    public struct Options: Sendable, Hashable {
        /// Passes per scale; all but the last are followed by a step of Adam.
        public var iterations = 15
        /// Learning rate of Adam.
        public var rate: Float = 0.002
        /// Minimum of every scale's shorter side, divided by √2, except that of the whole image.
        public var minimumSide = 512
        public var maximumScales = 3
        /// Larger images are refined at a reduced size; the result is upscaled.
        public var pixelBudget = 1_800_000

        public init() {}
    }

    /// One pass.
    public struct State: Sendable {
        /// The scale, from 1 for the smallest.
        public let scale: Int
        public let scales: Int
        /// The pass at this scale, from 1.
        public let iteration: Int
        /// Passes at this scale.
        public let iterations: Int
        /// The loss; nil at the smallest scale.
        public let loss: Float?
        /// The filled image after the last pass of a scale, at that scale; after the final one, at the size of the
        /// input, which it equals outside the hole.
        public let picture: NDArray?
    }

    private let model: LaMaModel
    private let options: Options
    private let image: NDArray
    private let hole: NDArray
    private let pyramid: [PyramidLevel]
    private var scale = 0
    private var run: ScaleRun?
    private var result: NDArray?

    init(_ model: LaMaModel, _ image: NDArray, _ mask: NDArray, _ options: Options) {
        precondition(
            options.iterations >= 1 && options.maximumScales >= 1 && options.pixelBudget >= 1
                && options.minimumSide >= 1,
            "LaMaRefinement: \(options)")
        precondition(
            image.rank == 4 && image.shape[0] == 1 && image.shape[3] == 3
                && mask.shape == Array(image.shape.dropLast()) + [1],
            "LaMa: image \(image.shape) [1, height, width, 3] and mask \(mask.shape) [1, height, width, 1]")
        (self.model, self.options, self.image) = (model, options, image)
        hole = mask.binary()
        pyramid = PyramidLevel.levels(
            image: image, hole: hole, minimumSide: options.minimumSide, maximum: options.maximumScales,
            pixelBudget: options.pixelBudget)
    }

    public mutating func next() -> State? {
        guard scale < pyramid.count else { return nil }
        var run = self.run ?? ScaleRun(pyramid[scale], model: model, smaller: result, rate: options.rate)
        // Released here, so that its arrays are updated in place.
        self.run = nil
        let iterations = result == nil ? 1 : options.iterations
        let isLast = run.iteration + 1 >= iterations
        let pass = run.pass(model, descend: !isLast)
        var picture: NDArray?
        if isLast {
            scale += 1
            result = pass.picture
            picture = scale == pyramid.count ? finished(pass.picture) : pass.picture
        } else {
            self.run = run
        }
        return State(
            scale: isLast ? scale : scale + 1, scales: pyramid.count, iteration: run.iteration,
            iterations: iterations, loss: pass.loss, picture: picture)
    }

    /// The result at the input's size.
    private func finished(_ picture: NDArray) -> NDArray {
        image.filled(hole, with: picture.resizedBilinear(height: image.shape[1], width: image.shape[2]))
    }
}

/// The optimisation at one scale.
private struct ScaleRun: Sendable {
    /// The image and its hole, padded to whole features.
    let image: NDArray
    let hole: NDArray
    let height: Int
    let width: Int
    /// The loss with respect to the smaller scale, if there is one.
    let guide: RefinementLoss?
    var features: NDArray
    var optimizer: Adam
    /// Completed passes.
    var iteration = 0

    init(_ level: PyramidLevel, model: LaMaModel, smaller: NDArray?, rate: Float) {
        (height, width) = (level.image.shape[1], level.image.shape[2])
        let modulo = model.configuration.modulo
        // The reference refines with `reflect` padding although plain prediction uses `symmetric`.
        let image = level.image.extended(toMultipleOf: modulo, by: .reflection)
        let hole = level.hole.extended(toMultipleOf: modulo, by: .reflection)
        (self.image, self.hole) = (image, hole)
        guide = smaller.map { RefinementLoss(level: level, image: image, hole: hole, smaller: $0) }
        features = model.generator.front(Tensor(LaMaModel.input(image, hole: hole))).value
        optimizer = Adam(rate: rate)
    }

    /// One pass, followed by a gradient step if requested.
    /// - Returns: the loss and the image of this pass, before the step.
    mutating func pass(_ model: LaMaModel, descend: Bool) -> (loss: Float?, picture: NDArray) {
        iteration += 1
        let variable = descend ? Tensor.variable(features) : Tensor(features)
        let found = model.generator.rear(variable)
        let loss = guide.map {
            $0(found.sliced(axis: 1, 0..<height).sliced(axis: 2, 0..<width), whole: found)
        }
        if descend, let loss {
            let slope = gradients(of: loss, withRespectTo: [variable])[0]
            features = NDArray(0)
            var moved = variable.value
            optimizer.update(&moved, gradient: slope)
            features = moved
        }
        let picture = image.filled(hole, with: found.value)
            .sliced(axis: 1, 0..<height).sliced(axis: 2, 0..<width)
        return (loss?.value.scalar, picture)
    }
}
