// Adds the commit that is checked out to the target `Revision`.

import Foundation
import PackagePlugin

/// Writes a source file with what `git describe` says, again after each commit or checkout only.
@main struct NameRevision: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        let root = context.package.directoryURL
        guard let log = headLog(of: root) else { return [] }
        let output = context.pluginWorkDirectoryURL.appending(path: "Revision+Name.swift")
        // A build must not fail for want of git, or of a repository that it trusts.
        let script = """
            name=$(git -C "$0" describe --tags --always --long --match 'v[0-9]*' 2>/dev/null | tr -cd 'A-Za-z0-9._-')
            if [ -n "$name" ]; then
                echo "extension Revision: NamedRevision { static var name: String { \\"$name\\" } }"
            fi > "$1"
            """
        return [
            .buildCommand(
                displayName: "Naming the commit", executable: URL(filePath: "/bin/sh"),
                arguments: ["-c", script, root.path, output.path], inputFiles: [log], outputFiles: [output])
        ]
    }

    /// The file of a repository to which each commit and checkout adds a line; nil outside one.
    private func headLog(of root: URL) -> URL? {
        let git = root.appending(path: ".git")
        var folder = git
        // In a further working tree `.git` is a file that names the folder.
        if let text = try? String(contentsOf: git, encoding: .utf8), text.hasPrefix("gitdir: ") {
            let path = text.dropFirst("gitdir: ".count).trimmingCharacters(in: .whitespacesAndNewlines)
            folder = URL(filePath: path, relativeTo: root)
        }
        let log = folder.appending(path: "logs/HEAD")
        return FileManager.default.fileExists(atPath: log.path) ? log : nil
    }
}
