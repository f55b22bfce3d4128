// The results of an edit: all of them appear, or none does.

import Files
import Foundation
import Images

/// Files that are written beside their places and put there together.
///
/// Dropping it uncommitted removes what was written.
final class EditFiles {
    private var files: [AtomicFile] = []
    /// Where they go.
    private(set) var paths: [String] = []

    /// Writes a picture; the name's ending says in which format.
    func add(_ picture: Image, at path: String, bits: Int = 8, colorProfile: [UInt8] = []) throws {
        let bytes = try LatheError.asking(.badInput) {
            switch (path as NSString).pathExtension.lowercased() {
            // Laid over white here, so that grey stays grey and fits its profile.
            case "jpg", "jpeg":
                try picture.composited(over: [1]).jpeg(quality: 95, colorProfile: colorProfile, path: path)
            default: try picture.png(bits: bits, colorProfile: colorProfile, path: path)
            }
        }
        try add(bytes, at: path)
    }

    /// Writes a record.
    func add(_ record: some Encodable, at path: String) throws {
        try add([UInt8](try LatheJSON.encode(record)), at: path)
    }

    /// Puts every file in its place, in the order in which they were added.
    func commit() throws {
        try LatheError.asking(.badInput) {
            for file in files { try file.commit() }
        }
        files = []
    }

    private func add(_ bytes: [UInt8], at path: String) throws {
        try LatheError.asking(.badInput) {
            let file = try AtomicFile(path: path)
            try file.write(bytes)
            // A full disk must be found before the first file is in its place.
            try file.flush()
            files.append(file)
            paths.append(path)
        }
    }
}
