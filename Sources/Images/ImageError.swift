// The one error of this target: a picture that cannot be read, written or used.

import Files

/// A picture that cannot be read or written; one line that says what, where and what to do.
public struct ImageError: Error, CustomStringConvertible, Sendable {
    /// The file at fault.
    public let path: String
    /// What is wrong with it.
    public let reason: String

    public init(path: String, reason: String) {
        self.path = path
        self.reason = reason.singleLine
    }

    public var description: String { "\(path.singleLine): \(reason)" }
}

extension ImageError {
    init(_ error: FileError) {
        self.init(path: error.path, reason: error.reason)
    }
}
