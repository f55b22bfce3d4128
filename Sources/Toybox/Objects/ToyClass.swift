// The registry of classes: names, class indices, and the held-out classes.

/// A class of objects and its generator.
package struct ToyClass: Sendable {
    package let name: String
    let build: @Sendable (inout ToyBuilder) -> Void

    init(_ name: String, _ build: @escaping @Sendable (inout ToyBuilder) -> Void) {
        self.name = name
        self.build = build
    }
}

extension ToyClass {
    /// All classes.
    ///
    /// Datasets store indices into this list, so new classes must be appended.
    package static let all: [ToyClass] =
        Furniture.classes + Household.classes + Vehicles.classes + Buildings.classes + Plants.classes
        + Food.classes
        + Animals.classes + Toys.classes + [Compositions.toy] + Creatures.classes + Machines.classes
        + Belongings.classes + Groceries.classes + Structures.classes + Farmyard.classes + Kitchen.classes
        + Playroom.classes

    /// The names in the order of class indices.
    package static let names = all.map(\.name)

    /// Classes excluded from training objects, to measure generalisation.
    package static let heldOut: Set<String> = ["teapot", "duck", "hamburger", "sofa"]

    /// Named classes of training objects.
    static let trained = all.filter { !heldOut.contains($0.name) && $0.name != "toy" }

    /// Share of random compositions among objects without a requested class.
    static let compositionShare: Float = 0.18
    /// Their share in the `views` data; they improve generalisation to unseen classes.
    static let compositionShareOfViews: Float = 0.4
}

/// The split that an object belongs to.
public enum ToySplit: String, Sendable, CaseIterable {
    case train
    case heldOut = "heldout"
}
