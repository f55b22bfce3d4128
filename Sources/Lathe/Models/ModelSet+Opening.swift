// The networks of a model set, opened.

package import BLIP
package import LaMa
package import SegmentAnything
package import StableDiffusion

/// All throw `LatheError` (`modelUnusable`) naming what is wrong with the model.
extension ModelSet {
    /// SAM, from a folder or one file as its authors published it.
    package func segmenter() throws -> SegmentAnythingModel {
        let path = try location(of: .segmenter)
        guard isFolder(path) else {
            return try LatheError.asking(.modelUnusable) {
                try SegmentAnythingModel(original: path, precision: precision)
            }
        }
        try ModelKind.require(["sam"], in: path, for: .segmenter)
        return try LatheError.asking(.modelUnusable) {
            try SegmentAnythingModel(folder: path, precision: precision)
        }
    }

    package func captioner() throws -> BLIPCaptioner {
        let folder = try folder(of: .captioner)
        try ModelKind.require(["blip"], in: folder, for: .captioner)
        return try LatheError.asking(.modelUnusable) {
            try BLIPCaptioner(folder: folder, precision: precision)
        }
    }

    /// LaMa, from a folder or one file of any layout.
    package func inpainter() throws -> LaMaModel {
        let path = try location(of: .inpainter)
        return try LatheError.asking(.modelUnusable) {
            try LaMaModel(folder: path, precision: precision)
        }
    }

    /// The text-conditioned pipeline as it is; see `DiffusionModel` for adapters.
    package func diffusionPipeline() throws -> DiffusionPipeline {
        try DiffusionModel.open(self, DiffusionOptions())
    }
}
