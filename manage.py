#!/usr/bin/env python3
"""Run a command of the portal, with the secrets that `run.py` made where they exist."""

import os
import sys
from pathlib import Path

ENV_FILE = Path(__file__).resolve().parent / "var" / "portal.env"


def main() -> None:
    """Hand the command line to Django."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    if ENV_FILE.exists():
        import environ

        environ.Env.read_env(ENV_FILE)  # never overrides what is already in the environment
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db import Error

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as problem:
        sys.exit(str(problem))  # a sentence for the operator; where it was raised says nothing more
    except Error as failure:
        from portal.store_faults import sentence_about

        if not (sentence := sentence_about(failure)):
            raise
        sys.exit(sentence)


if __name__ == "__main__":
    main()
