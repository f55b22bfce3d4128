// Files of torch.save and TorchScript: the tensors that PyTorch put in, and nothing else.

import Arrays
import Checkpoints
import Files
import TestSupport
import Testing

@Suite struct PyTorchFileTests {
    private func open(_ name: String) throws -> PyTorchFile {
        try PyTorchFile(path: Fixture.folder() + "/" + name)
    }

    private let wide: Set<String> = ["int", "long"]

    @Test(arguments: ["views.pth", "views_protocol5.pth", "views_legacy.pth"])
    func everyTypeAndEveryViewIsReadAsPyTorchReadsIt(_ name: String) throws {
        let file = try open(name)
        let expected = try Fixture("expected")
        let names = expected.names.filter { $0.hasPrefix("views/") }.map { String($0.dropFirst(6)) }
        #expect(file.names == names && names.count == 19)
        for name in names where !wide.contains(name) {
            expectIdentical(try file.array(name), try expected["views/" + name], name)
        }
        #expect(try file.integers("long") == [1 << 40, -3])
        #expect(try file.integers("int") == [-70000, 3])
        #expect(try file.integers("byte") == [0, 7, 255])
        #expect(file.kind == (name.contains("legacy") ? .legacy : .archive))
        #expect(file.place == (name.contains("legacy") ? "model" : ""))
        #expect(file.info("brain") == TensorInfo(type: .bf16, shape: [2, 3]))
        #expect(throws: CheckpointError.self) { try file.array("long") }
        #expect(throws: CheckpointError.self) { try file.array("absent") }
    }

    @Test func typesWithoutAStorageClassAreRead() throws {
        let file = try open("typed.pth")
        #expect(try file.integers("wide") == [0, 1, 65535])
        #expect(file.info("eighth") == TensorInfo(type: .f8e4m3, shape: [2]))
    }

    @Test func aTrainingProgramsCheckpointGivesTheModelAlone() throws {
        let file = try open("training.ckpt")
        #expect(file.names == ["a.weight", "b.weight"])
        #expect(file.place == "state_dict" && file.strippedPrefix == "module.")
        #expect(file.tensorsElsewhere == 2)
        let expected = try Fixture("expected")
        for name in file.names { expectIdentical(try file.array(name), try expected["training/" + name]) }
    }

    @Test func torchScriptTensorsAreNamedByTheirAttributes() throws {
        let file = try open("script.pt")
        #expect(file.kind == .torchScript)
        let expected = try Fixture("expected")
        let names = expected.names.filter { $0.hasPrefix("script/") }.map { String($0.dropFirst(7)) }
        #expect(file.names == names && names.contains("model.0.norm.running_var"))
        for name in names where !name.hasSuffix("num_batches_tracked") {
            expectIdentical(try file.array(name), try expected["script/" + name], name)
        }
    }

    @Test func checksumsThatWereNotWrittenAreNotMissed() throws {
        let file = try open("unchecked.pth")
        #expect(try file.array("a.weight").shape == [2, 3])
    }

    @Test func everyTensorIsComparedWithItsChecksumWhenItIsRead() throws {
        var bytes = try fileBytes(Fixture.folder() + "/training.ckpt")
        let value = try open("training.ckpt").withBytes(of: "b.weight") { Array($0) }
        let place = try #require(bytes.firstRange(of: value)).lowerBound
        bytes[place] ^= 1
        try withTemporaryFolder { folder in
            try writeFile(bytes, to: folder + "/damaged.ckpt")
            let file = try PyTorchFile(path: folder + "/damaged.ckpt")
            _ = try file.array("a.weight")
            let error = #expect(throws: CheckpointError.self) { try file.array("b.weight") }
            #expect(try #require(error).description.contains("checksum"))
        }
    }

    @Test func scopesOpenFilesAndFoldersOfPyTorch() throws {
        let path = Fixture.folder() + "/training.ckpt"
        let scope = try WeightScope.open(path)
        #expect(scope.origin == path)
        #expect(try scope["a"].tensor("weight", [2, 3]).shape == [2, 3])
        #expect(throws: CheckpointError.self) { try scope.finish() }
        try withTemporaryFolder { folder in
            try writeFile(fileBytes(path), to: folder + "/pytorch_model.bin")
            #expect(try WeightScope.open(folder).names == ["a.weight", "b.weight"])
            try SafetensorsWriter.write([("c", .zeros([1]))], to: folder + "/model.safetensors")
            #expect(try WeightScope.open(folder).names == ["c"])
        }
        try withTemporaryFolder { folder in
            try writeFile(fileBytes(path), to: folder + "/part.bin")
            try writeFile(
                #"{"weight_map":{"a.weight":"part.bin","b.weight":"part.bin"}}"#,
                to: folder + "/diffusion_pytorch_model.bin.index.json")
            #expect(try WeightScope.open(folder).names == ["a.weight", "b.weight"])
        }
    }

    @Test func theContentTellsTheKindAndNotTheName() throws {
        try withTemporaryFolder { folder in
            try SafetensorsWriter.write([("c", .zeros([1]))], to: folder + "/named.ckpt")
            #expect(try WeightScope.open(folder + "/named.ckpt").names == ["c"])
            try writeFile(fileBytes(Fixture.folder() + "/typed.pth"), to: folder + "/named.safetensors")
            #expect(try WeightScope.open(folder + "/named.safetensors").names == ["eighth", "wide"])
        }
    }
}
