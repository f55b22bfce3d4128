// The printable characters that represent bytes in byte-level vocabularies.

/// Printable Latin-1 bytes represent themselves, the other 68 are U+0100…U+0143 in order (GPT-2's table).
enum ByteAlphabet {
    private static let scalars: [Unicode.Scalar] = {
        var result: [Unicode.Scalar] = []
        var spare: UInt32 = 0x100
        for byte in UInt8.min...UInt8.max {
            if isPrintable(byte) {
                result.append(Unicode.Scalar(byte))
            } else if let scalar = Unicode.Scalar(spare) {
                result.append(scalar)
                spare += 1
            }
        }
        return result
    }()

    private static let bytes = Dictionary(
        uniqueKeysWithValues: scalars.enumerated().map { ($1, UInt8($0)) })

    private static func isPrintable(_ byte: UInt8) -> Bool {
        (33...126).contains(byte) || (161...172).contains(byte) || byte >= 174
    }

    static func scalar(_ byte: UInt8) -> Unicode.Scalar { scalars[Int(byte)] }

    /// The byte of a character, nil if it represents none.
    static func byte(_ scalar: Unicode.Scalar) -> UInt8? { bytes[scalar] }

    /// The vocabulary order of OpenAI's merges file: printable bytes first, then the others.
    static var vocabularyOrder: [Unicode.Scalar] {
        let all = UInt8.min...UInt8.max
        return (all.filter(isPrintable) + all.filter { !isPrintable($0) }).map(scalar)
    }
}
