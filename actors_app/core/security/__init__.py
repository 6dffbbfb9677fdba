"""Credentials, sessions, encryption, capabilities, and limits on what strangers may send."""
