"""Functions of the security layer that the drill `mutations` changes, with the tests that should notice."""

from typing import NamedTuple


class Mutated(NamedTuple):
    """Functions of a file, methods as `Class.method`, without those that a decorator replaces."""

    file: str
    functions: tuple[str, ...]
    tests: tuple[str, ...]


_S, _T = "actors_app/services/", "tests/services/"
_WIRE = (_T + "test_asking_again.py", _T + "test_faults.py", _T + "test_tls.py", _T + "test_secrets.py")
_USE = (_T + "test_credentials_use.py", _T + "test_operations.py", _T + "test_secrets.py")
_CLASSES = (_T + "test_classify.py", _T + "test_errors.py")
_MASKED = (
    "tests/logs/test_secrets.py",
    "tests/logs/test_secrets_sent.py",
    "tests/logs/test_secrets_api.py",
    "tests/masking/test_masking.py",
    "tests/masking/test_secret_kinds.py",
)
_CONFIRM = ("tests/actors/test_delete.py", "tests/messages/test_purge.py")
_INPUTS = ("tests/core/pages/test_bad_inputs.py",)

MUTATED = (
    # Addresses, and what the client sends and takes.
    Mutated(_S + "urls.py", ("_checked", "_word", "_check_route"), (_T + "test_urls.py", _T + "test_front.py")),
    Mutated(_S + "names.py", ("misleads_as_actor",), (_T + "test_urls.py",)),
    Mutated(
        _S + "client.py",
        ("AbacoClient._open_once", "AbacoClient._pieces", "_Adapter.__init__", "_done", "_no_answer", "_silence"),
        _WIRE,
    ),
    Mutated(_S + "deadline.py", ("Attempt.allow",), _WIRE),
    Mutated(_S + "gunzip.py", ("Gunzip.feed",), (_T + "test_memory.py", *_WIRE)),
    Mutated(_S + "classify.py", ("classify", "parse_retry_after", "_after", "plain"), (*_CLASSES, *_WIRE)),
    Mutated(_S + "jsons.py", ("check_shape", "load_json"), (_T + "test_jsons.py", "tests/faults/test_content.py")),
    Mutated(_S + "caller.py", ("Caller._signed",), _USE),
    # Sessions, keys, and the API at its address.
    Mutated(
        "actors_app/core/security/crypto.py",
        ("encrypt", "decrypt", "encrypt_again", "sign", "unsign", "digest", "_binding"),
        ("tests/core/security/test_crypto.py",),
    ),
    Mutated(
        "actors_app/core/security/credentials.py",
        ("_encrypt", "_decrypt", "sign_in"),
        ("tests/core/security/test_credentials.py", "tests/account/test_sign_in.py"),
    ),
    Mutated(
        "actors_app/core/security/sessions.py",
        ("SessionStore.create_model_instance", "SessionStore._get_session_from_db"),
        ("tests/core/security/test_sessions.py", "tests/core/security/test_address_change.py"),
    ),
    Mutated(
        "actors_app/core/security/origins.py",
        ("is_at", "_new_key"),
        ("tests/core/security/test_origins.py", "tests/actors/test_former_values_api.py"),
    ),
    Mutated("portal/tenants.py", ("read_tenant",), ("tests/portal/test_tenants.py",)),
    # Nonces, writes, secrets.
    Mutated(
        "actors_app/nonces/notes.py",
        ("nonce_handle", "nonce_behind"),
        ("tests/nonces/test_list.py", "tests/nonces/test_delete.py", "tests/nonces/test_detail.py"),
    ),
    Mutated(
        "actors_app/core/operations/perform.py",
        ("_recorded", "_first_outcome"),
        ("tests/core/operations/test_perform.py",),
    ),
    Mutated("actors_app/core/operations/secrets.py", ("is_owner", "reveal"), _MASKED),
    Mutated("actors_app/masking/masker.py", ("Masker._cut", "Masker._masked"), _MASKED),
    Mutated("actors_app/masking/named.py", ("named",), _MASKED),
    Mutated("actors_app/masking/spans.py", ("_nonces",), _MASKED),
    Mutated("actors_app/masking/tokens.py", ("tokens", "_placed"), _MASKED),
    # Pages and inputs.
    Mutated("actors_app/account/views_sign_in.py", ("way_back",), ("tests/account/test_sign_in.py",)),
    Mutated("portal/middleware.py", ("HeadersMiddleware.__call__",), ("tests/portal/test_headers.py",)),
    Mutated("actors_app/core/body_limits.py", ("Allowance.check", "_is_proved"), ("tests/core/test_body_limits.py",)),
    Mutated("actors_app/core/pages/forms_confirm.py", ("ConfirmForm._read_signed",), _CONFIRM),
    Mutated("actors_app/core/pages/form_fields.py", ("_without_repeats", "read_json"), _INPUTS),
    Mutated("actors_app/actors/forms_inputs.py", ("check_webhook",), _INPUTS),
)
