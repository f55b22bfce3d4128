// The registry of classes: their names, in the order of the dataset's class indices, and who is held out.

/// A kind of object and how one is built.
package struct ToyClass: Sendable {
    package let name: String
    let build: @Sendable (inout ToyBuilder) -> Void

    init(_ name: String, _ build: @escaping @Sendable (inout ToyBuilder) -> Void) {
        self.name = name
        self.build = build
    }
}

extension ToyClass {
    /// Every class.
    ///
    /// Datasets store indices into this list, so new families go to its end.
    package static let all: [ToyClass] =
        Furniture.classes + Household.classes + Vehicles.classes + Buildings.classes + Plants.classes
        + Food.classes
        + Animals.classes + Toys.classes + [Compositions.toy] + Creatures.classes + Machines.classes
        + Belongings.classes + Groceries.classes + Structures.classes + Farmyard.classes + Kitchen.classes
        + Playroom.classes

    /// The names in the order of class indices.
    package static let names = all.map(\.name)

    /// Classes that no training object has, to measure what carries over.
    package static let heldOut: Set<String> = ["teapot", "duck", "hamburger", "sofa"]

    /// Named classes that training objects are drawn from.
    static let trained = all.filter { !heldOut.contains($0.name) && $0.name != "toy" }

    /// Share of random compositions among objects whose class is not asked for.
    static let compositionShare: Float = 0.18
    /// Their share in the `views` data: what is learned from them reaches classes that were never seen.
    static let compositionShareOfViews: Float = 0.4
}

/// Which half of the world an object belongs to.
public enum ToySplit: String, Sendable, CaseIterable {
    case train
    case heldOut = "heldout"
}
