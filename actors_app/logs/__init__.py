"""Logs as they are read and shown: in bounded memory, however long they are."""
