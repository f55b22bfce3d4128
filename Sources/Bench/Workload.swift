// A benchmark workload.

import Lathe

/// A computation to time, by default with a network of published size and random weights; inputs are random.
public struct Workload: Sendable {
    /// Its name on the command line: lower case, with dashes.
    public let name: String
    /// One line: the network, the size of its input, the operation.
    public let summary: String
    /// Floating-point operations of one run in units of 10^9, 0 if not counted.
    ///
    /// Two for each multiply-add of matmul, convolution and attention, as counted by torch.utils.flop_counter, at the
    /// published size.
    public let gigaflops: Double
    /// The component of a model set that can replace the random weights, if any.
    let part: ModelSet.Part?
    /// Builds networks and inputs.
    let prepare: @Sendable (Networks) throws -> PreparedWork

    init(
        _ name: String, _ summary: String, gigaflops: Double = 0, of part: ModelSet.Part? = nil,
        prepare: @escaping @Sendable (Networks) throws -> PreparedWork
    ) {
        (self.name, self.summary, self.gigaflops) = (name, summary, gigaflops)
        (self.part, self.prepare) = (part, prepare)
    }

    /// All workloads, in the order of the table.
    public static let all = perception + diffusion + inpainting + field + jobs

    /// The workload of that name.
    public static func named(_ name: String) -> Workload? { all.first { $0.name == name } }
}
