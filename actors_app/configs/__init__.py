"""Configs: values that the API gives to actors when they run."""
