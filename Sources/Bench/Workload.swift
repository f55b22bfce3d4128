// One thing that can be timed.

import Lathe

/// A piece of work on a network, by default one of published size with random weights; inputs are random.
public struct Workload: Sendable {
    /// What it is called on the command line: lower case, with dashes.
    public let name: String
    /// One line for people: the network, the size of its input, what is done.
    public let summary: String
    /// Floating-point operations of one run in units of 10^9, 0 where there is no such count.
    ///
    /// Two for each multiply-add of matrix products, convolutions and attention, as torch.utils.flop_counter counts them, at the
    /// published size.
    public let gigaflops: Double
    /// The part of a model set that can take the place of the random weights, if any.
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

    /// All of them, in the order of the table.
    public static let all = perception + diffusion + inpainting + field + jobs

    /// The workload of a name.
    public static func named(_ name: String) -> Workload? { all.first { $0.name == name } }
}
