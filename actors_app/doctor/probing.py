"""Ask one page of a server as a stranger would: no token, no cookie, no redirect followed, five seconds.

This is not the way to the API's operations, which is `services/client.py`: it reads what that door hides on purpose,
such as a server's clock, its certificate and where it sends people.
"""

import socket
import ssl
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from actors_app.services.client import CERTIFICATES
from actors_app.services.connecting import connect

SECONDS = 5.0
MOST = 65536  # bytes of an answer's head


class Unreached(Exception):  # noqa: N818 - it says what happened
    """Nobody answered; the text is the end of a sentence about the server."""


@dataclass(frozen=True, slots=True)
class Response:
    """An answer's status and headers, how long it took, and when the server's certificate ends."""

    status: int
    headers: dict[str, str]
    seconds: float
    certificate_ends: datetime | None

    @property
    def clock(self) -> datetime | None:
        """What time the server says it is."""
        try:
            return parsedate_to_datetime(self.headers.get("date", ""))
        except ValueError:
            return None


def ask(url: str, path: str, *, ca_file: str = "", headers: dict[str, str] | None = None) -> Response:
    """Ask for a path of a server; raise Unreached when it gives no answer, or one that is not HTTP."""
    parts = urlsplit(url)
    is_tls, host = parts.scheme == "https", parts.hostname or ""
    began = time.monotonic()
    try:
        connection: socket.socket = connect(host, parts.port or (443 if is_tls else 80), SECONDS)
        connection.settimeout(SECONDS)
    except (socket.gaierror, UnicodeError):
        raise Unreached("unknown host") from None
    except TimeoutError:
        raise Unreached(f"no connection within {SECONDS:.0f} s") from None
    except OSError as problem:
        raise Unreached(f"the connection failed ({problem.strerror or type(problem).__name__})") from None
    try:
        ends = None
        if is_tls:
            context = ssl.create_default_context(cafile=ca_file or CERTIFICATES)
            connection = context.wrap_socket(connection, server_hostname=host)
            ends = _end_of(connection.getpeercert())
        sent = {"Host": parts.netloc, "User-Agent": "actors-portal-doctor", "Connection": "close", **(headers or {})}
        lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in sent.items()), "", ""]
        connection.sendall("\r\n".join(lines).encode("ascii"))
        head = _head(connection)
    except ssl.SSLCertVerificationError as problem:
        raise Unreached(f"the certificate is not trusted ({problem.verify_message})") from None
    except ssl.SSLError as problem:
        raise Unreached(f"TLS failed ({problem.reason or 'no reason given'})") from None
    except TimeoutError:
        raise Unreached(f"no response within {SECONDS:.0f} s") from None
    except OSError as problem:
        raise Unreached(f"the connection was interrupted ({problem.strerror or type(problem).__name__})") from None
    finally:
        connection.close()
    return _parsed(head, time.monotonic() - began, ends)


def _head(connection: socket.socket) -> bytes:
    data, until = b"", time.monotonic() + SECONDS
    while b"\r\n\r\n" not in data and len(data) < MOST and time.monotonic() < until:
        piece = connection.recv(4096)
        if not piece:
            break
        data += piece
    return data.partition(b"\r\n\r\n")[0]


def _parsed(head: bytes, seconds: float, ends: datetime | None) -> Response:
    first, *lines = head.decode("latin-1").split("\r\n")
    parts = first.split(" ")
    if not first.startswith("HTTP/1.") or len(parts) < 2 or not parts[1].isdigit():
        raise Unreached("the response is not HTTP")
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return Response(int(parts[1]), headers, seconds, ends)


def _end_of(certificate: object) -> datetime | None:
    text = certificate.get("notAfter") if isinstance(certificate, dict) else None
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(text), UTC) if isinstance(text, str) else None
