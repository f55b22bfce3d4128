// Maps errors of the targets below to `LatheError`.

import Checkpoints
import Tokenizers

extension LatheError {
    /// Maps an error to a code by its type.
    ///
    /// Errors of checkpoints, configurations and tokenizers are `modelUnusable`; all others are `badInput`.
    package init(wrapping error: any Error) {
        switch error {
        case let error as LatheError: self = error
        case is CheckpointError, is ConfigurationProblem, is TokenizerError:
            self.init(.modelUnusable, "\(error)")
        default: self.init(.badInput, "\(error)")
        }
    }

    /// Runs `body`; errors other than `LatheError` are wrapped with this code.
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
