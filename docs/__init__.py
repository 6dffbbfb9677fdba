"""What stands in `docs/` beside the pages: the command that makes their pictures."""
