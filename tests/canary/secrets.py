"""Secrets that can be recognised wherever they turn up, and an API that hands them out; no test is here."""

import base64
import itertools
import json
import re
from typing import Any

from tests.faults.stand_in import Exchange, StandIn, http, no_admin, prepared
from tests.support import payloads

# Every secret begins with it, so that its first twelve characters are enough to know it by.
STEM = "Kanarie7"


def shapes(text: str) -> list[str]:
    """Return what a text looks like as it is, backwards, in hex and in base64 wherever it stands in the whole."""
    encoded = text.encode()
    inner = []
    for before in range(3):
        packed = base64.b64encode(b"x" * before + encoded).decode().rstrip("=")
        # The first and the last characters depend on what stands beside the text.
        inner.append(packed[-(-before * 8 // 6) : len(packed) - (1 if (before + len(encoded)) % 3 else 0)])
    return [text, text[::-1], encoded.hex(), *inner]


SHAPES = re.compile("|".join(re.escape(shape) for shape in shapes(STEM)), re.IGNORECASE)


def secret(kind: str, number: int = 0) -> str:
    """Return a secret of a kind, such as Kanarie7pass0001aBcDeFgH."""
    return f"{STEM}{kind}{number:04}aBcDeFgH"


PASSWORD = secret("pass")
CLIENT_SECRET = secret("clnt")
ENVIRONMENT = secret("envi")
PASTED_TOKEN = secret("pstd")
ADDRESS = f"https://{secret('link')}.example//v3"  # of the API itself, as only the API writes it
LISTED_NONCE = f"SANDBOX_{secret('nonc')}"
MADE_NONCE = f"SANDBOX_{secret('made')}"
# What an image that prints its environment writes: the owner's token, in both forms, and a nonce of the sender's.
LOGGED_TOKEN = secret("lgtk")
LOGGED_JWT = f"eyJhbGciOiJSUzI1NiJ9.{secret('jwtp')}.{secret('jwts')}"
LOGGED_NONCE = f"SANDBOX_{STEM}aB2cD"
LOGGED_PASSWORD = secret("lgpw")
LOGGED = (LOGGED_TOKEN, LOGGED_JWT, LOGGED_NONCE, LOGGED_PASSWORD)
LOG = (
    f"Environment:\n_abaco_access_token={LOGGED_TOKEN}\nHOME=/\nmade {LOGGED_NONCE}\n"
    f"{{'_abaco_access_token': '{LOGGED_TOKEN}', 'n': 1}}\njwt {LOGGED_JWT}\nDB_PASS={LOGGED_PASSWORD}\n"
)


def with_addresses(result: Any) -> Any:
    """Return a result with the addresses that Abaco writes into each record; nothing may follow or show them."""
    if isinstance(result, list):
        return [with_addresses(one) for one in result]
    if not isinstance(result, dict) or not {"id", "alias", "logs", "messages", "executions"} & set(result):
        return result
    links = dict.fromkeys(("self", "owner", "executions", "execution", "messages"), f"{ADDRESS}/actors/x")
    found = {name: with_addresses(value) if name == "executions" else value for name, value in result.items()}
    return {"_links": links, "apiServer": ADDRESS, "api_server": ADDRESS, **found}


class CanaryAPI(StandIn):
    """An API whose every secret is a canary; `user` is whom its tokens belong to."""

    user = "demo"
    numbers = itertools.count()

    def _good(self, method: str, path: str) -> bytes:
        if path == "/token":
            number = next(self.numbers)
            answer: Any = {"access_token": secret("accs", number), "refresh_token": secret("rfrs", number)}
            return http(json.dumps(answer | {"expires_in": 14400, "token_type": "bearer"}).encode())
        if path.endswith("/results"):
            return http(LOG.encode(), kind="application/octet-stream")
        if path.endswith("/admin-role-probe"):
            return no_admin()
        return http(json.dumps(payloads.envelope(with_addresses(self._result(method, path)))).encode())

    def _result(self, method: str, path: str) -> Any:
        if "/profiles/" in path:
            return {"username": self.user}
        if "/nonces" in path:
            listed = payloads.nonce_payload(id=LISTED_NONCE, owner=self.user, _links={"self": f"/{LISTED_NONCE}"})
            if method == "POST":
                return listed | {"id": MADE_NONCE}
            return [listed] if path.endswith("/nonces") else listed
        if path.endswith("/logs"):
            return payloads.search_payload({"logs": LOG, "_links": {}}) if "/search/" in path else {"logs": LOG}
        result = prepared(method, path)
        actors = result if isinstance(result, list) else [result]
        for actor in actors:
            if "finalState" in actor:
                actor["finalState"] = {"Error": f"cannot start: token={LOGGED_TOKEN}", "ExitCode": 1}
            if "defaultEnvironment" in actor:
                actor |= {"defaultEnvironment": {"API_KEY": ENVIRONMENT, "n": "1"}, "owner": self.user}
        return result


async def echo(exchange: Exchange) -> None:
    """Refuse, and quote the whole request: its path, its token and its body."""
    words = f"Bad request: {exchange.head.decode('latin-1')} {exchange.body.decode('latin-1')}"
    await exchange.send(http(json.dumps(payloads.refusal(words)).encode(), status="400 Bad Request"))


async def bad_headers(exchange: Exchange) -> None:
    """Answer with a header that is none, of which urllib3 warns with the whole address."""
    await exchange.send(exchange.good.replace(b"\r\n", b"\r\nno header at all\r\nX-Other: 1\r\n", 1))
    exchange.writer.close()  # the length of the body is lost with the headers
