"""`/authorize` and `/v3/oauth2/authorize`: a plain page on which a person signs in and is sent back with a code.

Whoever cannot be told who asks gets no redirect, so that this is no way to lead people elsewhere: only the sandbox's
one client may ask, and only to come back to this very machine.
"""

from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from sandbox import codes
from sandbox.dialect import V2
from sandbox.models import Person
from sandbox.views.tokens import CLIENT

LOOPBACK = ("127.0.0.1", "localhost", "::1")
ASKED = ("client_id", "redirect_uri", "response_type", "state", "scope", "code_challenge", "code_challenge_method")
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
}
PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }}
body {{ margin: 12vh auto; max-width: 22rem; padding: 0 1rem }}
h1 {{ font-size: 1.35rem }}
label, input, button {{ display: block; font: inherit; box-sizing: border-box; width: 100% }}
input, button {{ margin: .25rem 0 1rem; padding: .5rem .75rem }}
[role=alert] {{ border-inline-start: .25rem solid; padding-inline-start: .75rem }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
{body}
</main>
</body>
</html>
"""
FORM = """{alert}
<p>A program on this machine asks to use the Actors API with your account.</p>
<form method="post">
{hidden}
<label for="username">Username</label>
<input id="username" name="username" autocomplete="username" autocapitalize="none" value="{username}" autofocus>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password">
<button name="answer" value="allow">Sign in</button>
<button name="answer" value="deny">Cancel</button>
</form>
<p>demo, team or admin, each with that name as the password.</p>
"""


def authorize(request: HttpRequest, dialect: V2) -> HttpResponse:
    """Show the page, or send the person back with a code, or with the reason why there is none."""
    given = request.POST if request.method == "POST" else request.GET
    asked = {name: given.get(name, "") for name in ASKED}
    if request.method not in ("GET", "POST"):
        return _page("This page takes GET and POST.", 405)
    if asked["client_id"] != CLIENT[0]:
        return _page("No program of this name is known here.", 400)
    if not _comes_back_here(asked["redirect_uri"]):
        return _page("The address to come back to is not on this machine.", 400)
    if asked["response_type"] != "code":
        return _back(asked, error="unsupported_response_type")
    if asked["code_challenge"] and asked["code_challenge_method"] != "S256":
        return _back(asked, error="invalid_request", error_description="code_challenge_method must be S256")
    if request.method == "GET":
        return _form(asked)
    if request.POST.get("answer") == "deny":
        return _back(asked, error="access_denied")
    name, password = request.POST.get("username", ""), request.POST.get("password", "")
    if not Person.objects.filter(name=name, password=password).exists():
        return _form(asked, name, "The user name or the password is wrong.")
    grant = codes.Grant(name, dialect.prefix, asked["redirect_uri"], asked["code_challenge"])
    return _back(asked, code=codes.give(grant))


def _comes_back_here(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and parts.hostname in LOOPBACK and not parts.fragment


def _back(asked: dict[str, str], **more: str) -> HttpResponse:
    query = more | ({"state": asked["state"]} if asked["state"] else {})
    address = asked["redirect_uri"]
    answer = HttpResponseRedirect(f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(query)}")
    for name, value in HEADERS.items():
        answer[name] = value
    return answer


def _form(asked: dict[str, str], username: str = "", wrong: str = "") -> HttpResponse:
    hidden = format_html_join("\n", '<input type="hidden" name="{}" value="{}">', asked.items())
    alert = format_html('<p role="alert">{}</p>', wrong) if wrong else ""
    body = format_html(FORM, alert=alert, hidden=hidden, username=username)
    return _whole("Sign in to the sandbox", body, 400 if wrong else 200)


def _page(sentence: str, status: int) -> HttpResponse:
    return _whole("The sandbox cannot sign you in", format_html('<p role="alert">{}</p>', sentence), status)


def _whole(title: str, body: SafeString, status: int) -> HttpResponse:
    page = format_html(PAGE, title=title, body=body)
    return HttpResponse(page, "text/html; charset=utf-8", status, headers=HEADERS)
