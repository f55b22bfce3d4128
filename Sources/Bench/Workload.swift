// One thing that can be timed.

import Checkpoints

/// A piece of work on a network of published size, with random weights and inputs.
///
/// Time does not depend on the numbers, so no checkpoint is needed.
public struct Workload: Sendable {
    /// What it is called on the command line: lower case, with dashes.
    public let name: String
    /// One line for people: the network, the size of its input, what is done.
    public let summary: String
    /// Floating-point operations of one run in units of 10^9, 0 where there is no such count.
    ///
    /// Two for each multiply-add of matrix products, convolutions and attention, as torch.utils.flop_counter counts them.
    public let gigaflops: Double
    /// Builds networks and inputs; what it returns is timed.
    let prepare: @Sendable (_ weights: WeightScope) throws -> () throws -> Void

    init(
        _ name: String, _ summary: String, gigaflops: Double = 0,
        prepare: @escaping @Sendable (_ weights: WeightScope) throws -> () throws -> Void
    ) {
        (self.name, self.summary, self.gigaflops, self.prepare) = (name, summary, gigaflops, prepare)
    }

    /// All of them, in the order of the table.
    public static let all = perception + diffusion + inpainting + field + jobs

    /// The workload of a name.
    public static func named(_ name: String) -> Workload? { all.first { $0.name == name } }
}
