"""nginx and gunicorn in front of Abaco: which process receives a request, and what neither lets through.

The locations are those of `TACC/abaco master images/nginx/sites-enabled/flask-project` and of
`dev-v3 kube-template/nginx-config.yml`. nginx passes their captures on decoded and does not encode them again, so `%3F`
in a path begins a query for the process, and everything after `/messages` is lost. The routes of the processes are in
`urls.py`; the checks that every route begins with are in `endpoint.py`.
"""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern

from sandbox.access import UnknownToken, identify
from sandbox.answers import Refusal, broken, no_such_route
from sandbox.dialect import V2, V2_DIALECT, V3_DIALECT

LINE_BYTES = 8192  # nginx, large_client_header_buffers: the request line and every header with their line ends
BODY_BYTES = 1024 * 1024  # nginx, client_max_body_size
UPSTREAM_LINE_BYTES = 4094  # gunicorn, limit_request_line
REFUSED_METHODS = ("TRACE", "CONNECT")
FILE_METHODS = ("GET", "HEAD", "POST")
ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})|%00")
STATIC = """{{
    "status": "error",
    "message": "Invalid request: {}",
    "version": "unknown",
    "result": None
}}
"""
NOT_UNDERSTOOD = "The Abaco service does not know how to fulfill the request."
NOT_ABACO = "the requested URL is not an Abaco endpoint."
Routes = Mapping[str, tuple[URLPattern, ...]]


class FrontPage(HttpResponse):
    """An answer of nginx or gunicorn, without the CORS headers that Abaco's processes send."""


class Refused(Exception):  # noqa: N818 - it is an answer, not a fault
    """Stop and answer with a page of nginx or gunicorn."""

    def __init__(self, page: FrontPage) -> None:
        super().__init__(page.status_code)
        self.page = page


@dataclass(frozen=True)
class Location:
    """A rule of nginx: a pattern of paths, the process, and the address there, with the captures in braces."""

    pattern: re.Pattern[str]
    process: str
    address: str

    def target(self, path: str) -> str | None:
        """Return the request target for the process, or None where the rule does not match."""
        match = self.pattern.search(path)
        return self.address.format(*match.groups()) if match else None


def locations(root: str) -> tuple[Location, ...]:
    """Return nginx's rules for an API under `root`; the first match holds."""
    return (
        Location(re.compile(rf"^{root}/admin(.*)", re.IGNORECASE), "admin", "/actors/admin{0}"),
        Location(re.compile(rf"^{root}/(.*)/messages(.*)", re.IGNORECASE), "mes", "/actors/{0}/messages"),
        Location(re.compile(rf"^{root}/search/(.*)"), "reg", "/actors/search/{0}"),
        Location(re.compile(rf"{root}/(.*)/workers(.*)"), "admin", "/actors/{0}/workers{1}"),
        Location(re.compile(rf"{root}/aliases/(.*)/permissions"), "admin", "/actors/aliases/{0}/permissions"),
        Location(re.compile(rf"{root}/(.*)/permissions"), "admin", "/actors/{0}/permissions"),
        Location(re.compile(rf"^{root}(.*)"), "reg", "/actors{0}"),
    )


V2_LOCATIONS, V3_LOCATIONS = locations("/actors"), locations("/v3/actors")
# The gateway says `/actors` to nginx where its client says `/actors/v2`. Without it, `/actors` leads nowhere.
GATEWAY = re.compile(r"(?<!v3)(?<!/)(/+actors)/+v2", re.IGNORECASE)
PAST_GATEWAY = re.compile(r"/+actors(?:/|$)")


def answer(request: HttpRequest, routes: Routes) -> HttpResponse:
    """Answer a request as nginx, gunicorn and Abaco's processes do; `routes` are those of each process by its name."""
    try:
        dialect, process, target = direct(request)
        path, query = upstream(str(request.method), target)
    except Refused as refusal:
        return refusal.page
    request.path_info = path
    request.META["QUERY_STRING"] = query
    return dispatch(request, dialect, routes[process])


def direct(request: HttpRequest) -> tuple[V2, str, str]:
    """Return the dialect, the process and the request target of a request, as nginx passes it on.

    Raises Refused for what nginx answers itself.
    """
    raw = str(request.META.get("RAW_URI") or request.get_full_path())
    check_sizes(request, raw)
    if request.method in REFUSED_METHODS:
        raise Refused(static(405, NOT_UNDERSTOOD))
    address, _, arguments = raw.partition("#")[0].partition("?")
    address, through_gateway = GATEWAY.subn(r"\1", address, count=1)
    path = normal_path(address)
    check_body(request)
    rules: list[tuple[V2, Location]] = []
    if not through_gateway:
        rules += [(V3_DIALECT, rule) for rule in V3_LOCATIONS]
    if through_gateway or not PAST_GATEWAY.match(address):
        rules += [(V2_DIALECT, rule) for rule in V2_LOCATIONS]
    for dialect, rule in rules:
        target = rule.target(path)
        if target is not None:
            return dialect, rule.process, f"{target}?{arguments}" if arguments else target
    # The rest would be files of nginx's own, of which it has none.
    raise Refused(static(404, NOT_ABACO) if request.method in FILE_METHODS else static(405, NOT_UNDERSTOOD))


def check_sizes(request: HttpRequest, raw: str) -> None:
    """Refuse a request line or a header that is larger than nginx's buffers."""
    if len(f"{request.method} {raw} HTTP/1.1\r\n") > LINE_BYTES:
        raise Refused(nginx_page(414, "414 Request-URI Too Large"))
    if any(len(f"{name}: {value}\r\n") > LINE_BYTES for name, value in request.headers.items()):
        reason = "<center>Request Header Or Cookie Too Large</center>\r\n"
        raise Refused(nginx_page(400, "400 Bad Request", "400 Request Header Or Cookie Too Large", reason))


def check_body(request: HttpRequest) -> None:
    """Refuse a body that is larger than nginx lets through."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > BODY_BYTES:
        raise Refused(nginx_page(413, "413 Request Entity Too Large"))


def normal_path(address: str) -> str:
    """Return a path as nginx's locations see it: decoded, without repeated slashes and dots; a letter is a byte.

    Raises Refused for a broken escape, for `%00`, and for a path that leads out of the root.
    """
    encoded = address.encode("latin-1", "replace")
    if ESCAPE.search(encoded):
        raise Refused(static(400, NOT_UNDERSTOOD))
    segments: list[str] = []
    last = ""
    for last in unquote_to_bytes(encoded).decode("latin-1").split("/"):
        if last == "..":
            if not segments:
                raise Refused(static(400, NOT_UNDERSTOOD))
            segments.pop()
        elif last not in ("", "."):
            segments.append(last)
    end = "/" if segments and last in ("", ".", "..") else ""
    return "/" + "/".join(segments) + end


def upstream(method: str, target: str) -> tuple[str, str]:
    """Return path and query of a request line that nginx wrote, as gunicorn reads it.

    The path is decoded once more. Raises Refused for a line with a space in it and for one too long.
    """
    line = f"{method} {target} HTTP/1.0".encode("latin-1", "replace")
    if len(line) > UPSTREAM_LINE_BYTES:
        raise Refused(gunicorn_page(f"Request Line is too large ({len(line)} > {UPSTREAM_LINE_BYTES})"))
    _, uri, version = line.split(None, 2)
    if version != b"HTTP/1.0":
        reason = f"Invalid HTTP Version: {version.decode('latin-1')!r}"
        raise Refused(gunicorn_page(f"Invalid HTTP Version '{reason}'"))
    address, _, query = uri.decode("latin-1").partition("#")[0].partition("?")
    return unquote_to_bytes(address).decode("utf-8", "replace"), query


def dispatch(request: HttpRequest, dialect: V2, routes: tuple[URLPattern, ...]) -> HttpResponse:
    """Call the first route that matches both path and method, or else the first that matches the path."""
    matches = [match for route in routes if (match := route.resolve(request.path_info.removeprefix("/")))]
    if not matches:
        if dialect.asks_before_options and not signed_in(request, dialect):
            return broken(request)
        return no_such_route(request)
    chosen = next((match for match in matches if request.method in getattr(match.func, "methods", ())), matches[0])
    response: HttpResponse = chosen.func(request, dialect=dialect, **chosen.kwargs)
    return response


def signed_in(request: HttpRequest, dialect: V2) -> bool:
    """Say whether a request carries a good token."""
    try:
        return identify(request, dialect) is not None
    except (Refusal, UnknownToken):
        return False


def static(status: int, reason: str) -> FrontPage:
    """Return one of the files that nginx answers with, which are no JSON but say so."""
    return FrontPage(STATIC.format(reason), "application/json", status)


def nginx_page(status: int, heading: str, title: str = "", reason: str = "") -> FrontPage:
    """Return a page of nginx's own."""
    page = (
        f"<html>\r\n<head><title>{title or heading}</title></head>\r\n<body>\r\n<center><h1>{heading}</h1></center>\r\n"
        f"{reason}<hr><center>nginx/1.22.1</center>\r\n</body>\r\n</html>\r\n"
    )
    return FrontPage(page, "text/html; charset=utf-8", status)


def gunicorn_page(reason: str) -> FrontPage:
    """Return a page of gunicorn's own, in which the reason is escaped."""
    page = (
        "<html>\n  <head>\n    <title>Bad Request</title>\n  </head>\n  <body>\n    <h1><p>Bad Request</p></h1>\n"
        f"    {html.escape(reason)}\n  </body>\n</html>\n"
    )
    return FrontPage(page, "text/html; charset=utf-8", 400)
