// Errors of the targets below, given the code that the program exits with.

import Checkpoints
import Tokenizers

extension LatheError {
    /// The same failure as an error of this library.
    ///
    /// Pictures, meshes and fields are input; checkpoints, configurations and vocabularies belong to models.
    public init(wrapping error: any Error) {
        switch error {
        case let error as LatheError: self = error
        case is CheckpointError, is ConfigurationProblem, is TokenizerError:
            self.init(.modelUnusable, "\(error)")
        default: self.init(.badInput, "\(error)")
        }
    }

    /// Runs `body`; whatever it throws leaves as a `LatheError` with this code.
    package static func asking<Result>(_ code: Code, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as LatheError {
            throw error
        } catch {
            throw LatheError(code, "\(error)")
        }
    }
}
