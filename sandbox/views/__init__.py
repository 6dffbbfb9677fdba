"""The routes' handlers, one file per resource, each a function from a call to an answer."""
