// Pictures as PAM files.

import Foundation

extension ToyPicture {
    /// Writes RGBA bytes as a PAM file.
    public func savePAM(_ path: String) throws {
        var data = Data(
            "P7\nWIDTH \(width)\nHEIGHT \(height)\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n".utf8)
        data.append(contentsOf: bytes)
        try data.write(to: URL(fileURLWithPath: path), options: .atomic)
    }
}
