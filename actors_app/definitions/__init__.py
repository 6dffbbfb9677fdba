"""Definitions of actors: edited, compared, and as files."""
