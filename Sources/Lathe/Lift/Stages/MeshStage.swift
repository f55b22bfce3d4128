// Extracting the textured mesh.

import Foundation
import Meshes

struct MeshStage: LiftStageWork {
    let stage = LiftStage.mesh

    func seconds(_ estimate: LiftEstimate) -> Double {
        let mesh = estimate.options.mesh
        return 2 * pow(Double(mesh.resolution) / 112, 3) + 4e-6 * pow(Double(mesh.texture), 2)
    }

    func work(_ estimate: LiftEstimate) -> String {
        "grid of \(estimate.options.mesh.resolution) cells a side"
    }

    func advance(_ run: LiftRun) throws -> LiftPiece {
        let lifted = run.distilled
        let (mesh, overlap) = try MeshExport.extract(
            lifted.field, photograph: lifted.placedPhotograph, run.options.mesh)
        try mesh.writeGLB(to: run.directory.mesh)
        let topology = mesh.mesh.topology
        run.record.scores["mesh silhouette IoU"] = overlap
        run.record.scores.merge(lifted.scores(of: mesh)) { $1 }
        run.record.scores["mesh faces"] = Double(topology.faces)
        run.record.scores["mesh is closed"] = topology.isWatertight ? 1 : 0
        run.finish(.mesh, outputs: ["mesh.glb"])
        return LiftPiece()
    }
}
