// The checksum of zip archives.

/// CRC-32 with the polynomial of IEEE 802.3, eight bytes at a time (Kounavis & Berry 2005, "slicing-by-8").
enum CRC32 {
    /// The checksum of `bytes`; 0 for none.
    static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        guard let start = bytes.baseAddress else { return 0 }
        return tables.withUnsafeBufferPointer { tables in
            guard let table = tables.baseAddress else { return 0 }
            var crc = UInt32.max
            var offset = 0
            while offset &+ 8 <= bytes.count {
                let word = UInt64(littleEndian: start.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
                let low = UInt32(truncatingIfNeeded: word) ^ crc
                let high = UInt32(truncatingIfNeeded: word >> 32)
                crc = table[0x700 &+ Int(low & 0xFF)] ^ table[0x600 &+ Int((low >> 8) & 0xFF)]
                crc ^= table[0x500 &+ Int((low >> 16) & 0xFF)] ^ table[0x400 &+ Int(low >> 24)]
                crc ^= table[0x300 &+ Int(high & 0xFF)] ^ table[0x200 &+ Int((high >> 8) & 0xFF)]
                crc ^= table[0x100 &+ Int((high >> 16) & 0xFF)] ^ table[Int(high >> 24)]
                offset &+= 8
            }
            while offset < bytes.count {
                crc = (crc >> 8) ^ table[Int((crc ^ UInt32(bytes[offset])) & 0xFF)]
                offset &+= 1
            }
            return ~crc
        }
    }

    /// Eight tables of 256, concatenated: the effect of a byte followed by 0 to 7 zero bytes.
    private static let tables: [UInt32] = {
        var tables: [UInt32] = []
        for byte in UInt32(0)..<256 {
            var crc = byte
            for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ 0xEDB8_8320 : crc >> 1 }
            tables.append(crc)
        }
        for index in 256..<8 * 256 {
            let before = tables[index - 256]
            tables.append((before >> 8) ^ tables[Int(before & 0xFF)])
        }
        return tables
    }()
}
