"""The addresses of the JSON API, one file a resource."""
