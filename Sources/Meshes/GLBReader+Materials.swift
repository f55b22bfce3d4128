// The materials of a glTF file: colours, pictures, and what of them is cut away.

import Arrays
import Files
import Foundation
import Images

extension GLBReader {
    /// The materials of the document, and remarks on what they hold that is not drawn.
    func materials() throws -> (materials: [MeshMaterial], notes: [String]) {
        var notes: [String] = []
        // Materials often share pictures, and a hostile file names one from thousands.
        var pictures: [Int: Image] = [:]
        let materials = try (document.materials ?? []).enumerated().map { index, entry in
            let surface = entry.pbrMetallicRoughness
            let factor = surface?.baseColorFactor ?? [1, 1, 1, 1]
            guard factor.count >= 3 else { throw fault("has a material with a damaged colour") }
            let color = mapped(SIMD3(factor[0], factor[1], factor[2]), srgbFromLinear)
            var material = MeshMaterial(name: entry.name ?? "", color: color)
            var opacity: Image?
            if let use = surface?.baseColorTexture {
                let source = try source(of: use.index)
                let picture = try pictures[source] ?? self.picture(source)
                pictures[source] = picture
                material.wrap = wrap(of: use.index)
                if picture.hasAlpha {
                    let shape = [picture.height, picture.width, 1]
                    opacity = Image(picture.alpha.reshaped(shape)).rgb
                }
                material.texture = picture.rgb
            }
            let weight = factor.count > 3 ? factor[3] : 1
            let name = (entry.name ?? "\(index)").quotedForMessage
            switch entry.alphaMode {
            case "MASK":
                material.cutout = MeshCutout(
                    opacity: opacity, factor: weight, threshold: entry.alphaCutoff ?? 0.5)
            case "BLEND" where weight < 1 || opacity != nil:
                notes.append("material \(name) is transparent (alphaMode BLEND), which is drawn opaque")
            default: break
            }
            if entry.emissiveFactor?.contains(where: { $0 > 0 }) ?? false {
                notes.append("material \(name) glows (emissiveFactor), which is left out")
            }
            if surface == nil, entry.extensions?.specularGlossiness != nil {
                notes.append(
                    "material \(name) has its colours in KHR_materials_pbrSpecularGlossiness, which is not read"
                )
            }
            return material
        }
        return (materials, notes)
    }

    /// Which set of texture coordinates a material's picture is laid out by, and how they are moved first.
    func layout(of material: Int?) -> (set: Int, transform: GLBDocument.TextureTransform?) {
        let use = material.flatMap { document.materials?[safe: $0] }?.pbrMetallicRoughness?.baseColorTexture
        let transform = use?.extensions?.transform
        return (transform?.texCoord ?? use?.texCoord ?? 0, transform)
    }

    private func wrap(of texture: Int) -> (across: TextureWrap, down: TextureWrap) {
        let sampler = document.textures?[safe: texture]?.sampler.flatMap { document.samplers?[safe: $0] }
        func mode(_ number: Int?) -> TextureWrap {
            switch number {
            case 33071: .clamps
            case 33648: .mirrors
            default: .repeats
            }
        }
        return (mode(sampler?.wrapS), mode(sampler?.wrapT))
    }

    private func source(of texture: Int) throws -> Int {
        guard let source = document.textures?[safe: texture]?.source else {
            throw fault("names a picture that is not there")
        }
        return source
    }

    private func picture(_ source: Int) throws -> Image {
        guard let entry = document.images?[safe: source] else {
            throw fault("names a picture that is not there")
        }
        let bytes: [UInt8]
        if let index = entry.bufferView, let view = document.bufferViews?[safe: index] {
            let buffer = try buffer(view.buffer)
            let start = view.byteOffset ?? 0
            guard start >= 0, start <= buffer.count, view.byteLength >= 0,
                view.byteLength <= buffer.count - start
            else { throw damaged }
            bytes = Array(buffer[start..<start + view.byteLength])
        } else if let uri = entry.uri, let data = GLBReader.content(ofDataURI: uri) {
            bytes = data
        } else {
            throw fault("keeps a picture outside the file, which is not supported")
        }
        do {
            return try ImageFile(bytes: bytes, path: path).image
        } catch {
            throw fault("has an embedded picture that cannot be read (\(error))")
        }
    }

    /// The bytes of `data:…;base64,…` (RFC 2397); nil for any other address.
    static func content(ofDataURI uri: String) -> [UInt8]? {
        guard uri.hasPrefix("data:"), let comma = uri.firstIndex(of: ","), uri[..<comma].hasSuffix(";base64")
        else {
            return nil
        }
        return Data(base64Encoded: String(uri[uri.index(after: comma)...]), options: .ignoreUnknownCharacters)
            .map { [UInt8]($0) }
    }
}

extension GLBDocument.TextureTransform {
    /// The moved coordinate: scale, then rotation, then shift (KHR_texture_transform).
    func apply(_ place: SIMD2<Float>) -> SIMD2<Float> {
        let factor = scale.flatMap { $0.count == 2 ? SIMD2($0[0], $0[1]) : nil } ?? SIMD2(1, 1)
        let shift = offset.flatMap { $0.count == 2 ? SIMD2($0[0], $0[1]) : nil } ?? .zero
        let angle = Double(rotation ?? 0)
        let (c, s) = (Float(cos(angle)), Float(sin(angle)))
        let scaled = place * factor
        return SIMD2(c * scaled.x + s * scaled.y, c * scaled.y - s * scaled.x) + shift
    }
}
