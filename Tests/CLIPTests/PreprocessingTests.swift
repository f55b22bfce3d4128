// Pictures prepared for the vision encoder, against transformers' processor on Pillow.

import Arrays
import CLIP
import Checkpoints
import Foundation
import Images
import TestSupport
import Testing

@Suite struct CLIPPreprocessingTests {
    @Test(arguments: ["wide", "tall", "small"])
    func matchesTheReference(name: String) throws {
        let file = try Fixture("preprocessing/case")
        let prepare = try CLIPPreprocessing(
            path: Fixture.folder() + "/preprocessing/preprocessor_config.json")
        let prepared = prepare(Image(try file[name]))
        // Pillow's weights have 22 bits: near a tie, one byte in a thousand may round the other way.
        expectClose(prepared, try file[name + "_pixels"], relative: 1e-3, name)
    }

    @Test func thePublishedSettingIsTheDefault() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/preprocessor_config.json"
            try #"{"size": 224, "crop_size": 224, "resample": 3}"#
                .write(toFile: path, atomically: true, encoding: .utf8)
            #expect(try CLIPPreprocessing(path: path) == CLIPPreprocessing())
        }
    }

    @Test(arguments: [
        (#"{"resample": 0}"#, "resample"), (#"{"size": {"longest_edge": 224}}"#, "size"),
        (#"{"size": 200}"#, "crop_size"), (#"{"image_std": [1, 0, 1]}"#, "image_std"),
        (#"{"rescale_factor": 1}"#, "rescale_factor"), (#"{"do_resize": false}"#, "crop_size"),
    ])
    func refusesUnsupportedSettingsByName(json: String, key: String) throws {
        try withTemporaryFolder { folder in
            let path = folder + "/preprocessor_config.json"
            try json.write(toFile: path, atomically: true, encoding: .utf8)
            let error = #expect(throws: CheckpointError.self) { try CLIPPreprocessing(path: path) }
            #expect(try #require(error).description.contains("'\(key)'"))
        }
    }
}
