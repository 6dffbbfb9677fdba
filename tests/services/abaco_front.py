"""A model of what stands before Abaco's code: nginx with its site file, then the routes of each process.

It is written from the site files and the tables of routes of TACC/abaco (`master` and `dev-v3`), and tried against the
recordings. It knows nothing of the portal.
"""

import re
from dataclasses import dataclass
from urllib.parse import unquote

# The order of a site file: the first location of regular expressions that matches holds.
_LOCATIONS = (
    ("^{root}/admin(.*)", True, "admin", "/actors/admin{0}"),
    ("^{root}/(.*)/messages(.*)", True, "messages", "/actors/{0}/messages"),
    ("^{root}/search/(.*)", False, "registry", "/actors/search/{0}"),
    ("{root}/(.*)/workers(.*)", False, "admin", "/actors/{0}/workers{1}"),
    ("{root}/aliases/(.*)/permissions", False, "admin", "/actors/aliases/{0}/permissions"),
    ("{root}/(.*)/permissions", False, "admin", "/actors/{0}/permissions"),
    ("^{root}(.*)", False, "registry", "/actors{0}"),
)
# In the order of their weight: a fixed word goes before a name.
_ROUTES = {
    "registry": (
        "/actors",
        "/actors/utilization",
        "/actors/aliases",
        "/actors/configs",
        "/actors/search/{type}",
        "/actors/aliases/{alias}",
        "/actors/configs/{config}",
        "/actors/{actor}",
        "/actors/aliases/{alias}/nonces",
        "/actors/aliases/{alias}/nonces/{nonce}",
        "/actors/{actor}/state",
        "/actors/{actor}/executions",
        "/actors/{actor}/nonces",
        "/actors/{actor}/executions/{execution}",
        "/actors/{actor}/nonces/{nonce}",
        "/actors/{actor}/executions/{execution}/results",
        "/actors/{actor}/executions/{execution}/logs",
    ),
    "admin": (
        "/actors/admin",
        "/actors/admin/workers",
        "/actors/admin/executions",
        "/actors/aliases/{alias}/permissions",
        "/actors/configs/{config}/permissions",
        "/actors/{actor}/permissions",
        "/actors/{actor}/workers",
        "/actors/{actor}/workers/{worker}",
    ),
    "messages": ("/actors/{actor}/messages",),
}


@dataclass(frozen=True)
class Reached:
    """Where a request arrives: the process, its route, the names in the path, and whose permissions Abaco checks.

    `route` is empty where the process has none, which is an HTML 500.
    """

    process: str
    route: str
    names: tuple[str, ...] = ()
    actor: str = ""


def reached(path: str, root: str) -> Reached | None:
    """Return where a path as it is sent arrives, below `root`: `/actors` (v2) or `/v3/actors`; None for nowhere."""
    decoded = _normal(unquote(path.partition("#")[0].partition("?")[0]))
    if decoded is None:
        return None
    for pattern, ignores_case, process, target in _LOCATIONS:
        flags = re.IGNORECASE if ignores_case else 0
        if found := re.search(pattern.format(root=root), decoded, flags):
            return _at(process, target.format(*found.groups()))
    return None


def _normal(path: str) -> str | None:
    """Return a path as nginx compares it: decoded, one slash where there are several, `.` and `..` resolved."""
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/" + "/".join(parts) + ("/" if path.endswith(("/", "/.", "/..")) and parts else "")


def _at(process: str, target: str) -> Reached | None:
    # Captures are passed on decoded: a `?` in one begins a query, a `#` cuts, a space breaks the line of the request.
    path = unquote(target.partition("#")[0].partition("?")[0])
    if any(ord(letter) <= 32 for letter in path):
        return None
    for route in _ROUTES[process]:
        form = re.sub(r"\\{\w+\\}", "([^/]+)", re.escape(route))
        if found := re.fullmatch(form, path):
            return Reached(process, route, found.groups(), _actor_of(route, path))
    return Reached(process, "")


def _actor_of(route: str, path: str) -> str:
    """Return the actor whose permissions are checked: the segment after `/actors/`, or the next where `aliases` is."""
    if "{actor}" not in route:
        return ""
    segments = path.split("/")
    at = 3 if "aliases" in path else 2
    return segments[at] if at < len(segments) else ""
