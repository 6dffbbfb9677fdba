"""Workers of an actor."""
