// Filming the turn.

import Foundation
import Images

struct FilmStage: LiftStageWork {
    let stage = LiftStage.film
    private var film: Film?

    func seconds(_ estimate: LiftEstimate) -> Double {
        let film = estimate.options.film
        return Double(film.frames) * 1.2e-6 * Double(film.size * film.size)
    }

    func work(_ estimate: LiftEstimate) -> String {
        let film = estimate.options.film
        return "\(film.frames) frames of \(film.size) x \(film.size)"
    }

    mutating func advance(_ run: LiftRun) throws -> LiftPiece {
        var film = self.film ?? Film(of: FilmStage.subject(run.distilled), run.options.film)
        film.takeFrame()
        self.film = film
        let total = run.options.film.frames
        guard film.isComplete else {
            let estimate = LiftEstimate(options: run.options, steps: run.distilled.total)
            let left = seconds(estimate) * Double(total - film.count) / Double(max(1, total))
            return LiftPiece(step: film.count, total: total, isLast: false, secondsLeft: left)
        }
        try write(film, run)
        return LiftPiece(step: total, total: total)
    }

    private static func subject(_ field: FieldLift) -> PhotographedField {
        PhotographedField(field.field, photograph: field.placedPhotograph)
    }

    private func write(_ film: Film, _ run: LiftRun) throws {
        let directory = run.directory
        try film.writeFrames(into: directory.frames)
        try film.writeGIF(to: directory.film)
        try film.writeStrip(after: try Image.load(directory.input), to: directory.strip)
        var outputs = ["strip.png", "turntable", "turntable.gif"]
        if case .alpha = run.options.film.background {
            run.record.notes.append("no turntable.mp4: an .mp4 has no transparency")
        } else if let ffmpeg = Helper.find("ffmpeg", in: run.searchPath) {
            if let reason = film.writeMovie(framesIn: directory.frames, to: directory.movie, ffmpeg: ffmpeg) {
                run.record.notes.append("no turntable.mp4: \(reason)")
            } else {
                outputs.append("turntable.mp4")
            }
        }
        run.finish(.film, outputs: outputs)
    }
}
