// An object of the toy world: a deterministic function of seed, split and class.

/// A toy: signed-distance parts within a sphere about the origin, front towards +z, y up.
public struct ToyObject: Sendable {
    public let seed: UInt64
    public let split: ToySplit
    public let className: String
    /// For example "a red mug with a blue handle".
    public let caption: String
    /// The object's lighting, fixed relative to the object.
    public let light: ToyLight
    /// Radius of the bounding sphere in scene units.
    public let radius: Float
    package let parts: [ToyPart]
    let packed: [Float]
    let frame: [Float]
    /// The solid's bounding box in scene units.
    package let low: Vector
    package let high: Vector

    /// The index of the class in ``ToyObject/classNames``.
    public var classIndex: Int { ToyClass.names.firstIndex(of: className) ?? 0 }

    /// Class names in the order of their indices.
    public static var classNames: [String] { ToyClass.names }

    /// Classes that never occur in the train split.
    public static var heldOutClassNames: [String] { ToyClass.names.filter(ToyClass.heldOut.contains) }

    /// All objects fill the same sphere: an image does not determine an object's size, and a model that had to guess
    /// it would predict blurred outlines.
    public static let standardRadius: Float = 0.9

    /// The object of a seed.
    ///
    /// Without a class name the train split selects one of the trained classes or a random composition, and the
    /// held-out split one of all classes or a random composition; `compositions` is the share of the latter.
    ///
    /// - Throws: ``ToyError`` if the class is unknown, or held out and requested in the train split.
    public static func make(
        seed: UInt64, split: ToySplit, className: String? = nil, compositions: Float? = nil
    ) throws(ToyError) -> ToyObject {
        var random = ToyRandom(seed: seed, split: split)
        let pool = split == .train ? ToyClass.trained : ToyClass.all.filter { $0.name != "toy" }
        let drawn =
            random.chance(compositions ?? ToyClass.compositionShare) ? Compositions.toy : random.pick(pool)
        guard let className else { return ToyObject(drawn, seed: seed, split: split) }
        guard let named = ToyClass.all.first(where: { $0.name == className }) else {
            throw ToyError(
                "no toy class is named '\(className)'; the classes are \(ToyClass.names.joined(separator: ", "))"
            )
        }
        if split == .train, ToyClass.heldOut.contains(className) {
            throw ToyError(
                "class '\(className)' is held out and has no training objects; use the heldout split")
        }
        return ToyObject(named, seed: seed, split: split)
    }

    /// An object of the given parts, scaled to fill a sphere of `radius`.
    package init(
        parts: [ToyPart], caption: String = "", className: String = "toy", radius: Float,
        light: ToyLight = .studio
    ) {
        self.init(
            parts: parts, caption: caption, className: className, seed: 0, split: .train, radius: radius,
            light: light,
            grain: (0, 1, 0))
    }

    private init(_ kind: ToyClass, seed: UInt64, split: ToySplit) {
        // Separate streams for shape and presentation, so that a change of one does not affect the other.
        var builder = ToyBuilder(
            random: ToyRandom(seed: seed, split: split, stream: ToyRandom.hash(kind.name)))
        kind.build(&builder)
        var show = ToyRandom(seed: seed, split: split, stream: 2)
        let light = ToyLight(random: &show)
        let grain: Float = show.chance(0.4) ? show.uniform(0.04, 0.22) : 0
        self.init(
            parts: builder.parts, caption: builder.caption, className: kind.name, seed: seed, split: split,
            radius: Self.standardRadius,
            light: light, grain: (grain, show.uniform(4, 16), Float(show.index(1000))))
    }

    private init(
        parts: [ToyPart], caption: String, className: String, seed: UInt64, split: ToySplit, radius: Float,
        light: ToyLight, grain: (amplitude: Float, frequency: Float, seed: Float)
    ) {
        self.parts = parts
        self.caption = caption
        self.className = className
        self.seed = seed
        self.split = split
        self.radius = radius
        self.light = light
        var floats: [Float] = []
        floats.reserveCapacity(parts.count * Kernels.partStride)
        for part in parts { part.pack(into: &floats) }
        packed = floats
        let bounds = Kernels.bounds(of: floats)
        let scale = radius / max(bounds.radius, 0.05), centre = (bounds.low + bounds.high) / 2
        // The grid may miss thin parts, so rendering extends slightly beyond the measured sphere.
        frame = [
            scale, centre.x, centre.y, centre.z, radius * 1.08, grain.amplitude, grain.frequency, grain.seed,
        ]
        low = (bounds.low - centre) * scale
        high = (bounds.high - centre) * scale
    }
}

/// An invalid request to the toy world; one line.
public struct ToyError: Error, CustomStringConvertible, Sendable {
    public let message: String
    public init(_ message: String) { self.message = message }
    public var description: String { message }
}
