// What can go wrong with a field that comes from outside the program.

/// A one-line account of a bad configuration, checkpoint or data set: what, where, what to do.
public struct FieldError: Error, CustomStringConvertible, Sendable, Equatable {
    public let description: String

    package init(_ description: String) { self.description = description }

    static func require(_ condition: Bool, _ key: String, _ value: String, _ allowed: String) throws {
        if !condition { throw FieldError("field configuration: \(key) is \(value); it must be \(allowed)") }
    }
}
