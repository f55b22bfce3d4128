// `metrics.jsonl`: one line of figures per recorded step.

import Foundation

/// The figures of a run over its steps.
package struct MetricsLog {
    package struct Row: Codable, Hashable {
        package var step: Int
        package var values: [String: Double]
    }

    package private(set) var rows: [Row] = []

    package init() {}

    package mutating func add(step: Int, _ values: [String: Double]) {
        rows.removeAll { $0.step == step }
        rows.append(Row(step: step, values: values.filter { $0.value.isFinite }))
    }

    /// Forgets what a resumed run will do again.
    package mutating func truncate(after step: Int) { rows.removeAll { $0.step > step } }

    /// Names of the figures, sorted.
    package var names: [String] { Set(rows.flatMap(\.values.keys)).sorted() }

    package func series(_ name: String) -> [(step: Int, value: Double)] {
        rows.compactMap { row in row.values[name].map { (row.step, $0) } }
    }

    package func save(to path: String) throws {
        let lines = try rows.map { row in
            var object = row.values
            object["step"] = Double(row.step)
            return String(decoding: try LatheJSON.encode(object, pretty: false), as: UTF8.self)
        }
        try Disk.write(lines.joined(), to: path)
    }

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
