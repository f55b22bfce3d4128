// A line chart of a metric as inline SVG.

import Foundation

/// A line chart of one metric over the steps.
package struct ReportChart {
    let title: String
    let points: [(step: Int, value: Double)]

    /// - Parameters:
    ///   - title: shown above the chart.
    ///   - points: in the order of the steps.
    package init(title: String, points: [(step: Int, value: Double)]) {
        self.title = title
        self.points = points
    }

    private static let width = 320.0
    private static let height = 150.0
    private static let margin = (left: 46.0, right: 8.0, top: 22.0, bottom: 20.0)

    /// The SVG element; nil for fewer than two points.
    package var svg: String? {
        guard points.count > 1, let first = points.first, let last = points.last else { return nil }
        let values = points.map(\.value)
        let low = values.min() ?? 0
        let high = max(values.max() ?? 1, low + 1e-9)
        let (w, h, m) = (Self.width, Self.height, Self.margin)
        let steps = Double(max(1, last.step - first.step))
        func x(_ step: Int) -> Double { m.left + Double(step - first.step) / steps * (w - m.left - m.right) }
        func y(_ value: Double) -> Double { m.top + (high - value) / (high - low) * (h - m.top - m.bottom) }
        let line = points.map { "\(short(x($0.step))),\(short(y($0.value)))" }.joined(separator: " ")
        return """
            <svg viewBox="0 0 \(short(w)) \(short(h))" role="img" aria-label="\(escaped(title)) over the steps">
            <text x="\(short(m.left))" y="14" class="t">\(escaped(title))</text>
            <line x1="\(short(m.left))" y1="\(short(y(low)))" x2="\(short(w - m.right))" y2="\(short(y(low)))" class="a"/>
            <line x1="\(short(m.left))" y1="\(short(y(high)))" x2="\(short(w - m.right))" y2="\(short(y(high)))" class="a"/>
            <text x="\(short(m.left - 4))" y="\(short(y(high) + 4))" class="n e">\(figure(high))</text>
            <text x="\(short(m.left - 4))" y="\(short(y(low) + 4))" class="n e">\(figure(low))</text>
            <text x="\(short(m.left))" y="\(short(h - 5))" class="n">\(first.step)</text>
            <text x="\(short(w - m.right))" y="\(short(h - 5))" class="n e">\(last.step)</text>
            <polyline points="\(line)" class="l"/>
            </svg>
            """
    }
}

private func short(_ value: Double) -> String { String(format: "%.1f", value) }
