"""The audit trail: kept, read as people read it, and asked about where an outcome is not known."""
