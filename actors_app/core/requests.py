"""What a request is: of a page or of the JSON API, by a session or with a token.

Settings and middleware need this before anything of the JSON API is loaded.
"""

from django.http import HttpRequest

ROOT = "/api/"


def is_api(request: HttpRequest) -> bool:
    """Whether a program asks, which is answered in JSON whatever goes wrong."""
    return request.path_info.startswith(ROOT)


def brings_token(request: HttpRequest) -> bool:
    """Whether a program brings its own token, beside which a session counts for nothing."""
    return is_api(request) and request.headers.get("Authorization", "").lower().startswith("bearer ")
