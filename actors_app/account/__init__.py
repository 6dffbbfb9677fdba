"""Signing in, one's own sessions and preferences."""
