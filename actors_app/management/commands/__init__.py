"""One command of `manage.py` per file; each calls a room of the portal and only speaks to the terminal itself."""
