"""Schedules of actors."""
