"""Writes: performing one once, one-time keys, and the audit trail."""
