"""Actors: the list, an actor's page, registering, editing, deleting, and definitions with their revisions."""
