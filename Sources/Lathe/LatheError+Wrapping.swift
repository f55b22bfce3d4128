// Errors of the targets below, given the code that the program exits with.

extension LatheError {
    /// The same failure as an error of this library.
    ///
    /// Pictures and meshes are input; checkpoints, configurations and vocabularies belong to models.
    public init(wrapping error: any Error) {
        switch error {
        case let error as LatheError: self = error
        default: self.init(.badInput, "\(error)")
        }
    }

    /// Runs `body`; whatever it throws leaves as a `LatheError` with this code.
    static func asking<Result>(
        _ code: Code, _ context: String? = nil, _ body: () throws -> Result
    ) throws -> Result {
        do {
            return try body()
        } catch let error as LatheError {
            throw error
        } catch {
            let message = LatheError(wrapping: error).message
            throw LatheError(code, context.map { "\($0): \(message)" } ?? message)
        }
    }
}
