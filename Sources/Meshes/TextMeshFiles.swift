// Writing of OBJ and PLY.

import Files

extension Mesh {
    /// Writes Wavefront OBJ with vertex colours after the positions, as read by MeshLab, Blender and CloudCompare.
    /// - Throws: `MeshError` if the file cannot be written; no partial file remains.
    public func writeOBJ(to path: String) throws(MeshError) {
        try MeshError.wrap(path) {
            let file = try AtomicFile(path: path)
            try file.write(
                "# Lathe: \(positions.count) vertices, \(faces.count) faces, y up, sRGB vertex colours\n")
            for index in positions.indices {
                let p = positions[index]
                var line = "v \(p.x) \(p.y) \(p.z)"
                if !colors.isEmpty { line += " \(colors[index].x) \(colors[index].y) \(colors[index].z)" }
                try file.write(line + "\n")
            }
            for normal in normals { try file.write("vn \(normal.x) \(normal.y) \(normal.z)\n") }
            for face in faces {
                let corners = (0..<3).map { corner -> String in
                    let index = face[corner] + 1
                    return normals.isEmpty ? "\(index)" : "\(index)//\(index)"
                }
                try file.write("f " + corners.joined(separator: " ") + "\n")
            }
            try file.commit()
        }
    }

    /// Writes Stanford PLY, binary little-endian, with 8-bit sRGB colours.
    /// - Throws: `MeshError` if the file cannot be written; no partial file remains.
    public func writePLY(to path: String) throws(MeshError) {
        try MeshError.wrap(path) {
            var header = "ply\nformat binary_little_endian 1.0\ncomment Lathe, y up\n"
            header += "element vertex \(positions.count)\n"
            header += "property float x\nproperty float y\nproperty float z\n"
            if !normals.isEmpty { header += "property float nx\nproperty float ny\nproperty float nz\n" }
            if !colors.isEmpty { header += "property uchar red\nproperty uchar green\nproperty uchar blue\n" }
            header += "element face \(faces.count)\nproperty list uchar uint vertex_indices\nend_header\n"
            var body: [UInt8] = []
            func append(_ vector: SIMD3<Float>) {
                for axis in 0..<3 { withUnsafeBytes(of: vector[axis]) { body.append(contentsOf: $0) } }
            }
            for index in positions.indices {
                append(positions[index])
                if !normals.isEmpty { append(normals[index]) }
                if !colors.isEmpty {
                    let scaled = (colors[index].clamped(lowerBound: .zero, upperBound: .one) * 255).rounded(
                        .toNearestOrAwayFromZero)
                    body += [UInt8(scaled.x), UInt8(scaled.y), UInt8(scaled.z)]
                }
            }
            for face in faces {
                body.append(3)
                for corner in 0..<3 { withUnsafeBytes(of: face[corner]) { body.append(contentsOf: $0) } }
            }
            let file = try AtomicFile(path: path)
            try file.write(header)
            try file.write(body)
            try file.commit()
        }
    }
}
