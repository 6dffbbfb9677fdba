"""`python -m tests.drills NAME [--options]` runs one drill; without a name it lists them.

A drill is a module beside this one with `main(arguments) -> int`, whose first line says what it shows.
"""

import importlib
import pkgutil
import sys
from pathlib import Path

HERE = Path(__file__).parent


def names() -> list[str]:
    """Return the names of all drills."""
    return sorted(module.name for module in pkgutil.iter_modules([str(HERE)]) if not module.name.startswith("_"))


def run(arguments: list[str]) -> int:
    """Run the drill that is named first; return its exit code, which is 0 when everything it measured held."""
    if not arguments or arguments[0] not in names():
        for name in names():
            text = importlib.import_module(f"tests.drills.{name}").__doc__ or ""
            sys.stdout.write(f"{name:12} {text.splitlines()[0] if text else ''}\n")
        return 0 if not arguments else 2
    drill = importlib.import_module(f"tests.drills.{arguments[0]}")
    return int(drill.main(arguments[1:]))


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
