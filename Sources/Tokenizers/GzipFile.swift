// Reading of gzip files, for OpenAI's merges file. The only file that imports zlib.

import CZlib

/// Inflates a gzip file to at most `limit` bytes.
///
/// Throws `TokenizerError` if it is not gzip or is truncated.
func readGzip(_ path: String, limit: Int = 64 << 20) throws -> Bytes {
    var input = try readFile(path)
    guard input.starts(with: [0x1F, 0x8B]) else { throw TokenizerError(path, "is not a gzip file") }
    var stream = z_stream()
    // 15 window bits, plus 16 to accept a gzip wrapper only.
    let opened = inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard opened == Z_OK else { throw TokenizerError(path, "zlib does not start (code \(opened))") }
    defer { inflateEnd(&stream) }

    var output: Bytes = []
    var chunk = Bytes(repeating: 0, count: 1 << 18)
    var status = Z_OK
    input.withUnsafeMutableBufferPointer { source in
        stream.next_in = source.baseAddress
        stream.avail_in = UInt32(source.count)
        while status == Z_OK, output.count <= limit {
            chunk.withUnsafeMutableBufferPointer { target in
                stream.next_out = target.baseAddress
                stream.avail_out = UInt32(target.count)
                status = inflate(&stream, Z_NO_FLUSH)
                output.append(contentsOf: target.prefix(target.count - Int(stream.avail_out)))
            }
        }
    }
    guard output.count <= limit else { throw TokenizerError(path, "inflates to more than \(limit >> 20) MB") }
    guard status == Z_STREAM_END else {
        throw TokenizerError(path, "is a damaged or cut gzip file; fetch it again")
    }
    return output
}
