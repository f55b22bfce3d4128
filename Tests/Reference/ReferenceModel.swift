// Real-size checkpoints and cases that the scripts in this folder made.

import Arrays
import Checkpoints
import Foundation
import TestSupport
import Testing

/// All comparisons, one after the other: time and memory are those of one.
@Suite(.serialized) enum ReferenceTests {}

/// A folder under `LATHE_REFERENCE` with a checkpoint, `case.safetensors`, and PyTorch's times in `pytorch.json`.
struct ReferenceModel {
    let folder: String
    private let file: SafetensorsFile

    private static let root = ProcessInfo.processInfo.environment["LATHE_REFERENCE"] ?? ""

    static func exists(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: "\(root)/\(name)/case.safetensors")
    }

    static func absent(_ name: String) -> Comment {
        "LATHE_REFERENCE names no folder with '\(name)'; a script in Tests/Reference makes it"
    }

    init(_ name: String) throws {
        folder = "\(ReferenceModel.root)/\(name)"
        file = try SafetensorsFile(path: folder + "/case.safetensors")
        // What earlier comparisons held does not count.
        StoragePool.trim()
        try "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8)
    }

    subscript(_ name: String) -> NDArray {
        get throws { try file.array(name) }
    }

    /// Prints how far a value is from the reference's, and records an issue beyond 1e-4 in float32 and 0.05 in bfloat16.
    func compare(
        _ value: NDArray, _ name: String, in precision: Precision = .float32, with expected: String
    ) throws {
        compare(value, name, in: precision, with: try self[expected])
    }

    /// - Parameters:
    ///   - float32: what float32 may be off by.
    ///   - bound: what bfloat16 may be off by.
    func compare(
        _ value: NDArray, _ name: String, in precision: Precision = .float32, float32: Double = 1e-4,
        bound: Double = 0.05, with expected: NDArray
    ) {
        print("\(name), \(precision.rawValue): \(Difference(value.scalars, expected.scalars))")
        expectClose(value, expected, relative: precision == .float32 ? float32 : bound, name)
    }

    /// Runs `rounds` times and prints the fastest wall time, its processor time and the process's peak memory beside
    /// what PyTorch took.
    func timed<R>(_ name: String, rounds: Int = 2, _ body: () throws -> R) rethrows -> R {
        let start = (wall: Date(), processor: processorSeconds)
        var result = try body()
        var best = (wall: Date().timeIntervalSince(start.wall), processor: processorSeconds - start.processor)
        for _ in 1..<max(1, rounds) {
            let again = (wall: Date(), processor: processorSeconds)
            result = try body()
            let wall = Date().timeIntervalSince(again.wall)
            if wall < best.wall { best = (wall, processorSeconds - again.processor) }
        }
        let theirs = (try? String(contentsOfFile: folder + "/pytorch.json", encoding: .utf8)) ?? ""
        let flat = theirs.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        let times = String(format: "%.2f s (processor %.2f s)", best.wall, best.processor)
        print("\(name): \(times), peak \(peakMegabytes) MB; PyTorch \(flat)")
        return result
    }

    /// Processor time of all threads so far.
    private var processorSeconds: Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        let (user, system) = (usage.ru_utime, usage.ru_stime)
        return Double(user.tv_sec + system.tv_sec) + Double(user.tv_usec + system.tv_usec) / 1e6
    }

    /// The most memory the process has held since the case was opened.
    var peakMegabytes: Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM") } ?? ""
        return (line.split(separator: " ").compactMap { Int($0) }.first ?? 0) / 1024
    }
}
