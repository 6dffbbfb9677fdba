"""Aliases: names that point to actors."""
