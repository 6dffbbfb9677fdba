"""One execution as its page tells it: how it stands, why, what came of it, and sending it again."""
