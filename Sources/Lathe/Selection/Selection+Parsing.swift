// Parses points, boxes and growths from the command line and from files.

import Images

extension Selection.Point {
    /// Parses `x,y`, `x,y,+` or `x,y,-`.
    package init?(parsing text: String) {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count == 2 || parts.count == 3,
            let x = finiteNumber(parts[0]), let y = finiteNumber(parts[1])
        else { return nil }
        switch parts.count == 3 ? parts[2].trimmed : "+" {
        case "+", "1": self.init(x: x, y: y, isObject: true)
        case "-", "0": self.init(x: x, y: y, isObject: false)
        default: return nil
        }
    }
}

extension Selection.Box {
    /// Parses `x0,y0,x1,y1`.
    package init?(parsing text: String) {
        let values = text.split(separator: ",", omittingEmptySubsequences: false).map(finiteNumber)
        guard values.count == 4, let x0 = values[0], let y0 = values[1], let x1 = values[2],
            let y1 = values[3]
        else { return nil }
        self.init(left: x0, top: y0, right: x1, bottom: y1)
    }
}

extension Selection.Growth {
    /// Parses `N`, `-N`, `N%` or `-N%`.
    package init?(parsing text: String) {
        if text.hasSuffix("%") {
            guard let percent = finiteNumber(text.dropLast()), abs(percent) <= 100 else { return nil }
            self = .percent(percent)
        } else {
            guard let pixels = finiteNumber(text[...]), abs(pixels) <= 10_000 else { return nil }
            self = .pixels(pixels)
        }
    }
}

extension Selection.MaskIndex {
    /// Parses `auto`, `0`, `1` or `2`.
    package init?(parsing text: String) {
        switch text {
        case "auto": self = .auto
        case "0", "1", "2": self = .index(Int(text) ?? 0)
        default: return nil
        }
    }
}

private func finiteNumber(_ text: Substring) -> Float? {
    guard let value = Float(text.trimmed), value.isFinite else { return nil }
    return value
}
