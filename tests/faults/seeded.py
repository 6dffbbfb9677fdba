"""Faults to seed into the security layer, with the tests that should notice; the drill `mutations` runs them."""

from typing import NamedTuple


class Seeded(NamedTuple):
    """In `file`, the first `old` becomes `new`; `tests` should then fail."""

    file: str
    old: str
    new: str
    tests: tuple[str, ...]


_S = "actors_app/services/"
_URLS = ("tests/services/test_urls.py",)
_FRONT = ("tests/services/test_front.py",)
_WIRE = (
    "tests/services/test_asking_again.py",
    "tests/services/test_faults.py",
    "tests/services/test_tls.py",
)
_CLASSES = ("tests/services/test_classify.py", "tests/services/test_errors.py")
_JSON = ("tests/services/test_jsons.py",)
_USE = ("tests/services/test_credentials_use.py", "tests/services/test_operations.py", "tests/services/test_secrets.py")
_SESSIONS = ("tests/core/security/test_sessions.py",)
_VAULT = ("tests/core/security/test_credentials.py",)
_HEADERS = ("tests/portal/test_headers.py", "tests/portal/test_settings.py")
_NONCES = ("tests/nonces/test_list.py", "tests/nonces/test_delete.py", "tests/nonces/test_detail.py")
_RESULTS = ("tests/executions/test_result_take.py", "tests/executions/test_result_download.py")
_SIGN_IN = ("tests/account/test_sign_in.py",)
_NEXT = ("tests/faults/test_secrecy.py", *_SIGN_IN)
_ORIGINS = ("tests/core/security/test_origins.py", "tests/actors/test_former_values_api.py")
_ONCE = ("tests/core/operations/test_perform.py",)
_TEXT = ("tests/core/pages/test_templatetags.py", "tests/logs/test_lines.py", "tests/faults/test_answers.py")
_INPUTS = ("tests/core/pages/test_bad_inputs.py",)
_PAGES = ("tests/faults/test_faults.py", "tests/faults/test_connections.py")
_MASKED = (
    "tests/logs/test_secrets.py",
    "tests/logs/test_secrets_sent.py",
    "tests/logs/test_secrets_api.py",
    "tests/masking/test_masking.py",
)
_BODIES = ("tests/core/test_body_limits.py",)
_LINT = ("tests/test_lint.py",)

SEEDED = (
    # Addresses.
    Seeded(_S + "urls.py", ' or ".." in value', "", _URLS),
    Seeded(_S + "urls.py", "not form.fullmatch(value)", "not form.match(value)", _URLS),
    Seeded(_S + "names.py", '_ADMIN = re.compile(r"admin", re.IGNORECASE)', '_ADMIN = re.compile(r"admin")', _URLS),
    Seeded(_S + "names.py", "or name in BUILT_IN", "", _URLS),
    Seeded(_S + "urls.py", "if text not in WORDS:", "if not text:", _URLS),
    Seeded(_S + "urls.py", 'messages(.*)", re.IGNORECASE)', 'messages(.*)")', _FRONT),
    Seeded(_S + "urls.py", "_process_and_path(path) != (process[0], path)", "False", _FRONT),
    Seeded(_S + "urls.py", '(is_of_actor and "aliases" in path)', "False", _FRONT),
    Seeded(_S + "urls.py", 'Segment(value, "{" + kind + "}")', "Segment(value, value)", _URLS),
    Seeded(_S + "urls.py", 'return f"UpstreamPath({self.label})"', 'return f"UpstreamPath({self.path})"', _URLS),
    # The client: redirects, proxies, cookies, TLS, encodings, caps and time.
    Seeded(_S + "client.py", "allow_redirects=False", "allow_redirects=True", _WIRE),
    Seeded(
        _S + "client.py",
        "def get_redirect_target(self, resp: requests.Response) -> None:",
        "def _unused(self, resp: requests.Response) -> None:",
        _WIRE,
    ),
    Seeded(
        _S + "client.py",
        "self._session.trust_env = False",
        "self._session.trust_env = True",
        (*_WIRE, "tests/faults/test_connections.py"),
    ),
    Seeded(
        _S + "client.py", "self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))", "pass", _WIRE
    ),
    Seeded(
        _S + "client.py",
        "self._context.minimum_version = ssl.TLSVersion.TLSv1_2",
        "self._context.minimum_version = ssl.TLSVersion.TLSv1; self._context.set_ciphers('DEFAULT@SECLEVEL=0')",
        (*_WIRE, "tests/faults/test_connections.py"),
    ),
    Seeded(
        _S + "client.py",
        "self._context.sslsocket_class = DeadlineSSLSocket",
        "self._context.check_hostname = False; self._context.sslsocket_class = DeadlineSSLSocket",
        _WIRE,
    ),
    Seeded(_S + "client.py", "if total > cap:", "if total > cap * 1000:", _WIRE),
    Seeded(_S + "client.py", "if gunzip and not gunzip.is_whole:", "if gunzip and False:", _WIRE),
    Seeded(
        _S + "client.py",
        'parts.hostname and "@" not in parts.netloc',
        "parts.hostname",
        ("tests/services/test_faults.py", "tests/services/test_secrets.py", "tests/services/test_urls.py"),
    ),
    Seeded(_S + "client.py", 'return error.mark_changed("yes") if call.is_write else error', "return error", _WIRE),
    Seeded(
        _S + "client.py",
        'return error.mark_changed("unknown") if call.is_write and was_sent else error',
        "return error",
        _WIRE,
    ),
    Seeded(_S + "client.py", 'advice="Tell the people who run this portal."', "advice=str(failure)", (*_WIRE, *_PAGES)),
    Seeded(_S + "calls.py", 'return self.method != "GET"', 'return self.method == "POST"', (*_WIRE, *_USE)),
    Seeded(
        _S + "calls.py",
        "gap: float = 10.0",
        "gap: float = 1000.0",
        ("tests/services/test_faults.py", "tests/services/test_secrets.py", "tests/services/test_urls.py"),
    ),
    Seeded(_S + "deadline.py", "sock.settimeout(min(self._gap, remaining))", "sock.settimeout(self._gap)", _WIRE),
    Seeded(_S + "deadline.py", "if remaining <= 0:", "if left <= -1000:", _WIRE),
    Seeded(
        _S + "gunzip.py",
        "self._member.decompress(packed, PIECE)",
        "self._member.decompress(packed)",
        (
            "tests/services/test_memory.py",
            "tests/services/test_faults.py",
            "tests/services/test_secrets.py",
            "tests/services/test_urls.py",
        ),
    ),
    # Answers: classes, words, JSON.
    Seeded(_S + "classify.py", '_row(r"^Not authorized", Forbidden),', "", _CLASSES),
    Seeded(_S + "classify.py", '_row(r"^No JWT or nonce provided", SignedOut),', "", _CLASSES),
    Seeded(_S + "classify.py", "if 300 <= status < 400:", "if False:", (*_CLASSES, *_WIRE)),
    Seeded(_S + "classify.py", "if message and not _PYTHON_WORDS.search(message)", "if message", (*_CLASSES, *_PAGES)),
    Seeded(_S + "classify.py", "return min(int(text), MAX_WAIT)", "return int(text)", (*_CLASSES, *_WIRE)),
    Seeded(_S + "classify.py", 'error.mark_changed("unknown")', "pass", (*_CLASSES, *_WIRE)),
    Seeded(_S + "classify.py", '_CONTROL.sub(" ", text)', "text", _CLASSES),
    Seeded(_S + "jsons.py", "MAX_DEPTH = 64", "MAX_DEPTH = 100000", _JSON),
    Seeded(_S + "jsons.py", "if _LONG_NUMBER.search(bare):", "if False:", _JSON),
    Seeded(_S + "jsons.py", "parse_constant=_refuse_constant,", "", _JSON),
    Seeded(
        _S + "jsons.py",
        "return _without_surrogates(value) if",
        "return value if",
        (*_JSON, "tests/faults/test_content.py"),
    ),
    # Tokens and retries.
    Seeded(
        _S + "caller.py",
        "if call.is_write:\n            raise TokenRenewed(refusal.detail)",
        "if False:\n            raise refusal",
        _USE,
    ),
    Seeded(
        _S + "caller.py", "if in_gather.get():\n            raise refusal", "if False:\n            raise refusal", _USE
    ),
    Seeded(_S + "executions.py", "repeatable=False", "repeatable=True", (*_WIRE, *_USE)),
    Seeded(
        _S + "types/nonces.py",
        "id: str = field(repr=False)",
        "id: str = field()",
        (*_USE, "tests/services/test_types.py"),
    ),
    Seeded(
        _S + "types/nonces.py",
        "ending = secret[-4:] if len(secret) >= 8",
        "shown = secret[-4:] if len(secret) >= 1",
        ("tests/services/test_types.py", "tests/services/test_operations.py"),
    ),
    Seeded(
        "actors_app/core/security/credentials.py",
        "access_token: str = field(repr=False)",
        "access_token: str = field()",
        (*_VAULT, *_USE),
    ),
    Seeded(
        "actors_app/core/security/credentials.py",
        'if secret.pop("session") != session_key or',
        'if secret.pop("session") is None or',
        _VAULT,
    ),
    Seeded(
        "actors_app/core/security/models.py",
        'names = [hashed(key or "")]',
        'names = [hashed(key or ""), key or ""]',
        _SESSIONS,
    ),
    Seeded(
        "actors_app/core/security/sessions.py",
        "row.session_key = hashed(row.session_key)",
        "row.session_key = str(row.session_key)",
        _SESSIONS,
    ),
    Seeded(
        "actors_app/core/security/credentials.py",
        'request.session.flush()\n    request.session["who"]',
        'request.session["who"]',
        (*_VAULT, *_SIGN_IN),
    ),
    # The API at its address.
    Seeded(
        "actors_app/core/security/sessions.py",
        "not origins.is_at(row.tenant, row.origin)",
        "not origins.is_at(row.tenant, row.origin) and not found.credential",
        ("tests/core/security/test_address_change.py",),
    ),
    Seeded(
        "actors_app/core/security/origins.py",
        "return tenant is not None and tenant.origin == origin",
        "return tenant is not None",
        _ORIGINS,
    ),
    Seeded(
        "actors_app/core/security/origins.py",
        "return next(key for key in keys if key not in used)",
        "return next(keys)",
        _ORIGINS,
    ),
    # Nonces, results and writes.
    Seeded(
        "actors_app/nonces/notes.py",
        'f"{actor_id}/{nonce_id}"',
        "nonce_id",
        (*_NONCES, "tests/faults/test_secrecy.py"),
    ),
    Seeded(
        "actors_app/nonces/notes.py",
        "if constant_time_compare(nonce_handle(actor_id, nonce.id), handle):",
        "if nonce.id:",
        (*_NONCES, "tests/faults/test_secrecy.py"),
    ),
    # Secrets in logs and the like.
    Seeded(
        "actors_app/core/operations/secrets.py",
        "return actor is not None and bool(actor.owner) and actor.owner == username",
        "return actor is not None",
        _MASKED,
    ),
    Seeded(
        "actors_app/core/operations/secrets.py",
        "    record_read(request, REVEAL_SECRETS",
        "    lambda: record_read(request, REVEAL_SECRETS",
        _MASKED,
    ),
    Seeded(
        "actors_app/logs/parts.py",
        "masked = masker.pieces(log_pass.count(pieces))",
        "masked = log_pass.count(pieces)",
        _MASKED,
    ),
    Seeded("actors_app/logs/views.py", "to_the_end(masker.pieces(pieces))", "to_the_end(pieces)", _MASKED),
    Seeded("actors_app/masking/masker.py", "return span.begins, before", "return span.start, before", _MASKED),
    Seeded("actors_app/executions/evidence.py", "map(_utf8, masker.pieces(whole()))", "map(_utf8, whole())", _MASKED),
    Seeded("actors_app/core/security/crypto.py", "if not opened.startswith(binding):", "if False:", _RESULTS),
    Seeded(
        "actors_app/executions/views_results.py",
        'content_type="application/octet-stream"',
        'content_type="text/html"',
        _RESULTS,
    ),
    Seeded("actors_app/executions/views_results.py", "**DOWNLOAD_HEADERS,", "", _RESULTS),
    Seeded(
        "actors_app/core/operations/perform.py",
        "_key(idempotency_key.secret, fields), {",
        "_key(new_key(), fields), {",
        _ONCE,
    ),
    Seeded(
        "actors_app/core/operations/perform.py",
        'if json.loads(start.details).get("content") != idempotency_key.content:',
        "if False:",
        _ONCE,
    ),
    # Pages: who may see them, where they lead, what their headers say.
    Seeded(
        "actors_app/core/pages/decorators.py",
        "if SessionCredentials.of(request).current is None:",
        "if False:",
        ("tests/actors/test_list.py", "tests/executions/test_detail.py", "tests/permissions/test_rights.py"),
    ),
    Seeded(
        "actors_app/account/views_sign_in.py",
        '"sign-in", "sign-in-token", "sign-in-code", "sign-in-callback", "sign-out", "theme"',
        "",
        _NEXT,
    ),
    Seeded(
        "actors_app/account/views_sign_in.py",
        "if match is None:\n        return overview",
        "if match is None:\n        return target",
        _NEXT,
    ),
    Seeded(
        "actors_app/core/pages/errors.py", '"advice": error.advice,', '"advice": "",', ("tests/faults/test_faults.py",)
    ),
    Seeded(
        "actors_app/core/error_reports.py",
        "if not any(error is earlier for earlier in reported):",
        "if True:",
        ("tests/faults/test_faults.py", "tests/faults/test_secrecy.py"),
    ),
    Seeded("portal/middleware.py", 'response.headers.setdefault("Cache-Control", "no-store")', "pass", _HEADERS),
    Seeded("portal/middleware.py", '["Cookie", "HX-Request", "HX-Boosted"', '["Cookie", "HX-Boosted"', _HEADERS),
    Seeded(
        "portal/middleware.py", 'response.headers["Cross-Origin-Resource-Policy"] = "same-origin"', "pass", _HEADERS
    ),
    Seeded("portal/settings.py", '"default-src": [NONE]', '"default-src": [SELF]', _HEADERS),
    Seeded(
        "portal/settings.py",
        '"django.middleware.csrf.CsrfViewMiddleware",',
        "",
        ("tests/faults/test_secrecy.py", *_SIGN_IN),
    ),
    Seeded(
        "portal/settings.py",
        '"urllib3": {"level": "WARNING"}',
        '"urllib3": {"level": "DEBUG"}',
        ("tests/faults/test_secrecy.py",),
    ),
    Seeded(
        "portal/tenants.py",
        'if parts.scheme == "http" and parts.hostname not in LOOPBACK:',
        "if False:",
        ("tests/portal/test_tenants.py",),
    ),
    # Text and inputs.
    Seeded("actors_app/core/pages/formatting.py", "return HIDDEN.sub(_mark, str(value))", "return str(value)", _TEXT),
    Seeded("actors_app/core/pages/formatting.py", "\\u202a-\\u202e", "", _TEXT),
    Seeded("actors_app/account/forms_sign_in.py", "33 <= ord(sign) <= 126", "32 <= ord(sign)", _INPUTS),
    Seeded("actors_app/actors/forms_inputs.py", '!= "https"', 'not in ("http", "https")', _INPUTS),
    Seeded("actors_app/actors/forms.py", "if has_unseen(name):", "if False:", _INPUTS),
    Seeded("actors_app/core/pages/form_fields.py", "if len(members) < len(pairs):", "if False:", _INPUTS),
    Seeded("actors_app/core/pages/form_fields.py", "parse_constant=_refuse_constant, ", "", _INPUTS),
    Seeded("actors_app/nonces/forms.py", "min_value=1,", "min_value=-5,", _INPUTS),
    Seeded(
        "actors_app/core/pages/forms_confirm.py",
        "if word == self._actor_id:",
        "if word:",
        ("tests/faults/test_secrecy.py", "tests/actors/test_delete.py"),
    ),
    Seeded("templates/base.html", "<head>", "<head><style></style>", _LINT),
    Seeded("templates/errors/page.html", "{{ reason|visible }}", "{{ reason|safe }}", (*_LINT, *_PAGES)),
    Seeded("actors_app/core/body_limits.py", "if not _is_proved(self._request):", "if False:", _BODIES),
    Seeded("actors_app/core/body_limits.py", "if not _places.acquire(blocking=False):", "if False:", _BODIES),
    Seeded(
        "actors_app/core/body_limits.py",
        "if brings_token(request):\n        return BearerAuthentication().authenticate(Request(request)) is not None",
        "if brings_token(request):\n        return True",
        _BODIES,
    ),
)
