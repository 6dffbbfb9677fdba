"""The Django project: settings, addresses, middleware, logging and health. No feature lives here."""

__version__ = "0.1.0"  # as in pyproject.toml, which is not there where the portal is served
