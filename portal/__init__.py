"""The Django project: settings, addresses, middleware, logging and health. No feature lives here."""
