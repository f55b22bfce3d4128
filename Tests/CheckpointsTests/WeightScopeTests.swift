// Scopes: names, shapes, the ledger, folders and shards.

import Arrays
import Checkpoints
import Files
import Foundation
import TestSupport
import Testing

private func message(_ body: () throws -> Void) throws -> String {
    let error = #expect(throws: CheckpointError.self, performing: body)
    let text = try #require(error).description
    #expect(!text.contains("\n"))
    return text
}

@Suite struct WeightScopeTests {
    private let weights = WeightScope(arrays: [
        "encoder.layers.0.weight": .zeros([2, 3]), "encoder.layers.0.bias": .zeros([2]),
        "encoder.layers.10.weight": .zeros([1]), "head.position_ids": .zeros([4]),
    ])

    @Test func scopesNestAndTensorsAreChecked() throws {
        let layer = weights["encoder"]["layers"][0]
        #expect(layer.path == "encoder.layers.0")
        #expect(weights.scope("encoder.layers").names.count == 3)
        #expect(try layer.tensor("weight", [2, 3]).shape == [2, 3])
        #expect(layer.contains("bias") && !layer.contains("scale"))
        let wrong = try message { _ = try layer.tensor("weight", [3, 2]) }
        #expect(wrong.contains("'encoder.layers.0.weight' has shape [2, 3]") && wrong.contains("[3, 2]"))
        let missing = try message { _ = try layer.tensor("scale", [2]) }
        #expect(missing.contains("'encoder.layers.0.scale' is missing"))
    }

    @Test func adjustmentsAddUpAndShareTheLedger() throws {
        let root = WeightScope(arrays: ["a.b.w": .full(1, [2]), "a.v": .full(5, [1]), "c": .zeros([1])])
        let adjusted = root["a"].adjusted { $0 == "b.w" ? $1 * 3 : $1 }.adjusted { name, tensor in
            name == "b.w" ? tensor + 1 : tensor
        }
        #expect(try adjusted["b"].tensor("w", [2]).scalars == [4, 4])
        #expect(try adjusted.tensor("v", [1]).scalars == [5])
        #expect(adjusted.names == ["a.b.w", "a.v"])
        #expect(try message { try root.finish() }.contains("1 tensor(s)"))
        try root["a"].finish()
    }

    @Test func whatIsMappedFromAdjustedWeightsIsAdjusted() throws {
        let root = WeightScope(arrays: ["a.q": .full(2, [2, 1]), "a.k": .full(3, [1])])
        let adjusted = root["a"].adjusted { name, tensor in name == "q" ? tensor * 5 : tensor }
        let mapped = try adjusted.mapped(
            by: KeyTable([.move("q", to: "query", as: .transposed), .move("k", to: "key")]))
        #expect(try mapped.tensor("query", [1, 2]).scalars == [10, 10])
        #expect(try mapped.tensor("key", [1]).scalars == [3])
        let again = mapped.adjusted { $0 == "query" ? $1 + 1 : $1 }
        #expect(try again.tensor("query", [1, 2]).scalars == [11, 11])
        try root.finish()
        try mapped.finish()
    }

    @Test func aSurveyOfAdjustedWeightsRunsNoAdjustment() throws {
        let root = WeightScope(arrays: ["w": .zeros([2]), "other": .zeros([1])])
        let adjusted = root.adjusted { name, tensor in
            Issue.record("adjusted \(name)")
            return tensor
        }
        for weights in [adjusted, try adjusted.mapped(by: KeyTable([.move("*", to: "*")]))] {
            let survey = WeightSurvey(of: weights)
            #expect(try survey.scope.tensor("w", [3]).shape == [3])
            #expect(try survey.scope.tensor("none", [1]).shape == [1])
            #expect(survey.differing.map(\.name) == ["w"] && survey.missing == ["none"])
            #expect(survey.unexpected == ["other"])
        }
    }

    @Test func adjustmentsOfASurveyedScopeDoNotRun() throws {
        let survey = WeightSurvey(of: WeightScope(arrays: ["w": .zeros([2])]))
        let adjusted = survey.scope.adjusted { name, tensor in
            Issue.record("adjusted \(name)")
            return tensor
        }
        #expect(try adjusted.tensor("w", [3]).shape == [3])
    }

    @Test func finishListsWhatWasNotRead() throws {
        let scope = WeightScope(arrays: [
            "a.weight": .zeros([1]), "a.position_ids": .zeros([1]), "b.weight": .zeros([1]),
            "ab.weight": .zeros([1]),
        ])
        _ = try scope["a"].tensor("weight", [1])
        try scope["a"].finish(ignoring: ["*position_ids"])
        let left = try message { try scope.finish() }
        #expect(left.contains("3 tensor(s)") && left.contains("'b.weight'"))
        try scope.finish(ignoring: ["b.*", "*.position_ids", "ab.weight"])
        _ = try message { try scope.finish(ignoring: ["b.*", "a.posit*on", "ab"]) }
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity])
    func valuesThatAreNotFiniteAreRefused(_ value: Float) throws {
        let scope = WeightScope(arrays: [
            "w": NDArray([0, 1, value, 3, -.greatestFiniteMagnitude], shape: [5])
        ])
        #expect(try message { _ = try scope.tensor("w", [5]) }.contains("NaN or infinity"))
        let largest = WeightScope(arrays: [
            "w": NDArray([.greatestFiniteMagnitude, -0.0, .leastNonzeroMagnitude], shape: [3])
        ])
        _ = try largest.tensor("w", [3])
    }

    @Test(
        arguments: [
            ("F16", [0xFF, 0x7B], [0x00, 0xFC]), ("BF16", [0x7F, 0x7F], [0xC0, 0x7F]),
            ("F64", [0, 0, 0, 0xE0, 0xFF, 0xFF, 0xEF, 0x47], [0, 0, 0, 0, 0, 0, 0xF0, 0x47]),
        ] as [(String, [UInt8], [UInt8])])
    func everyTypeIsCheckedForFiniteNumbers(_ type: String, largest: [UInt8], damaged: [UInt8]) throws {
        // The last double is finite, and too large for a float.
        let size = largest.count
        let header = """
            {"a":{"dtype":"\(type)","shape":[1,1],"data_offsets":[0,\(size)]},
             "b":{"dtype":"\(type)","shape":[1,1],"data_offsets":[\(size),\(2 * size)]}}
            """
        try withTemporaryFolder { folder in
            let length = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) }
            let path = folder + "/numbers.safetensors"
            try writeFile(length + Array(header.utf8) + largest + damaged, to: path)
            let scope = try WeightScope.open(path)
            #expect(try scope.weight("a", [1, 1]).value.scalar > 65_000)
            #expect(try message { _ = try scope.weight("b", [1, 1]) }.contains("'b' holds NaN or infinity"))
        }
    }

    @Test func weightsOfLayersAreReadWhenTheyAreFirstUsed() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/model.safetensors"
            let numbers = NDArray((0..<1 << 21).map { Float($0 % 251) }, shape: [1024, 2048])
            try SafetensorsWriter.write(
                [
                    .init("a", numbers), .init("half", numbers, as: .f16),
                    .init("damaged", .full(.nan, [2, 3])), .init("bytes", bytes: [1, 2], shape: [1, 2]),
                ], to: path)
            let scope = try WeightScope.open(folder: folder)
            let weights = try ["a", "half"].map { try scope.weight($0, numbers.shape) }
            // The header, with what the system maps around it.
            #expect(try residentBytes(of: path) < 1 << 20)
            for weight in weights { #expect(weight.value.scalars == numbers.scalars) }

            #expect(
                try message { _ = try scope.weight("damaged", [2, 3]) }
                    .contains("'damaged' holds NaN or infinity"))

            #expect(try message { _ = try scope.weight("none", [1, 1]) }.contains("missing"))
            #expect(try message { _ = try scope.weight("a", [2, 3]) }.contains("has shape"))
            #expect(try message { try scope.finish() }.contains("'bytes'"))
        }
    }

    @Test func damageShowsThroughOtherNames() throws {
        let scope = WeightScope(arrays: ["w": .full(.infinity, [4, 2])])
        let mapped = try scope.mapped(by: KeyTable([.move("*", to: "layer.*")]))
        #expect(
            try message { _ = try mapped["layer"].weight("w", [4, 2]) }
                .contains("'w' holds NaN or infinity"))
    }

    /// Bytes of a mapped file that this process has touched.
    private func residentBytes(of path: String) throws -> Int {
        // Files of the kernel say that they are empty, so they are read to their end.
        let file = try #require(FileHandle(forReadingAtPath: "/proc/self/smaps"))
        let text = String(decoding: try file.readToEnd() ?? Data(), as: UTF8.self)
        let lines = text.split(separator: "\n")
        let first = try #require(lines.firstIndex { $0.hasSuffix(path) })
        let resident = try #require(lines[first...].first { $0.hasPrefix("Rss:") })
        return 1024 * (Int(resident.split(separator: " ")[1]) ?? .max)
    }

    @Test func foldersOpenWholeAndInShards() throws {
        try withTemporaryFolder { folder in
            #expect(try message { _ = try WeightScope.open(folder: folder) }.contains("no weights"))
            try writeFile("x", to: folder + "/pytorch_model.bin")
            #expect(try message { _ = try WeightScope.open(folder: folder) }.contains("pytorch_model.bin"))
            try SafetensorsWriter.write([("a.w", .zeros([2]))], to: folder + "/model-1.safetensors")
            try SafetensorsWriter.write([("b.w", .zeros([3]))], to: folder + "/model-2.safetensors")
            let index = folder + "/model.safetensors.index.json"
            func refused(_ map: String) throws -> String {
                try writeFile("{\"metadata\":{\"total_size\":20},\"weight_map\":\(map)}", to: index)
                return try message { _ = try WeightScope.open(folder: folder) }
            }
            #expect(try refused("{}").contains("weight_map"))
            #expect(
                try refused(#"{"a.w":"model-3.safetensors"}"#).contains(
                    "model-3.safetensors' is not in the folder"))
            #expect(try refused(#"{"a.w":"../model-1.safetensors"}"#).contains("not the name of a file"))
            #expect(try refused(#"{"a.w":"model-2.safetensors"}"#).contains("not in its shard"))
            #expect(
                try refused(#"{"a.w":"model-1.safetensors","a.w":"model-2.safetensors"}"#).contains("twice"))
            try writeFile(
                #"{"weight_map":{"a.w":"model-1.safetensors","b.w":"model-2.safetensors"}}"#, to: index)
            let scope = try WeightScope.open(folder: folder)
            #expect(scope.names == ["a.w", "b.w"])
            _ = try scope["b"].tensor("w", [3])
            #expect(try message { try scope.finish() }.contains("'a.w'"))
            try SafetensorsWriter.write(
                [("b.w", .zeros([3])), ("c.w", .zeros([3]))], to: folder + "/model-2.safetensors")
            #expect(try message { _ = try WeightScope.open(folder: folder) }.contains("'c.w'"))
            try SafetensorsWriter.write([("whole", .zeros([1]))], to: folder + "/model.safetensors")
            #expect(try WeightScope.open(folder: folder).names == ["whole"])
        }
    }

    @Test(arguments: [
        "model.safetensors.index.fp16.json", "model.fp16.safetensors.index.json",
        "diffusion_pytorch_model.safetensors.index.fp16.json",
        "diffusion_pytorch_model.fp16.safetensors.index.json",
        "model.safetensors.index.bf16.json", "pytorch_model.bin.index.fp16.json",
        "diffusion_pytorch_model.non_ema.bin.index.json",
    ])
    func shardsOfAVariantOpenByEitherSpellingOfTheirIndex(_ index: String) throws {
        try withTemporaryFolder { folder in
            let shards = (1...2).map { "model.fp16-0000\($0)-of-00002.safetensors" }
            for (shard, name) in zip(shards, ["a.w", "b.w"]) {
                try SafetensorsWriter.write([(name, .zeros([2]))], to: "\(folder)/\(shard)")
            }
            try writeFile(
                #"{"weight_map":{"a.w":"\#(shards[0])","b.w":"\#(shards[1])"}}"#, to: "\(folder)/\(index)")
            #expect(try WeightScope.open(folder: folder).names == ["a.w", "b.w"])
        }
    }

    @Test(arguments: ["module.", "_orig_mod.", "module._orig_mod.", "_orig_mod.module."])
    func namesWithoutThePrefixOfATrainingWrapper(_ prefix: String) throws {
        try withTemporaryFolder { folder in
            let values = NDArray([1, 2, 3], shape: [3])
            let path = folder + "/model.safetensors"
            try SafetensorsWriter.write([(prefix + "a.w", values), (prefix + "b.w", .zeros([2]))], to: path)
            let scope = try WeightScope.open(folder: folder)
            #expect(scope.names == ["a.w", "b.w"])
            #expect(try scope["a"].tensor("w", [3]).scalars == [1, 2, 3])
            #expect(try WeightFile.strippedPrefix(of: WeightFile.open(path)) == prefix)
            // A name without it shows that it belongs to the model.
            try SafetensorsWriter.write([(prefix + "a.w", values), ("b.w", .zeros([2]))], to: path)
            #expect(try WeightScope.open(folder: folder).names.contains(prefix + "a.w"))
        }
    }

    @Test func aPrefixIsLeftOutOfAllShardsOrOfNone() throws {
        try withTemporaryFolder { folder in
            func names(_ first: String, _ second: String) throws -> [String] {
                try SafetensorsWriter.write([(first, .zeros([2]))], to: folder + "/a.safetensors")
                try SafetensorsWriter.write([(second, .zeros([2]))], to: folder + "/b.safetensors")
                try writeFile(
                    #"{"weight_map":{"\#(first)":"a.safetensors","\#(second)":"b.safetensors"}}"#,
                    to: folder + "/model.safetensors.index.json")
                return try WeightScope.open(folder: folder).names
            }
            let (all, some) = (try names("module.x", "module.y"), try names("module.x", "y"))
            #expect(all == ["x", "y"] && some == ["module.x", "y"])
        }
    }

    @Test(.enabled(if: TestData.isPresent, "\(TestData.absent)"))
    func anIndexThatPointsOutsideIsRefused() throws {
        let data = try #require(TestData.folder)
        try withTemporaryFolder { folder in
            try writeFile(
                fileBytes(data + "/bad/configs/index_missing_shard.json"),
                to: folder + "/model.safetensors.index.json")
            _ = try message { _ = try WeightScope.open(folder: folder) }
        }
    }
}
