// Comparisons of arrays by relative error, with messages that show where they part.
package import Arrays
package import Testing

/// How far `actual` is from `expected`.
package struct Difference: CustomStringConvertible {
    /// sqrt(Σ (a - e)² / Σ e²); the plain norm of `actual` where `expected` is zero.
    package let relative: Double
    /// Normalised mean square error: the square of `relative`.
    package var nmse: Double { relative * relative }
    package let worst: (index: Int, actual: Float, expected: Float)?

    package init(_ actual: [Float], _ expected: [Float]) {
        var error = 0.0, norm = 0.0, largest = -1.0
        var worst: (Int, Float, Float)?
        for (i, (a, e)) in zip(actual, expected).enumerated() {
            // Equal infinities count as equal; anything else that is not finite counts as wrong.
            let d = a == e ? 0 : Double(a) - Double(e)
            error += d * d
            if e.isFinite { norm += Double(e) * Double(e) }
            if !(abs(d) <= largest) {
                largest = d.isNaN ? .infinity : abs(d)
                worst = (i, a, e)
            }
        }
        relative = norm > 0 ? (error / norm).squareRoot() : error.squareRoot()
        self.worst = worst
    }

    package var description: String {
        let place = worst.map { "; worst at \($0.index): \($0.actual), expected \($0.expected)" } ?? ""
        return "relative error \(relative)\(place)"
    }
}

/// Records an issue unless shapes agree and the relative error is at most `relative`.
package func expectClose(
    _ actual: NDArray, _ expected: NDArray, relative tolerance: Double = 1e-5, _ comment: String = "",
    sourceLocation: SourceLocation = #_sourceLocation
) {
    guard actual.shape == expected.shape else {
        Issue.record(
            "\(comment) shape \(actual.shape), expected \(expected.shape)", sourceLocation: sourceLocation)
        return
    }
    expectClose(
        actual.scalars, expected.scalars, relative: tolerance, comment, sourceLocation: sourceLocation)
}

/// The same for plain lists.
package func expectClose(
    _ actual: [Float], _ expected: [Float], relative tolerance: Double = 1e-5, _ comment: String = "",
    sourceLocation: SourceLocation = #_sourceLocation
) {
    guard actual.count == expected.count else {
        Issue.record(
            "\(comment) \(actual.count) values, expected \(expected.count)", sourceLocation: sourceLocation)
        return
    }
    let difference = Difference(actual, expected)
    if !(difference.relative <= tolerance) {
        Issue.record(
            "\(comment) \(difference), allowed \(tolerance)", sourceLocation: sourceLocation)
    }
}

/// Records an issue unless shapes and every bit agree.
package func expectIdentical(
    _ actual: NDArray, _ expected: NDArray, _ comment: String = "",
    sourceLocation: SourceLocation = #_sourceLocation
) {
    let same =
        actual.shape == expected.shape
        && zip(actual.scalars, expected.scalars).allSatisfy { $0.bitPattern == $1.bitPattern }
    if !same {
        Issue.record("\(comment) not the same bits: \(actual), \(expected)", sourceLocation: sourceLocation)
    }
}
