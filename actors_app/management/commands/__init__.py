"""One command of `manage.py` per file; each calls a subject or `core`, and only writes to the terminal itself."""
