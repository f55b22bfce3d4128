// Copies the program and what belongs to it under a prefix.

import Files
import Foundation
import Lathe

/// What `lathe install` puts where.
struct Installation: Encodable {
    /// The program, the folder of its models, its manual page and completions: the files and folders written.
    private(set) var written: [String] = []

    private let prefix: String

    private enum CodingKeys: CodingKey { case written }

    /// - Parameter prefix: the folder that gets `bin` and `share`; missing ones are made.
    /// - Throws: `LatheError` (`badInput`) if the running program is the one that would be replaced.
    init(prefix: String) throws {
        self.prefix = prefix
        let path = "\(prefix)/bin/lathe"
        guard URL(fileURLWithPath: path).resolvingSymlinksInPath().path != Installation.program else {
            throw LatheError(.badInput, "\(path) is this program; run the one that is to be installed")
        }
    }

    private static let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path

    /// Copies the running program.
    /// - Throws: `LatheError` (`badInput`) with the system's reason.
    mutating func addProgram() throws {
        let path = try place("bin", "lathe")
        try LatheError.asking(.badInput) {
            let program = try MappedFile(path: Installation.program)
            let file = try AtomicFile(path: path)
            try file.write(program.bytes)
            try file.commit()
        }
        guard chmod(path, 0o755) == 0 else { throw failure(path) }
        written.append(path)
    }

    /// Copies a model set as the one that the installed program finds.
    mutating func addModels(_ folder: String) throws {
        let path = "\(prefix)/share/lathe/\(ModelFolders.name)"
        let source = URL(fileURLWithPath: folder).resolvingSymlinksInPath().path
        guard source != URL(fileURLWithPath: path).resolvingSymlinksInPath().path else {
            throw LatheError(.badInput, "\(path) holds the models that would be copied; leave --models out")
        }
        try LatheError.asking(.badInput) {
            try writeFolder(path) { target in
                guard let walk = FileManager.default.enumerator(atPath: source) else {
                    throw LatheError(.modelUnusable, "\(folder) cannot be read")
                }
                for case let name as String in walk {
                    if isFolder("\(source)/\(name)") {
                        try makeFolders("\(target)/\(name)")
                        continue
                    }
                    let content = try MappedFile(path: "\(source)/\(name)")
                    let file = try AtomicFile(path: "\(target)/\(name)")
                    try file.write(content.bytes)
                    try file.commit()
                }
            }
        }
        written.append(path)
    }

    /// Writes a text, such as the manual page, under `share`.
    mutating func add(_ text: String, in folder: String, _ name: String) throws {
        let path = try place("share/\(folder)", name)
        try Disk.write(text, to: path)
        written.append(path)
    }

    private func place(_ folder: String, _ name: String) throws -> String {
        let folder = "\(prefix)/\(folder)"
        try LatheError.asking(.badInput) { _ = try makeFolders(folder) }
        return "\(folder)/\(name)"
    }

    private func failure(_ path: String) -> LatheError {
        LatheError(
            .badInput, "\(path) cannot be made executable: \(String(cString: strerror(errno)).lowercased())")
    }
}
