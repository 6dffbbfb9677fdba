"""`python -m sandbox`: migrate, fill an empty store, start the engine, serve. Ctrl-C or SIGTERM stops it cleanly."""

import argparse
import os
import sys
from pathlib import Path


def main() -> None:
    """Read the options, which are the environment's names too, and serve until stopped."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="Serve the embedded Actors API.")
    parser.add_argument("--host", default=os.environ.get("SANDBOX_HOST", "127.0.0.1"))
    parser.add_argument("--port", default=os.environ.get("SANDBOX_PORT", "8100"))
    sizes = ("none", "small", "full", "large")
    parser.add_argument("--fill", choices=sizes, default=os.environ.get("SANDBOX_FILL", "full"))
    options = parser.parse_args()
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "sandbox.settings",
        "SANDBOX_HOST": options.host,
        "SANDBOX_PORT": options.port,
        "SANDBOX_FILL": options.fill,
    }
    import django
    from django.conf import settings
    from django.core.management import call_command

    django.setup()
    Path(str(settings.DATABASES["default"]["NAME"])).parent.mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0, interactive=False)

    from django.db import connections

    from sandbox import fill, server

    fill.fill_when_empty(settings.SANDBOX_FILL)
    connections.close_all()
    sys.stdout.write(f"The sandbox answers at {settings.SANDBOX_URL}\n")
    sys.stdout.flush()
    server.serve()


if __name__ == "__main__":
    main()
