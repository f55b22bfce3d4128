// Real-size checkpoints and cases that the scripts in this folder made.

import Arrays
import Autograd
import Checkpoints
import Foundation
import TestSupport
import Testing

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
    }

    subscript(_ name: String) -> NDArray {
        get throws { try file.array(name) }
    }

    /// Runs twice and prints the faster time and the process's peak memory beside what PyTorch took.
    func timed(_ name: String, _ body: () -> Tensor) -> Tensor {
        let clock = ContinuousClock()
        var best = Duration.seconds(1_000_000)
        var result = Tensor(NDArray(0))
        for _ in 0..<2 {
            best = min(best, clock.measure { result = body() })
        }
        let seconds = Double(best.components.seconds) + Double(best.components.attoseconds) * 1e-18
        let theirs = (try? String(contentsOfFile: folder + "/pytorch.json", encoding: .utf8)) ?? ""
        let flat = theirs.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        print("\(name): \(String(format: "%.2f", seconds)) s, peak \(peakMegabytes) MB; PyTorch \(flat)")
        return result
    }

    /// The most memory the process has held so far.
    private var peakMegabytes: Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM") } ?? ""
        return (line.split(separator: " ").compactMap { Int($0) }.first ?? 0) / 1024
    }
}
