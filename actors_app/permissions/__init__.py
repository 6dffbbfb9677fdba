"""Who can do what, and why; what a visitor may not do."""
