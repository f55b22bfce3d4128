// The header of a safetensors file: names, element types, shapes and byte ranges, checked in full.

import Files

/// Element types of the format.
public enum ElementType: String, Sendable, CaseIterable {
    case f64 = "F64"
    case f32 = "F32"
    case f16 = "F16"
    case bf16 = "BF16"
    case i64 = "I64"
    case i32 = "I32"
    case i16 = "I16"
    case i8 = "I8"
    case u64 = "U64"
    case u32 = "U32"
    case u16 = "U16"
    case u8 = "U8"
    case bool = "BOOL"
    case f8e4m3 = "F8_E4M3"
    case f8e5m2 = "F8_E5M2"

    /// Bytes of one element.
    public var size: Int {
        switch self {
        case .f64, .i64, .u64: 8
        case .f32, .i32, .u32: 4
        case .f16, .bf16, .i16, .u16: 2
        case .i8, .u8, .bool, .f8e4m3, .f8e5m2: 1
        }
    }
}

/// A tensor of a file: its type, shape, and position in the data.
public struct TensorEntry: Sendable, Equatable {
    public let type: ElementType
    public let shape: [Int]
    /// Bytes from the start of the data, which begins right after the header.
    public let range: Range<Int>

    public var count: Int { range.count / type.size }
}

/// The parsed header of a safetensors file.
///
/// Layout: eight bytes little-endian length `n`, then `n` bytes of JSON
/// `{"name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, …, "__metadata__": {"key": "text"}}`,
/// then the data, covered exactly once. Source: README of huggingface/safetensors, section "Format".
struct SafetensorsHeader {
    /// The format's limit, which bounds the memory for headers.
    static let sizeLimit = 100_000_000
    static let rankLimit = 32

    var entries: [String: TensorEntry] = [:]
    var metadata: [String: String] = [:]
    var dataStart = 0

    /// Parses and checks the header of `file`, the whole content of a file; the error has the reason only.
    init(_ file: UnsafeRawBufferPointer) throws(JSONFault) {
        guard !file.isEmpty else { throw JSONFault(offset: 0, reason: "the file is empty") }
        if file.starts(with: "version https://git-lfs".utf8) {
            throw JSONFault(
                offset: 0, reason: "a Git LFS pointer instead of the weights; fetch them with 'git lfs pull'")
        }
        guard file.count >= 8 else {
            throw JSONFault(offset: 0, reason: "\(file.count) bytes are too few for a safetensors file")
        }
        let length = UInt64(littleEndian: file.loadUnaligned(as: UInt64.self))
        guard length <= UInt64(SafetensorsHeader.sizeLimit) else {
            throw JSONFault(
                offset: 0,
                reason:
                    "the header claims \(length) bytes, above the format's limit of 100 MB; not a safetensors file?"
            )
        }
        guard Int(length) <= file.count - 8 else {
            throw JSONFault(
                offset: 0,
                reason:
                    "the header claims \(length) bytes and the file has \(file.count - 8); it is cut short")
        }
        dataStart = 8 + Int(length)
        var cursor = JSONCursor(UnsafeRawBufferPointer(rebasing: file[8..<dataStart]))
        try cursor.object { (cursor, name) throws(JSONFault) in
            if name == "__metadata__" {
                try cursor.object { (cursor, key) throws(JSONFault) in metadata[key] = try cursor.string() }
            } else {
                entries[name] = try SafetensorsHeader.entry(&cursor, name)
            }
        }
        try cursor.expectEnd()
        try checkCoverage(of: file.count - dataStart)
    }

    private static func entry(_ cursor: inout JSONCursor, _ name: String) throws(JSONFault) -> TensorEntry {
        var typeName: String?
        var shape: [Int]?
        var offsets: [Int]?
        try cursor.object { (cursor, key) throws(JSONFault) in
            switch key {
            case "dtype": typeName = try cursor.string()
            case "shape":
                shape = try numbers(&cursor, "a size", limit: rankLimit)
            case "data_offsets":
                offsets = try numbers(&cursor, "an offset", limit: 2)
            default: throw cursor.fault("tensor \(name.shown) has an unknown key \(key.shown)")
            }
        }
        guard let typeName else { throw cursor.fault("tensor \(name.shown) has no dtype") }
        guard let shape else { throw cursor.fault("tensor \(name.shown) has no shape") }
        guard let offsets, offsets.count == 2 else {
            throw cursor.fault("tensor \(name.shown) lacks data_offsets [begin, end]")
        }
        guard let type = ElementType(rawValue: typeName) else {
            throw cursor.fault("tensor \(name.shown) has the unknown dtype \(typeName.shown)")
        }
        guard offsets[0] <= offsets[1] else {
            throw cursor.fault("tensor \(name.shown) ends before it begins")
        }
        var bytes = type.size
        var empty = false
        for size in shape {
            empty = empty || size == 0
            let (product, overflow) = bytes.multipliedReportingOverflow(by: max(size, 1))
            guard !overflow else {
                throw cursor.fault("tensor \(name.shown) has sizes \(shape) beyond 64 bits")
            }
            bytes = product
        }
        if empty { bytes = 0 }
        guard bytes == offsets[1] - offsets[0] else {
            throw cursor.fault(
                "tensor \(name.shown) of shape \(shape) needs \(bytes) bytes and its offsets give \(offsets[1] - offsets[0])"
            )
        }
        return TensorEntry(type: type, shape: shape, range: offsets[0]..<offsets[1])
    }

    private static func numbers(
        _ cursor: inout JSONCursor, _ what: String, limit: Int
    ) throws(JSONFault) -> [Int] {
        var values: [Int] = []
        try cursor.array { (cursor) throws(JSONFault) in
            guard values.count < limit else { throw cursor.fault("more than \(limit) numbers in a list") }
            values.append(try cursor.naturalNumber(what))
        }
        return values
    }

    /// Every data byte belongs to exactly one tensor.
    private func checkCoverage(of count: Int) throws(JSONFault) {
        var end = 0
        let ordered = entries.sorted {
            ($0.value.range.lowerBound, $0.value.range.upperBound, $0.key) < (
                $1.value.range.lowerBound, $1.value.range.upperBound, $1.key
            )
        }
        for (name, entry) in ordered {
            let begin = entry.range.lowerBound
            guard entry.range.upperBound <= count else {
                throw JSONFault(
                    offset: 0,
                    reason:
                        "tensor \(name.shown) ends at byte \(entry.range.upperBound) of \(count); the file is cut short"
                )
            }
            guard begin <= end else {
                throw JSONFault(
                    offset: 0, reason: "\(begin - end) bytes before tensor \(name.shown) belong to no tensor")
            }
            guard begin == end else {
                throw JSONFault(offset: 0, reason: "tensor \(name.shown) overlaps the one before it")
            }
            end = entry.range.upperBound
        }
        guard end == count else {
            throw JSONFault(
                offset: 0, reason: "\(count - end) bytes after the last tensor belong to no tensor")
        }
    }
}
