// File names of a run directory, and what is cleared in it.

import Foundation

/// A run directory, `Renders/<name>/`.
struct RunDirectory {
    let path: String

    var input: String { "\(path)/input.png" }
    var mask: String { "\(path)/mask.png" }
    var object: String { "\(path)/object.png" }
    var overlay: String { "\(path)/overlay.png" }
    var caption: String { "\(path)/caption.txt" }
    var metrics: String { "\(path)/metrics.jsonl" }
    var record: String { "\(path)/run.json" }
    var field: String { "\(path)/field.safetensors" }
    var strip: String { "\(path)/strip.png" }
    var film: String { "\(path)/turntable.gif" }
    var movie: String { "\(path)/turntable.mp4" }
    var frames: String { "\(path)/turntable" }
    var progress: String { "\(path)/progress" }
    var mesh: String { "\(path)/mesh.glb" }
    var report: String { "\(path)/report.html" }

    /// All files and folders that a run writes.
    private var all: [String] {
        [
            input, mask, object, overlay, caption, metrics, record, field, strip, film, movie, frames,
            progress,
            mesh, report,
        ]
    }

    /// Makes the folder, and clears what an earlier run left in it.
    func prepare() throws {
        try Disk.createFolder(path)
        for path in all where FileManager.default.fileExists(atPath: path) {
            try remove(path)
        }
    }

    /// Removes what a run that could not begin has written, and the folder if nothing else is in it.
    ///
    /// Does what it can: the error that led here is the one to tell.
    func discard() {
        let manager = FileManager.default
        for path in all { try? manager.removeItem(atPath: path) }
        if (try? manager.contentsOfDirectory(atPath: path))?.isEmpty == true {
            try? manager.removeItem(atPath: path)
        }
    }

    /// Removes what later stages of a run wrote, before a resumed run writes it again.
    func clearResults() throws {
        for path in [strip, film, movie, frames, mesh, report]
        where FileManager.default.fileExists(atPath: path) {
            try remove(path)
        }
    }

    private func remove(_ path: String) throws {
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            throw LatheError.badInput("cannot replace \(path) of an earlier run; check its permissions")
        }
    }
}
