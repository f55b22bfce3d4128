// Encodes numbered frames as .mp4 with `ffmpeg`.

import Foundation

/// Runs `ffmpeg` on frames on disk.
struct Movie {
    /// Path of the `ffmpeg` program.
    let program: String

    /// Encodes `folder/000.png`, `001.png` … as H.264.
    ///
    /// Writes to a temporary file and renames it, so that a failure leaves no partial film.
    /// - Parameters:
    ///   - folder: holds the frames.
    ///   - framesPerSecond: rate of the film.
    ///   - path: the film.
    /// - Returns: nil on success, else the first line of the encoder's message.
    func encode(framesIn folder: String, framesPerSecond: Int, to path: String) -> String? {
        // A whole path begins neither with a dash, which would make it an option, nor with the name of a protocol.
        let whole = URL(fileURLWithPath: path).path
        let temporary = "\(whole).\(ProcessInfo.processInfo.processIdentifier).part.mp4"
        let pattern = URL(fileURLWithPath: folder).path.replacingOccurrences(of: "%", with: "%%")
        defer { try? FileManager.default.removeItem(atPath: temporary) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = [
            "-nostdin", "-y", "-loglevel", "error", "-framerate", "\(framesPerSecond)", "-pattern_type",
            "sequence",
            "-i", "\(pattern)/%03d.png",
            // yuv420p needs even sides: a last odd line is left out.
            "-vf", "crop=trunc(iw/2)*2:trunc(ih/2)*2:0:0", "-c:v", "libx264", "-crf", "18", "-pix_fmt",
            "yuv420p",
            "-movflags", "+faststart", temporary,
        ]
        let errors = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = errors
        do {
            try process.run()
        } catch {
            return "ffmpeg could not be started"
        }
        let text = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            let line =
                String(decoding: text, as: UTF8.self).split(whereSeparator: \.isNewline).first
                ?? "no reason given"
            return "ffmpeg failed: \(line)"
        }
        return rename(temporary, whole) == 0 ? nil : "the film could not be put in its place"
    }
}
