// One harness for every differentiable operation: pullback against finite differences.
package import Arrays
package import Autograd
package import Testing

/// Compares the gradients of `operation` with central differences of a random projection of its result.
///
/// The loss is `Σ r · operation(inputs)` with fixed random `r`, summed in double precision.
/// - Parameters:
///   - step: half the width of the difference; float32 evaluation limits how small it may be.
///   - tolerance: allowed relative error per input. Differences of float32 functions carry about 1e-3.
///   - samples: at most so many entries per input are perturbed, spread evenly.
package func expectGradients(
    _ name: String = "", of inputs: [NDArray], step: Float = 1e-2, tolerance: Double = 5e-3,
    samples: Int = 24,
    sourceLocation: SourceLocation = #_sourceLocation, _ operation: ([Tensor]) -> Tensor
) {
    let variables = inputs.map { Tensor.variable($0) }
    let output = operation(variables)
    var stream = RandomStream(seed: 7, stream: "gradient check")
    let projection = stream.normal(output.shape)
    let analytic = gradients(of: output, seed: projection, withRespectTo: variables)
    for (k, input) in inputs.enumerated() {
        guard analytic[k].shape == input.shape else {
            Issue.record(
                "\(name) input \(k): gradient of shape \(analytic[k].shape) for \(input.shape)",
                sourceLocation: sourceLocation)
            continue
        }
        let stride = max(1, input.count / samples)
        var measured: [Float] = [], claimed: [Float] = []
        for i in Swift.stride(from: 0, to: input.count, by: stride) {
            func loss(_ delta: Float) -> Double {
                var moved = inputs
                moved[k].withUnsafeMutableBuffer { $0[i] += delta }
                return operation(moved.map { Tensor($0) }).value.dot(projection)
            }
            measured.append(Float((loss(step) - loss(-step)) / (2 * Double(step))))
            claimed.append(analytic[k].scalars[i])
        }
        expectClose(
            claimed, measured, relative: tolerance, "\(name) gradient of input \(k):",
            sourceLocation: sourceLocation)
    }
}
