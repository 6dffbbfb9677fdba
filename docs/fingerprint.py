"""What the pictures of `docs/images` were made from, as one SHA-256 beside them; pictures are never compared."""

import hashlib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILE = Path(__file__).with_name("images") / "fingerprint.txt"
SOURCES = ("templates/**/*", "static/css/**/*", "docs/screenshots.py")


def fingerprint() -> str:
    """Return the SHA-256 of the templates, the CSS and the list of pictures, each with its name."""
    digest = hashlib.sha256()
    for path in sorted(path for pattern in SOURCES for path in ROOT.glob(pattern) if path.is_file()):
        name, text = path.relative_to(ROOT).as_posix().encode(), path.read_bytes()
        # The lengths keep apart what is a name and what is its content.
        digest.update(b"%d %d\n%b%b" % (len(name), len(text), name, text))
    return digest.hexdigest()
