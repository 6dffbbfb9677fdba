"""Whether everything is well, and the last day in numbers."""
