"""Audit reports: who ran what, with which outcomes, and what of it is not known."""
