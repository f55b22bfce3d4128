// Timing of workloads.

public import Arrays
import Foundation
import Lathe

/// The runs of one workload.
public struct Timing: Codable, Sendable {
    public var workload: String
    public var summary: String
    /// The checkpoint that was timed; nil for random weights of published size.
    public var weights: String?
    /// The matmul precision.
    public var precision: Precision
    /// The kernel tier.
    public var tier: String
    /// Wall time of every timed run in seconds, in order; a warm-up run before them is not timed.
    public var seconds: [Double]
    public var median: Double
    public var minimum: Double
    /// 10^9 operations per second at the median; nil if the workload has no operation count, which is for published
    /// sizes.
    public var gigaflopsPerSecond: Double?
    /// Peak memory from the first timed run to the last, weights included, in MiB.
    public var peakMebibytes: Int

    /// Times a workload.
    /// - Parameters:
    ///   - networks: the source of its networks.
    ///   - rounds: number of timed runs; if nil 3, more for short ones, one for those that take more than 20 seconds.
    ///   - progress: called before each run with the number of completed runs and the total; an error ends the
    ///     timing.
    /// - Throws: errors of building the network.
    public static func of(
        _ workload: Workload, on networks: Networks = Networks(), rounds: Int? = nil,
        progress: (Int, Int) throws -> Void
    ) throws -> Timing {
        // Memory kept from an earlier workload would count for this one.
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

    /// The header of the table with rows ``row``.
    public static let head = "workload                 numbers     median s   minimum s   GFLOPS  peak MiB"

    /// One row; a checkpoint is named at its end.
    public var row: String {
        let rate = gigaflopsPerSecond.map { String(format: "%.0f", $0) } ?? "–"
        let padding = String(repeating: " ", count: max(1, 9 - rate.count))
        return workload.padding(toLength: 25, withPad: " ", startingAt: 0) + precision.rawValue
            + String(format: "%11.4f %11.4f", median, minimum) + padding + rate
            + String(format: "%10d", peakMebibytes) + (weights.map { "  " + $0 } ?? "")
    }
}
