"""What every page shares: decorators, forms, htmx, errors, drafts, preferences, formatting and snippets."""
