// `report.html`: a self-contained page about a run.

import Foundation

/// The report of a run, with pictures embedded.
struct Report {
    let record: RunRecord
    let metrics: MetricsLog
    /// The run directory.
    let folder: String

    func write() throws {
        try Disk.write(try html(), to: "\(folder)/report.html")
    }

    func html() throws -> String {
        let title = escaped((folder as NSString).lastPathComponent)
        return """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><title>\(title) – Lathe</title>
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <style>\(Self.style)</style></head><body>
            <h1>\(title)</h1>
            <p class="c">\(escaped(record.caption ?? ""))</p>
            \(try section("From the photograph", pictures(["input.png", "overlay.png", "mask.png", "object.png"])))
            \(try section("The object", pictures(["turntable.gif"]) + turn()))
            \(try section("While it grew", progress()))
            \(try section("Curves", charts))
            \(try section("Scores", table(record.scores.sorted { $0.key < $1.key }.map { ($0.key, figure($0.value)) })))
            \(try section("Notes", notes))
            \(try section("How it was made", table(facts)))
            <p class="f">mesh.glb, field.safetensors and run.json lie beside this page. Lathe \(record.version)</p>
            </body></html>

            """
    }

    // MARK: Parts

    private func section(_ title: String, _ body: String) throws -> String {
        body.isEmpty ? "" : "<h2>\(escaped(title))</h2>\n<div class=\"g\">\(body)</div>"
    }

    private func pictures(_ names: [String]) throws -> String {
        try names.filter { isFile("\(folder)/\($0)") }.map { name in
            let kind = name.hasSuffix(".gif") ? "gif" : "png"
            let data = try Disk.read("\(folder)/\(name)").base64EncodedString()
            let label = escaped(((name as NSString).lastPathComponent as NSString).deletingPathExtension)
            return "<figure><img alt=\"\(label)\" src=\"data:image/\(kind);base64,\(data)\">"
                + "<figcaption>\(label)</figcaption></figure>"
        }.joined(separator: "\n")
    }

    /// Up to six evenly spaced frames of the turntable.
    private func turn() throws -> String {
        let names = listing("turntable")
        guard !names.isEmpty else { return "" }
        let count = min(6, names.count)
        return try pictures((0..<count).map { "turntable/\(names[$0 * names.count / count])" })
    }

    private func progress() throws -> String {
        let names = listing("progress")
        guard !names.isEmpty else { return "" }
        let count = min(6, names.count)
        return try pictures(
            (0..<count).map { "progress/\(names[count == 1 ? 0 : $0 * (names.count - 1) / (count - 1)])" })
    }

    private func listing(_ name: String) -> [String] {
        let entries = try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(name)")
        return (entries ?? []).filter { $0.hasSuffix(".png") }.sorted()
    }

    private var charts: String {
        metrics.names.compactMap { ReportChart(title: $0, points: metrics.series($0)).svg }.joined(
            separator: "\n")
    }

    private var notes: String {
        record.notes.isEmpty
            ? "" : "<ul>" + record.notes.map { "<li>\(escaped($0))</li>" }.joined() + "</ul>"
    }

    private func table(_ rows: [(String, String)]) -> String {
        guard !rows.isEmpty else { return "" }
        let cells = rows.map { "<tr><th>\(escaped($0.0))</th><td>\(escaped($0.1))</td></tr>" }
        return "<table>\(cells.joined(separator: "\n"))</table>"
    }

    private var facts: [(String, String)] {
        var facts = [
            ("command", record.command), ("preset", record.options.preset.rawValue),
            ("seed", "\(record.seed)"),
            ("input", "\(record.input.path), \(record.input.width) x \(record.input.height)"),
            ("input SHA-256", record.input.sha256),
            (
                "machine",
                "\(record.machine.system), \(record.machine.cpuTier), OpenBLAS \(record.machine.openBLASCore)"
            ),
            ("threads", "\(record.machine.threads)"),
        ]
        facts += record.stages.map { ("time, \($0.name)", String(format: "%.1f s", $0.seconds)) }
        for model in record.models {
            for (file, digest) in model.sha256.sorted(by: { $0.key < $1.key }) {
                facts.append(("\(model.part)/\(file)", digest))
            }
        }
        return facts
    }

    private static let style = """
        body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color:#222}
        h1{margin-bottom:0}h2{font-size:1.05rem;margin:2rem 0 .5rem}.c{color:#555;margin-top:.2rem}
        .g{display:flex;flex-wrap:wrap;gap:12px}figure{margin:0}figcaption{color:#777;font-size:.8rem}
        img{display:block;max-height:260px;max-width:100%;background:conic-gradient(#eee 25%,#fff 0 50%,#eee 0 75%,#fff 0) 0/16px 16px}
        svg{width:320px;height:150px;background:#fafafa}.t{font-size:12px}.n{font-size:10px;fill:#777}.e{text-anchor:end}
        .a{stroke:#ddd}.l{fill:none;stroke:#2b6cb0;stroke-width:1.5}
        th{text-align:left;font-weight:normal;color:#555;padding-right:1.5rem;vertical-align:top}
        td{overflow-wrap:anywhere}.f{color:#777;margin-top:2rem}
        """
}
