// Errors of field configurations, checkpoints and data sets.

/// An invalid configuration, checkpoint or data set; one line with the problem, the file and the remedy.
public struct FieldError: Error, CustomStringConvertible, Sendable, Equatable {
    public let description: String

    package init(_ description: String) { self.description = description }

    static func require(_ condition: Bool, _ key: String, _ value: String, _ allowed: String) throws {
        if !condition { throw FieldError("field configuration: \(key) is \(value); it must be \(allowed)") }
    }
}
