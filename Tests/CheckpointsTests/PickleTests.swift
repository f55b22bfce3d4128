// Hostile and damaged pickles: refused by name, in one line, without running, trapping or large allocations.

import Arrays
import Checkpoints
import Foundation
import TestSupport
import Testing

/// Bytes of a file of torch.save's old layout around a pickled object and no storage.
private func legacy(_ object: [UInt8]) -> [UInt8] {
    let magic: [UInt8] = [
        0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E,
    ]
    let version: [UInt8] = [0x80, 2, 0x4D, 0xE9, 3, 0x2E]
    return magic + version + [0x80, 2, 0x7D, 0x2E, 0x80, 2] + object + [0x2E, 0x80, 2, 0x5D, 0x2E]
}

private func refusal(_ bytes: [UInt8]) throws -> String {
    try withTemporaryFolder { folder in
        try Data(bytes).write(to: URL(filePath: folder + "/file.pth"))
        let error = #expect(throws: CheckpointError.self) { try PyTorchFile(path: folder + "/file.pth") }
        let message = try #require(error).description
        #expect(!message.contains("\n"))
        return message
    }
}

@Suite struct PickleTests {
    @Test(arguments: [
        ("cos\nsystem\n", "os.system"), ("c__builtin__\neval\n", "__builtin__.eval"),
        ("cbuiltins\ngetattr\n", "builtins.getattr"), ("csubprocess\nPopen\n", "subprocess.Popen"),
        ("ctorch.serialization\nos.system\n", "os.system"), ("ctorch\nload\n", "torch.load"),
        ("ctorch.nn.modules\nos.system\n", "os.system"), ("cposix\nsystem\n", "posix.system"),
        ("cnumpy.testing._private.utils\nrunstring\n", "runstring"), ("ctorch.hub\nload\n", "torch.hub.load"),
        ("ctorch._utils\n_rebuild_qtensor\n", "_rebuild_qtensor"), ("(ios\nsystem\n", "os.system"),
        ("clightningos\nsystem\n", "lightningos.system"), ("crunpy\n_run_code\n", "runpy"),
    ])
    func whateverIsNoPartOfTensorsIsNamed(_ program: String, _ name: String) throws {
        let message = try refusal(legacy(Array(program.utf8)))
        #expect(message.contains(name) && message.contains("nothing in it was executed"), "\(message)")
    }

    @Test(arguments: [
        ("R", "empty stack"), ("]]R", "no function"), ("t", "mark"), ("h\u{7}", "never noted"),
        ("I1\n", "INT"),
        ("(]o", "OBJ"), ("}Na", "no list"), ("]NNs", "no dictionary"), ("]}b", "a list a state"),
        ("}(Nu", "without a value"),
        ("NQ", "no storage"), ("X\u{7F}\u{7F}\u{7F}\u{7F}", "cut short"), ("}", "no tensors"),
        ("]", "no tensors"),
        ("c" + String(repeating: "a", count: 2000), "line of more than"), ("ca\nb", "ends at byte"),
        ("ctorch\nFloatStorage\n)R", "storage class"), ("\u{1}", "byte 1 as an opcode"),
    ])
    func programsThatMakeNoSenseAreRefused(_ program: String, _ words: String) throws {
        #expect(try refusal(legacy(Array(program.utf8))).contains(words))
    }

    /// Lists within lists, and dictionaries each of which holds the next one twice: 2^60 names if followed.
    @Test func nestingCostsNeitherStackNorTime() throws {
        #expect(try refusal(legacy([UInt8](repeating: 0x5D, count: 1 << 20))).contains("no tensors"))
        let nested = [UInt8](repeating: 0x28, count: 200_000) + [UInt8](repeating: 0x74, count: 200_000)
        #expect(try refusal(legacy(nested)).contains("nests"))
        var program = Array("}q\u{0}".utf8)
        for level in 1...60 {
            let (next, last) = (UInt8(level), UInt8(level - 1))
            program += Array("}q".utf8) + [next] + Array("(U\u{1}ah".utf8) + [last]
            program += Array("U\u{1}bh".utf8) + [last] + Array("u".utf8)
        }
        #expect(try refusal(legacy(program)).contains("nests"))
    }

    @Test(arguments: ["views.pth", "views_legacy.pth", "views_protocol5.pth", "training.ckpt", "script.pt"])
    func damagedFilesNeverTrap(_ name: String) throws {
        let good = try fileBytes(Fixture.folder() + "/" + name)
        var random = SplitMix(state: 20_240_720)
        var refused = 0
        try withTemporaryFolder { folder in
            for round in 0..<400 {
                var bytes = good
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch round % 4 {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.removeSubrange(place...)
                case 2:
                    let end = min(place + Int.random(in: 1...9, using: &random), bytes.count)
                    bytes.removeSubrange(place..<end)
                default:
                    for offset in place..<min(place + 8, bytes.count) {
                        bytes[offset] = UInt8.random(in: 0...255, using: &random)
                    }
                }
                try Data(bytes).write(to: URL(filePath: folder + "/file"))
                do {
                    let file = try PyTorchFile(path: folder + "/file")
                    for name in file.names { _ = try? file.array(name) }
                } catch let error as CheckpointError {
                    refused += 1
                    #expect(!error.description.contains("\n"))
                }
            }
        }
        #expect(refused > 150)
    }

    /// This file was written without checksums, which would catch every damaged byte before the interpreter does.
    @Test func damagedPicklesNeverTrap() throws {
        let good = try fileBytes(Fixture.folder() + "/unchecked.pth")
        let begin = try #require(good.firstRange(of: [0x80, 2])).lowerBound
        let end = try #require(good[begin...].firstRange(of: Array("PK".utf8))).lowerBound
        var random = SplitMix(state: 7)
        try withTemporaryFolder { folder in
            for _ in 0..<2000 {
                var bytes = good
                let place = Int.random(in: begin..<end, using: &random)
                bytes[place] = UInt8.random(in: 0...255, using: &random)
                try Data(bytes).write(to: URL(filePath: folder + "/file"))
                guard let file = try? PyTorchFile(path: folder + "/file") else { continue }
                for name in file.names { _ = try? file.array(name) }
            }
        }
    }

    @Test(.enabled(if: TestData.isPresent, "\(TestData.absent)"))
    func hostileFilesEndAsExpected() throws {
        let files = try TestData.bad("weights/").filter { !$0.path.hasSuffix(".safetensors") }
        #expect(files.count >= 24)
        for (path, expectation) in files {
            do {
                let file = try WeightFile.open(path)
                for name in file.names { try file.withBytes(of: name) { _ in } }
                #expect(expectation.expect != "refuse", "\(path) was accepted: \(expectation.why)")
            } catch let error as CheckpointError {
                #expect(expectation.expect != "accept", "\(error)")
                #expect(!error.description.contains("\n") && error.description.hasPrefix(path), "\(error)")
            }
        }
        #expect(!FileManager.default.fileExists(atPath: "PICKLE_EXECUTED_MARKER"))
    }

    @Test(.enabled(if: TestData.isPresent, "\(TestData.absent)"))
    func theGoodControlHoldsItsValues() throws {
        let folder = try #require(TestData.folder)
        let file = try PyTorchFile(path: folder + "/bad/weights/control_ok.pth")
        #expect(try file.array("w").scalars == [0, 1, 2, 3, 4, 5])
        #expect(try file.array("b").scalars == [1, 2, 3])
    }
}
