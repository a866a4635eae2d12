// audiolm: every verb.
