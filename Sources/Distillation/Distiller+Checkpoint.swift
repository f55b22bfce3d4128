// Saving a lift and going on with it to the same bytes.

public import Arrays
import Foundation
public import Radiance

extension Distiller {
    /// What a checkpoint keeps besides field and optimiser.
    private struct Notes: Codable {
        var configuration: DistillationConfiguration
        var referenceCamera: Camera?
        var mirrors: [MirrorPlane]?
        var watchdog: Watchdog
        var events: [WatchdogEvent]
        /// Optimiser steps of the last good field, which lies in arrays of its own.
        var goodStep: Int?
    }

    private static let key = "distillation"

    /// Everything needed to go on later.
    public func checkpoint() throws -> FieldCheckpoint {
        var result = FieldCheckpoint(
            field: field, optimizer: optimizer, step: step, seed: configuration.seed)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let notes = Notes(
            configuration: configuration, referenceCamera: referenceCamera, mirrors: mirrors,
            watchdog: watchdog,
            events: events,
            goodStep: good?.optimizer.step)
        result.notes[Self.key] = String(decoding: try encoder.encode(notes), as: UTF8.self)
        if let good { result.keep(field: good.field, optimizer: good.optimizer, as: "good") }
        return result
    }

    /// Goes on from a checkpoint; the result is that of an unbroken run with the same prior and picture.
    /// - Throws: `FieldError` if the checkpoint is not that of a lift.
    public init(
        resuming checkpoint: FieldCheckpoint, prior: any ViewPrior, reference: NDArray, depth: NDArray? = nil
    ) throws {
        guard let text = checkpoint.notes[Self.key], let optimizer = checkpoint.optimizer,
            let notes = try? JSONDecoder().decode(Notes.self, from: Data(text.utf8))
        else { throw FieldError("the checkpoint holds no lift to go on with; start a new one") }
        try self.init(notes.configuration, prior: prior, reference: reference, depth: depth)
        guard checkpoint.field.configuration == configuration.field else {
            throw FieldError("the checkpoint's field and its lift settings disagree; start a new lift")
        }
        field = checkpoint.field
        self.optimizer = optimizer
        step = checkpoint.step
        events = notes.events
        watchdog = notes.watchdog
        referenceCamera = notes.referenceCamera
        mirrors = notes.mirrors ?? []
        if let goodStep = notes.goodStep {
            guard let kept = checkpoint.kept(as: "good", optimizerStep: goodStep) else {
                throw FieldError("the checkpoint lacks its last good field; start a new lift")
            }
            good = Snapshot(field: kept.field, optimizer: kept.optimizer)
        }
    }
}
