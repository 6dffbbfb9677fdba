"""The state of an actor."""
