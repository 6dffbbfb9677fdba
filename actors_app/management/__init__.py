"""Commands that are not part of serving pages."""
