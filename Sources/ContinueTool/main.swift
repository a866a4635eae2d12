// continue: the same as `audiolm continue`.
import AudioLMCommand

Tool.main(ContinueCommand.self)
