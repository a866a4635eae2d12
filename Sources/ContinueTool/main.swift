// continue: the same as `audiolm continue`.
