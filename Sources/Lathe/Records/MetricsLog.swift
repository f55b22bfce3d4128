// `metrics.jsonl`: one line of metrics per step.

import Foundation

/// The metrics of a run over its steps.
package struct MetricsLog {
    /// The metrics of one step.
    package struct Row: Codable, Hashable {
        /// Number of the step, from 1.
        package var step: Int
        /// Value by name; finite.
        package var values: [String: Double]
    }

    /// In the order of the steps.
    package private(set) var rows: [Row] = []

    /// An empty log.
    package init() {}

    /// Appends a step, or replaces it; non-finite values are dropped.
    package mutating func add(step: Int, _ values: [String: Double]) {
        rows.removeAll { $0.step == step }
        rows.append(Row(step: step, values: values.filter { $0.value.isFinite }))
    }

    /// Drops the steps after a checkpoint, which a resumed run repeats.
    package mutating func truncate(after step: Int) { rows.removeAll { $0.step > step } }

    /// Names of the metrics, sorted.
    package var names: [String] { Set(rows.flatMap(\.values.keys)).sorted() }

    /// The values of one metric over the steps.
    package func series(_ name: String) -> [(step: Int, value: Double)] {
        rows.compactMap { row in row.values[name].map { (row.step, $0) } }
    }

    /// Writes `metrics.jsonl`.
    /// - Throws: `LatheError` (`badInput`) if it cannot be written.
    package func save(to path: String) throws {
        let lines = try rows.map { row in
            var object = row.values
            object["step"] = Double(row.step)
            return String(decoding: try LatheJSON.encode(object, pretty: false), as: UTF8.self)
        }
        try Disk.write(lines.joined(), to: path)
    }

    /// Reads `metrics.jsonl`; empty if there is no such file.
    /// - Throws: `LatheError` (`badInput`) for a line that is not a record.
    package static func load(_ path: String) throws -> MetricsLog {
        var log = MetricsLog()
        guard isFile(path) else { return log }
        for line in try Disk.readText(path).split(whereSeparator: \.isNewline) {
            guard var object = try? JSONDecoder().decode([String: Double].self, from: Data(line.utf8)),
                let step = object.removeValue(forKey: "step"), step >= 0, step < 1e9
            else {
                throw LatheError.badInput(
                    "\(path) holds a line that is no record of this version; remove the file")
            }
            log.rows.append(Row(step: Int(step), values: object))
        }
        return log
    }
}
