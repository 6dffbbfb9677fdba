"""Nonces under names that are no secrets: what is worth a look at them, and where they were handed out."""
