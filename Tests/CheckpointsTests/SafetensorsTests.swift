// Safetensors: reading what is right, refusing what is wrong, writing what can be read.

import Arrays
import Checkpoints
import Foundation
import TestSupport
import Testing

/// A file with the given header text and data.
private func safetensors(_ header: String, data: [UInt8] = []) -> [UInt8] {
    withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) } + Array(header.utf8) + data
}

private func open(_ bytes: [UInt8], in folder: String) throws -> SafetensorsFile {
    let path = folder + "/file.safetensors"
    // Not our own writer, which waits for the disk each time.
    try Data(bytes).write(to: URL(filePath: path))
    return try SafetensorsFile(path: path)
}

private func refusal(_ bytes: [UInt8]) throws -> String {
    try withTemporaryFolder { folder in
        let error = #expect(throws: CheckpointError.self) { try open(bytes, in: folder) }
        return try #require(error).description
    }
}

@Suite struct SafetensorsTests {
    @Test func readsEveryElementType() throws {
        let header = """
            {"__metadata__":{"format":"pt"},"f32":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},
            "f64":{"dtype":"F64","shape":[],"data_offsets":[8,16]},"f16":{"dtype":"F16","shape":[2,1],"data_offsets":[16,20]},
            "bf":{"dtype":"BF16","shape":[1],"data_offsets":[20,22]},"i64":{"dtype":"I64","shape":[1],"data_offsets":[22,30]},
            "u8":{"dtype":"U8","shape":[3],"data_offsets":[30,33]},"flag":{"dtype":"BOOL","shape":[1],"data_offsets":[33,34]},
            "none":{"dtype":"F32","shape":[0,4],"data_offsets":[34,34]},
            "i32":{"dtype":"I32","shape":[1],"data_offsets":[34,38]}}
            """
        var data: [UInt8] = []
        for value: Float in [1.5, -2] { withUnsafeBytes(of: value) { data += $0 } }
        withUnsafeBytes(of: 0.25) { data += $0 }
        data += [0x00, 0x3C, 0x00, 0xC0, 0x80, 0x3F]
        withUnsafeBytes(of: Int64(-7)) { data += $0 }
        data += [1, 2, 255, 1]
        withUnsafeBytes(of: Int32(70_000)) { data += $0 }
        try withTemporaryFolder { folder in
            let file = try open(safetensors(header, data: data), in: folder)
            #expect(file.metadata == ["format": "pt"])
            #expect(file.names == ["bf", "f16", "f32", "f64", "flag", "i32", "i64", "none", "u8"])
            #expect(try file.array("f32").scalars == [1.5, -2])
            #expect(try file.array("f64").scalars == [0.25])
            #expect(try file.shape(of: "f64") == [])
            #expect(try file.array("f16").scalars == [1, -2])
            #expect(try file.array("f16").shape == [2, 1])
            #expect(try file.array("bf").scalars == [1])
            #expect(try file.array("u8").scalars == [1, 2, 255])
            #expect(try file.array("flag").scalars == [1])
            #expect(try file.array("none").shape == [0, 4])
            #expect(try file.integers("i64") == [-7])
            #expect(try file.integers("i32") == [70_000])
            #expect(try file.withBytes(of: "u8", as: .u8) { Array($0) } == [1, 2, 255])
            #expect(throws: CheckpointError.self) { try file.array("i64") }
            #expect(throws: CheckpointError.self) { try file.integers("f32") }
            #expect(throws: CheckpointError.self) { try file.array("absent") }
        }
    }

    @Test func anEmptyHeaderIsAFileWithoutTensors() throws {
        let names = try withTemporaryFolder { folder in try open(safetensors("{}  "), in: folder).names }
        #expect(names.isEmpty)
    }

    @Test(arguments: [
        ("", "empty"), ("[]", "'{'"), ("{\"a\":1}", "'{'"), ("{\"a\":{}}", "no dtype"),
        (#"{"a":{"dtype":"F32","shape":[1]}}"#, "data_offsets"),
        (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,4]}}"#, "more than 2"),
        (#"{"a":{"dtype":"F32","shape":[1e0],"data_offsets":[0,4]}}"#, "fractional"),
        (#"{"a":{"dtype":"F32","shape":[01],"data_offsets":[0,4]}}"#, "leading zero"),
        (#"{"a":{"dtype":"F32","shape":[+1],"data_offsets":[0,4]}}"#, "'+'"),
        (#"{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,4]}}"#, "too large"),
        (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"dtype":"F32"}}"#, "twice"),
        (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":0}}"#, "unknown key"),
        (#"{"a":{"dtype":"f32","shape":[1],"data_offsets":[0,4]}}"#, "unknown dtype"),
        (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},}"#, "string"),
        (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}} x"#, "after the end"),
        (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}"#, "ends"),
        (#"{"a\ud800":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, "surrogate"),
        (#"{"a\n":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, "needs 8 bytes"),
        (#"{"__metadata__":{"a":null}}"#, "string"),
    ])
    func refusesHeader(_ header: String, saying reason: String) throws {
        let message = try refusal(header.isEmpty ? [] : safetensors(header, data: [0, 0, 0, 0]))
        #expect(message.contains(reason), "\(message)")
        #expect(!message.contains("\n"))
    }

    @Test func halvesConvertExactlyBothWays() throws {
        let patterns = (0...UInt16.max).map { $0 }
        let header = #"{"h":{"dtype":"F16","shape":[65536],"data_offsets":[0,131072]}}"#
        try withTemporaryFolder { folder in
            let file = try open(safetensors(header, data: patterns.withUnsafeBytes { Array($0) }), in: folder)
            let values = try file.array("h").scalars
            let differing = zip(patterns, values).filter { pattern, value in
                let reference = Float(Float16(bitPattern: pattern))
                return value.bitPattern != reference.bitPattern && !(value.isNaN && reference.isNaN)
            }
            #expect(differing.isEmpty)
            let finite = values.filter { $0.isFinite }
            // Besides the exact values, their midpoints (ties) and neighbours of the midpoints, which must round as
            // the hardware rounds.
            var probes = finite
            for value in finite where abs(value) < 65504 {
                let next = Float(Float16(value).nextUp)
                let middle = value + (next - value) / 2
                probes += [middle, middle.nextUp, middle.nextDown]
            }
            probes += [65519.99, 65520, 1e30, -1e30, .infinity, 1e-30]
            let path = folder + "/out.safetensors"
            try SafetensorsWriter.write([("p", NDArray(probes, shape: [probes.count]))], to: path, as: .f16)
            let back = try SafetensorsFile(path: path).array("p").scalars
            var wrong = 0
            for (probe, value) in zip(probes, back) where value != Float(Float16(probe)) { wrong += 1 }
            #expect(wrong == 0)
        }
    }

    @Test func writtenFilesReadBack() throws {
        let values = (0..<300_000).map { Float($0) * 0.001 - 7 }
        try withTemporaryFolder { folder in
            let path = folder + "/written.safetensors"
            let tensors: [SafetensorsWriter.Tensor] = [
                .init("b\"\\\n", bytes: [3, 1, 2], shape: [3]),
                .init("w", NDArray(values, shape: [300, 1000])),
                .init("half", NDArray(values, shape: [1000, 300]), as: .bf16),
                .init("steps", integers: [Int64.min, 5], shape: [2, 1]),
                .init("small", integers: [Int32(-3)], shape: []),
            ]
            try SafetensorsWriter.write(tensors, metadata: ["note": "tab\tquote\""], to: path)
            let file = try SafetensorsFile(path: path)
            #expect(file.metadata == ["note": "tab\tquote\""])
            #expect(try file.array("w").scalars == values)
            #expect(try file.array("w").shape == [300, 1000])
            let worst = zip(try file.array("half").scalars, values).map { abs($0 - $1) / max(abs($1), 1e-3) }
                .max()
            #expect(try #require(worst) <= 1.0 / 256)
            #expect(try file.integers("steps") == [Int.min, 5])
            #expect(try file.integers("small") == [-3])
            #expect(try file.withBytes(of: "b\"\\\n", as: .u8) { Array($0) } == [3, 1, 2])
            let first = try fileBytes(path)
            try SafetensorsWriter.write(tensors.reversed(), metadata: ["note": "tab\tquote\""], to: path)
            #expect(try fileBytes(path) == first)
            #expect(try folderContents(folder) == ["written.safetensors"])
        }
    }

    @Test func aMissingFolderIsAnErrorInOneLine() throws {
        try withTemporaryFolder { folder in
            let array = NDArray.zeros([2])
            let error = #expect(throws: CheckpointError.self) {
                try SafetensorsWriter.write([("a", array)], to: folder + "/no/such/file.safetensors")
            }
            let message = try #require(error).description
            #expect(message.contains("no such file or directory"))
            #expect(throws: CheckpointError.self) { try SafetensorsWriter.write([("a", array)], to: folder) }
            let left = try folderContents(folder)
            #expect(left.isEmpty)
        }
    }

    @Test func devicesAreRefusedAndLinksAreFollowed() throws {
        let array = NDArray([1, 2], shape: [2])
        for device in ["/dev/full", "/dev/null"] {
            let error = #expect(throws: CheckpointError.self) {
                try SafetensorsWriter.write([("a", array)], to: device)
            }
            let message = try #require(error).description
            #expect(message.contains("not a regular file"))
        }
        try withTemporaryFolder { folder in
            try SafetensorsWriter.write([("old", array)], to: folder + "/file")
            try FileManager.default.createSymbolicLink(
                atPath: folder + "/link", withDestinationPath: folder + "/file")
            try SafetensorsWriter.write([("new", array)], to: folder + "/link")
            #expect(try SafetensorsFile(path: folder + "/file").names == ["new"])
            #expect(try folderContents(folder) == ["file", "link"])
        }
    }

    /// A limit on file sizes stands for a full disk: the system refuses the write in the same way.
    @Test func aFullDiskLeavesTheOldFile() async throws {
        await #expect(processExitsWith: .success) {
            signal(SIGXFSZ, SIG_IGN)
            try withTemporaryFolder { folder in
                let path = folder + "/kept.safetensors"
                try SafetensorsWriter.write([("a", NDArray([1, 2], shape: [2]))], to: path)
                let before = try fileBytes(path)
                var limit = rlimit(rlim_cur: 1 << 16, rlim_max: 1 << 16)
                try #require(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
                #expect(throws: CheckpointError.self) {
                    try SafetensorsWriter.write([("a", NDArray.zeros([1 << 20]))], to: path)
                }
                #expect(try fileBytes(path) == before)
                #expect(try folderContents(folder) == ["kept.safetensors"])
            }
        }
    }

    @Test(.enabled(if: TestData.isPresent, "\(TestData.absent)"))
    func damagedFilesAreRefusedInOneLine() throws {
        let files = try TestData.bad("weights/").filter { $0.path.hasSuffix(".safetensors") }
        #expect(files.count >= 29)
        for (path, expectation) in files {
            do {
                let scope = try WeightScope.open(folder: path)
                for name in scope.names { _ = try SafetensorsFile(path: path).shape(of: name) }
                #expect(expectation.expect != "refuse", "\(path) was accepted: \(expectation.why)")
            } catch let error as CheckpointError {
                #expect(expectation.expect != "accept", "\(error)")
                #expect(!error.description.contains("\n") && error.description.hasPrefix(path), "\(error)")
            }
        }
    }

    @Test(.enabled(if: TestData.isPresent, "\(TestData.absent)"))
    func theGoodControlHoldsItsValues() throws {
        let folder = try #require(TestData.folder)
        let file = try SafetensorsFile(path: folder + "/bad/weights/control_ok.safetensors")
        #expect(try file.array("e").scalars == [1, -2])
        #expect(try file.array("d").shape == [0, 4])
        #expect(try file.shape(of: "c") == [])
    }

    /// Damaged bytes give an error or a file, never a trap: one byte changed, bytes removed, bytes doubled.
    @Test func mutatedFilesNeverTrap() throws {
        var random = SplitMix(state: 20_240_611)
        let header =
            #"{"__metadata__":{"k":"v"},"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"b":{"dtype":"U8","shape":[4],"data_offsets":[24,28]}}"#
        let good = safetensors(header, data: (0..<28).map { UInt8($0) })
        var refused = 0
        try withTemporaryFolder { folder in
            for _ in 0..<400 {
                var bytes = good
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1:
                    bytes.removeSubrange(
                        place..<min(place + Int.random(in: 1...9, using: &random), bytes.count))
                default: bytes.insert(contentsOf: bytes[place...].prefix(7), at: place)
                }
                do {
                    let file = try open(bytes, in: folder)
                    for name in file.names { _ = try? file.array(name) }
                } catch is CheckpointError {
                    refused += 1
                }
            }
        }
        #expect(refused > 250)
    }
}

/// A small fixed generator (SplitMix64), so that a failing case comes back.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
