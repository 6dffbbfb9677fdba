"""Signing in and one's own sessions; the credential itself is in `credentials.py`."""
