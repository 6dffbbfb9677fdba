"""One request, one answer; one file per resource."""
