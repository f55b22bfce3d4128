// How long a workload takes.

public import Arrays
import Foundation
import Lathe

/// The runs of one workload.
public struct Timing: Codable, Sendable {
    public var workload: String
    public var summary: String
    /// The checkpoint that was timed; nil where weights are random and of the published size.
    public var weights: String?
    /// What products with weights multiply.
    public var precision: Precision
    /// The kernels in use.
    public var tier: String
    /// Wall time of every timed run in seconds, in order; one run before them is not timed.
    public var seconds: [Double]
    public var median: Double
    public var minimum: Double
    /// 10^9 operations per second at the median; nil where the workload has no count, which is of the published
    /// size.
    public var gigaflopsPerSecond: Double?
    /// Most memory held from the first timed run to the last, weights included, in MiB.
    public var peakMebibytes: Int

    /// Times a workload.
    /// - Parameters:
    ///   - networks: what it runs.
    ///   - rounds: timed runs; 3 where nil, more of short ones, one of those that take more than 20 seconds.
    ///   - progress: called before each run with the runs done and of all; what it throws ends the timing.
    /// - Throws: what building the network throws.
    public static func of(
        _ workload: Workload, on networks: Networks = Networks(), rounds: Int? = nil,
        progress: (Int, Int) throws -> Void
    ) throws -> Timing {
        // What an earlier workload left would count as held by this one.
        StoragePool.trim()
        let work = try workload.prepare(networks), weights = networks.origin(of: workload.part)
        let first = try elapsed(work.run)
        let count = rounds ?? (first > 20 ? 1 : first > 1 ? 3 : first > 0.1 ? 7 : 15)
        PeakMemory.reset()
        let seconds = try (0..<count).map { done in
            try progress(done, count)
            return try elapsed(work.run)
        }
        let sorted = seconds.sorted(), median = (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
        return Timing(
            workload: workload.name, summary: workload.summary, weights: weights,
            precision: networks.precision, tier: "\(KernelTier.selected)", seconds: seconds, median: median,
            minimum: sorted[0],
            gigaflopsPerSecond: workload.gigaflops > 0 && weights == nil ? workload.gigaflops / median : nil,
            peakMebibytes: PeakMemory.mebibytes)
    }

    private static func elapsed(_ run: () throws -> Void) rethrows -> Double {
        let start = ContinuousClock.now
        try run()
        return (ContinuousClock.now - start) / .seconds(1)
    }

    /// The head of the table whose rows are ``row``.
    public static let head = "workload                 numbers     median s   minimum s   GFLOPS  peak MiB"

    /// One line; a checkpoint is named at its end.
    public var row: String {
        let rate = gigaflopsPerSecond.map { String(format: "%.0f", $0) } ?? "–"
        let padding = String(repeating: " ", count: max(1, 9 - rate.count))
        return workload.padding(toLength: 25, withPad: " ", startingAt: 0) + precision.rawValue
            + String(format: "%11.4f %11.4f", median, minimum) + padding + rate
            + String(format: "%10d", peakMebibytes) + (weights.map { "  " + $0 } ?? "")
    }
}
