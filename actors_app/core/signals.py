"""Signals, for a subject that acts on what another one reads and may not import it."""

from django.dispatch import Signal

actors_described = Signal()  # `actors`: as the API describes them now, for a visitor of `tenant`
