// Where the starter models are looked for when no option names a set.

import Foundation

enum ModelFolders {
    /// The name of the set in each place.
    static let name = "Models/starter"

    /// Under the current folder; beside the program; in `share/lathe` of its prefix, where `lathe install` puts it; then
    /// upwards from the program, which is built inside the package.
    static var all: [String] {
        let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        var folder = program.deletingLastPathComponent()
        let prefix = folder.deletingLastPathComponent()
        var folders = [
            name, folder.appendingPathComponent(name).path,
            prefix.appendingPathComponent("share/lathe/\(name)").path,
        ]
        for _ in 0..<4 {
            folder.deleteLastPathComponent()
            let path = folder.appendingPathComponent(name).path
            if !folders.contains(path) { folders.append(path) }
            if folder.path == "/" { break }
        }
        return folders
    }
}
