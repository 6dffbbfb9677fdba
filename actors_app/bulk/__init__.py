"""One act on many things: its plan, ordering it, moving it on, what it does to each, and the page of how far it is."""
