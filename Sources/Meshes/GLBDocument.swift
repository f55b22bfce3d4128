// The parts of a glTF 2.0 document that meshes with materials need.

/// A glTF document (Khronos glTF 2.0 specification, §5); other keys are ignored.
struct GLBDocument: Codable {
    static let magic: UInt32 = 0x4654_6C67
    static let jsonChunk: UInt32 = 0x4E4F_534A
    static let binaryChunk: UInt32 = 0x004E_4942

    /// Codes of component types (§3.6.2.2).
    enum Component {
        static let int8 = 5120
        static let uint8 = 5121
        static let int16 = 5122
        static let uint16 = 5123
        static let uint32 = 5125
        static let float32 = 5126
    }

    struct Asset: Codable {
        var version = "2.0"
        var generator: String? = "Lathe"
    }
    struct Scene: Codable { var nodes: [Int]? }
    struct Node: Codable {
        var mesh: Int?
        var name: String?
        var children: [Int]?
        var matrix: [Float]?
        var translation: [Float]?
        var rotation: [Float]?
        var scale: [Float]?
    }
    struct Primitive: Codable {
        var attributes: [String: Int]
        var indices: Int?
        var material: Int?
        var mode: Int?
    }
    struct MeshEntry: Codable { var primitives: [Primitive] }
    struct TextureUse: Codable {
        struct Extensions: Codable {
            var transform: TextureTransform?

            enum CodingKeys: String, CodingKey { case transform = "KHR_texture_transform" }
        }

        var index: Int
        var texCoord: Int?
        var extensions: Extensions?
    }
    /// The extension KHR_texture_transform.
    struct TextureTransform: Codable {
        var offset: [Float]?
        var rotation: Float?
        var scale: [Float]?
        var texCoord: Int?
    }
    struct Roughness: Codable {
        var baseColorFactor: [Float]?
        var baseColorTexture: TextureUse?
        var metallicFactor: Float? = 0
        var roughnessFactor: Float? = 1
    }
    struct Material: Codable {
        /// Extensions that hold colours of their own.
        struct Extensions: Codable {
            struct Present: Codable {}
            var specularGlossiness: Present?

            enum CodingKeys: String, CodingKey {
                case specularGlossiness = "KHR_materials_pbrSpecularGlossiness"
            }
        }

        var name: String?
        var pbrMetallicRoughness: Roughness? = Roughness()
        var alphaMode: String?
        var alphaCutoff: Float?
        var emissiveFactor: [Float]?
        var extensions: Extensions?
    }
    struct Texture: Codable {
        var sampler: Int?
        var source: Int?
    }
    struct Picture: Codable {
        var bufferView: Int?
        var mimeType: String?
        var uri: String?
    }
    struct Sampler: Codable {
        var magFilter: Int?
        var minFilter: Int?
        var wrapS: Int?
        var wrapT: Int?
    }
    struct Accessor: Codable {
        var bufferView: Int?
        var byteOffset: Int?
        var componentType: Int
        var normalized: Bool?
        var count: Int
        /// Values that replace some of the others; only whether there are any matters here.
        struct Sparse: Codable {}

        var type: String
        var min: [Float]?
        var max: [Float]?
        var sparse: Sparse?
    }
    struct BufferView: Codable {
        var buffer = 0
        var byteOffset: Int?
        var byteLength: Int
        var byteStride: Int?
        var target: Int?
    }
    struct Buffer: Codable {
        var byteLength: Int
        var uri: String?
    }

    var asset = Asset()
    var scene: Int? = 0
    var scenes: [Scene]? = [Scene(nodes: [0])]
    var nodes: [Node]? = [Node(mesh: 0, name: "object")]
    var meshes: [MeshEntry]?
    var materials: [Material]?
    var textures: [Texture]?
    var images: [Picture]?
    var samplers: [Sampler]?
    var accessors: [Accessor]?
    var bufferViews: [BufferView]?
    var buffers: [Buffer]?
    var extensionsRequired: [String]?
}
