"""The static files as they are deployed: compressed, and named by what is in them."""

from functools import cache

from whitenoise.storage import CompressedManifestStaticFilesStorage


class Files(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # the package has no types
    """Find the address of a file once in a process: a page names fifteen, and their names change with a deployment."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.url = cache(super().url)
