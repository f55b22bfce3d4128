// Writing the record and the report.

struct ReportStage: LiftStageWork {
    let stage = LiftStage.report

    func seconds(_ estimate: LiftEstimate) -> Double { 0.2 }

    func work(_ estimate: LiftEstimate) -> String { "run.json and report.html" }

    func advance(_ run: LiftRun) throws -> LiftPiece {
        run.finish(.report, outputs: ["run.json", "report.html"])
        run.record.status = .complete
        try run.record.save(inRun: run.directory.path)
        try Report(record: run.record, metrics: run.metrics, folder: run.directory.path).write()
        return LiftPiece()
    }

    /// The stages before have written their checkpoint.
    func keep(_ run: LiftRun) throws {}
}
