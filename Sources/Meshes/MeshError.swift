// The error type of reading and writing meshes.

import Files

/// A mesh file that cannot be read or written, and the reason.
public struct MeshError: Error, CustomStringConvertible, Sendable {
    public let path: String
    public let reason: String

    package init(path: String, reason: String) {
        self.path = path
        self.reason = reason
    }

    public var description: String { "\(path.quotedForMessage): \(reason.singleLine)" }

    /// Runs `body`, converting file errors to mesh errors.
    static func wrap<R>(_ path: String, _ body: () throws -> R) throws(MeshError) -> R {
        do {
            return try body()
        } catch let error as MeshError {
            throw error
        } catch let error as FileError {
            throw MeshError(path: error.path, reason: error.reason)
        } catch {
            throw MeshError(path: path, reason: "cannot be used: \(error)")
        }
    }
}
