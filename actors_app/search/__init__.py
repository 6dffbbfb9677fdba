"""The search of the page: by the API, and by an id or a link that somebody pasted."""
