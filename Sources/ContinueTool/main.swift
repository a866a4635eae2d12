// continue: the same as `audiolm continue`.
import AudioLMCommand

await Tool.run(ContinueCommand.self)
