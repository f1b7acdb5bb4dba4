@rem Scripts begin with exec, so that signals to npm reach what they start; where the shell has none, this stands in for it.
@%*
