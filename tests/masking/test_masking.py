"""The judge of secrets: names, values, texts in pieces, bytes; and that no text takes more than its share of time."""

import json
import re
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

import actors_app
from actors_app.masking import MASK, Masker, is_secret_name, may_hold_secret

JWT = "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJqdGkiOiI5YjQ1Iiwic3ViIjoiamRvZSJ9.c2lnbmF0dXJl-c2lnbmF0dXJl_x"
OAUTH = "5f0c1d9e8b7a6c5d4e3f2a1b0c9d8e7f"
ACTOR = "pyVGpE5AkMAJ"
KEY = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow+/abc\nAAAA/bbb==\n-----END RSA PRIVATE KEY-----"


def masked(text: str) -> str:
    return Masker(ACTOR).text(text)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "DB_PASS",
            "AUTH",
            "PWD_X",
            "SSH_PRIVATE",
            "BEARER",
            "API_KEY",
            "apiKey",
            "x-nonce",
            "PGPASSWORD",
            "MYSQL_PWD",
        ),
        *(
            "_abaco_access_token",
            "X-Tapis-Token",
            "Authorization",
            "X-JWT-Assertion-TACC-PROD",
            "db.password",
            "TOKENS",
        ),
        *("_actor_configs", "client_secret", "AWS_SECRET_ACCESS_KEY", "userCredentials", "KEY", "PASSPHRASE"),
    ],
)
def test_names_of_secrets(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name",
    [
        *("PWD", "OLDPWD", "AUTHOR", "KEYBOARD", "MONKEY", "PASSENGERS", "COMPASS", "XAUTHORITY", "TURKEY", "PASSED"),
        *(
            "TOKENIZERS_PARALLELISM",
            "token_type",
            "PASSWORD_FILE",
            "PUBLIC_KEY",
            "is_secret",
            "token.py",
            "",
            "greeting",
        ),
    ],
)
def test_names_of_no_secrets(name: str) -> None:
    assert not is_secret_name(name)


def test_a_variable_is_judged_by_its_value_too() -> None:
    assert may_hold_secret("DATABASE_URL", "postgres://me:hunter2@db/x")
    assert not may_hold_secret("DATABASE_URL", "postgres://db/x")
    environment = {"DATABASE_URL": "postgres://me:hunter2@db/x", "AUTH": "abc", "PWD": "/home", "KEY": "", "n": 3}
    assert Masker().environment(environment) == {
        **environment,
        "DATABASE_URL": f"postgres://me:{MASK}@db/x",
        "AUTH": MASK,
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"_abaco_access_token={JWT}\n_abaco_worker_id=x", f"_abaco_access_token={MASK}\n_abaco_worker_id=x"),
        (f"a\n_abaco_access_token={OAUTH}\r\nb", f"a\n_abaco_access_token={MASK}\r\nb"),
        (f"{{'_abaco_access_token': '{OAUTH}', 'HOME': '/'}}", f"{{'_abaco_access_token': '{MASK}', 'HOME': '/'}}"),
        (f'{{"_abaco_access_token":"{OAUTH}","n":1}}', f'{{"_abaco_access_token":"{MASK}","n":1}}'),
        (f'"{{\\"access_token\\": \\"{OAUTH}\\"}}"', f'"{{\\"access_token\\": \\"{MASK}\\"}}"'),
        (f'"x=1\\n_abaco_access_token={OAUTH}\\ny=2"', f'"x=1\\n_abaco_access_token={MASK}\\ny=2"'),
        ("GET /a?x-nonce=SANDBOX_short&b=1 HTTP/1.1", f"GET /a?x-nonce={MASK}&b=1 HTTP/1.1"),
        ("made TACC-PROD_R4R3byRMGK4gL.", f"made {MASK}."),
        ("made tacc_pepgorzj5RzxB now", f"made {MASK} now"),
        ('{"log": "made\\nSANDBOX_aB3dE5gH7jK9m"}', f'{{"log": "made\\n{MASK}"}}'),
        ('{"asks": "Your password:", "n": ["DB_PASS=", 1]}', '{"asks": "Your password:", "n": ["DB_PASS=", 1]}'),
        ("'nonces': ['SANDBOX_aB3dE5gH7jK9m']", f"'nonces': ['{MASK}']"),
        (f"Authorization: Bearer {OAUTH}\nb", f"Authorization: {MASK}\nb"),
        (f'curl -H "Authorization: Bearer {OAUTH}" x', f'curl -H "Authorization: Bearer {MASK}" x'),
        (f"got {JWT}, ok", f"got {MASK}, ok"),
        (f"token={OAUTH} level=info", f"token={MASK} level=info"),
        ("DB_PASS=correct horse battery", f"DB_PASS={MASK}"),
        ("db_password: correct horse", f"db_password: {MASK}"),
        ("login --password hunter2 --user me", f"login --password {MASK} --user me"),
        ("connect(user='me', password='it\\'s', port=1)", f"connect(user='me', password='{MASK}', port=1)"),
        ("<password>hunter2</password>", f"<password>{MASK}</password>"),
        ('{"db_password": 123456, "n": 1}', f'{{"db_password": "{MASK}", "n": 1}}'),
        ("postgres://me:hunter2@db:5432/x", f"postgres://me:{MASK}@db:5432/x"),
        ("redis://:hunter2@db", f"redis://:{MASK}@db"),
        (f"a\n{KEY}\nb", f"a\n-----BEGIN RSA PRIVATE KEY-----\n{MASK}\n{MASK}\n-----END RSA PRIVATE KEY-----\nb"),
        (
            json.dumps({"k": KEY}),
            json.dumps({"k": f"-----BEGIN RSA PRIVATE KEY-----\n{MASK}\n{MASK}\n-----END RSA PRIVATE KEY-----"}),
        ),
        (f"\x1b[32mtoken\x1b[0m=\x1b[33m{JWT}\x1b[0m end", f"\x1b[32mtoken\x1b[0m=\x1b[33m{MASK}\x1b[0m end"),
        ("_actor_configs={'db-login': 'hunter2'}\nb", f"_actor_configs={MASK}\nb"),
    ],
)
def test_secrets_in_a_text_are_masked_and_what_stands_around_them_stays(text: str, expected: str) -> None:
    assert masked(text) == expected
    assert masked(expected) == expected, "what is masked already stays as it is"


@pytest.mark.parametrize(
    "text",
    [
        "commit 3f2a9c1d0b3f2a9c1d0b3f2a9c1d0b3f2a9c1d0b (HEAD -> main)",
        "f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
        f"image@sha256:{'0123456789abcdef' * 4}",
        "_abaco_actor_dbid=TACC-PROD_R4R3byRMGK4gL",
        "{'_abaco_actor_dbid': 'SANDBOX_aB3dE5gH7jK9m'}",
        f"SANDBOX_{ACTOR} is this actor",
        "worker_pywWvqXk63YM started",
        "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5E",
        "The key is under the mat. Password required; the token has expired, says the author.",
        "sort key: name; PASS: test_one; pass=3 fail=2; auth: ok; 12:30:45 next token: if",
        "max_tokens=4096 token_type=bearer KEYBOARD=us PASSENGERS=3 password=None secret=''",
        "cache key: 3f2a9c1d0b3f2a9c1d0b3f2a9c1d0b3f2a9c1d0b",
        "GET http://registry:4873/@scope/package and https://a.example/b?c=d@e",
        "snake_case_names test_configuration MY_CONSTANT_VALUE user_configuration",
        'Traceback: File "token.py", line 12, in parse_token: key = self.key(name)',
        "_abaco_access_token=\nHOME=/",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    masker = Masker(ACTOR)
    assert masker.text(text) == text
    assert masker.count == masker.live == 0


LOG = "\n".join(
    [
        "Environment:",
        f"_abaco_access_token={JWT}",
        f"x-nonce=SANDBOX_aB3dE5gH7jK9m&a=1 'password': 'hun\\'ter two' Bearer {OAUTH}",
        "Grüße 😀",
        "DB_PASS=ä secret at home",
        KEY,
        "postgres://me:hunter2@db:5432/x and TACC-PROD_R4R3byRMGK4gL",
        "the end, without a line end, token=" + OAUTH,
    ]
)


@pytest.mark.parametrize("width", [1, 2, 3, 7, 31, 1000])
def test_a_secret_that_two_pieces_share_is_masked(width: int) -> None:
    whole = masked(LOG)
    pieces = [LOG[place : place + width] for place in range(0, len(LOG), width)]
    assert "".join(Masker().pieces(pieces)) == whole
    for secret in (JWT, OAUTH, "hunter", "ter two", "MIIE", "R4R3", "aB3dE5gH7jK9m", "secret at home"):
        assert secret not in whole
    assert whole.count("\n") == LOG.count("\n")


@pytest.mark.parametrize("cut", range(0, 120, 7))
def test_a_secret_in_a_line_without_end_is_masked_wherever_it_is_cut(cut: int) -> None:
    line = "x " * 20_000 + f"'_abaco_access_token': '{JWT}' " + "y " * 20_000 + f"x-nonce={OAUTH}"
    width = 32_768 + cut
    pieces = [line[place : place + width] for place in range(0, len(line), width)]
    text = "".join(Masker().pieces(pieces))
    assert text == masked(line)
    assert text.count(MASK) == 2


def test_a_long_line_is_handed_on_before_it_ends_and_a_secret_without_end_is_not_kept() -> None:
    def endless() -> Iterator[str]:
        yield "password='"
        for _ in range(200):
            yield "s" * 10_000
        yield "' and more\nlast"

    tracemalloc.start()
    handed = list(Masker().pieces(endless()))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000, "two megabytes of one secret are not held"
    assert "".join(handed) == f"password='{MASK}' and more\nlast"
    words = Masker().pieces("w " * 20_000 for _ in range(3))
    assert len(next(words)) > 30_000, "a line is not held until it ends"


def test_bytes_are_masked_whatever_their_encoding() -> None:
    data = (
        b"\xff\xfe broken \xc3\n_abaco_access_token=" + JWT.encode() + b"\nGr\xc3\xbc\xc3\x9fe PASSWORD=\xc3\xa0\xa0b\n"
    )
    expected = f"_abaco_access_token={MASK}\n".encode()
    assert (
        Masker().data(data)
        == b"\xff\xfe broken \xc3\n" + expected + b"Gr\xc3\xbc\xc3\x9fe PASSWORD=" + MASK.encode() + b"\n"
    )
    pickled = b"\x80\x04\x95\x00\x00" + JWT.encode() + b"\x94."
    binary = Masker().data(pickled, keeps_length=True)
    assert len(binary) == len(pickled)
    assert JWT.encode() not in binary
    assert binary.startswith(b"\x80\x04\x95\x00\x00" + MASK.encode())


def test_values_of_json_are_masked_at_any_depth_and_stay_json() -> None:
    value = {"a": [{"password": 12, "n": 3, "token": True}, f"x-nonce={OAUTH}"], "api_key": {"id": "x", "secret": "y"}}
    assert Masker().value(value) == {
        "a": [{"password": MASK, "n": 3, "token": True}, f"x-nonce={MASK}"],
        "api_key": {"id": "x", "secret": "y"},
    }
    text = json.dumps(
        {"token": OAUTH, "words": 'he said "token=abc\\"', "pin_password": 123456, "nested": {"key": "v"}}
    )
    assert json.loads(Masker().text(text))["token"] == MASK


@pytest.mark.parametrize("before", ["\ud800", "İİ", "Kelvin K", "😀é", "a" * 20_000 + "İ"])
def test_letters_of_any_kind_before_a_secret_move_no_mask(before: str) -> None:
    text = f"{before} DB_PASSWORD='hunter2' ghp_{OAUTH} TACC-PROD_R4R3byRMGK4gL"
    assert masked(text) == f"{before} DB_PASSWORD='{MASK}' {MASK} {MASK}"


def test_a_nonce_is_told_from_a_word_by_how_often_its_code_changes() -> None:
    assert masked("SANDBOX_abcdeFGH12ijk and tacc_abcdeFGH12ijk") == f"{MASK} and tacc_abcdeFGH12ijk"
    assert masked("SANDBOX_abdeglGJKLMN1 stays") == "SANDBOX_abdeglGJKLMN1 stays"


def test_a_nonce_does_not_reach_over_the_end_of_a_line() -> None:
    assert masked("the word\n_aB3dE5gH7jK9m is") == "the word\n_aB3dE5gH7jK9m is"


def test_a_token_is_masked_in_a_text_of_nothing_else() -> None:
    assert masked("xoxb-12345.6789") == MASK


def test_it_counts_what_opens_the_api() -> None:
    masker = Masker()
    masker.text(LOG)
    assert masker.count == 8
    assert masker.live == 4  # the token, both nonces, the bearer


def test_an_owner_who_asked_gets_all_of_it() -> None:
    masker = Masker(reveals=True)
    assert masker.text(LOG) == LOG
    assert masker.data(LOG.encode()) == LOG.encode()
    assert masker.value({"password": "x"}) == {"password": "x"}
    assert masker.environment({"password": "x"}) == {"password": "x"}


READS_LOGS = re.compile(
    r"\blogs\.(?:stream|view|get|pieces)\(|(?:log_archive|archive)\.pieces\(|(?:result_archive|archive)\.content\("
)
KEEPS_WHOLE = {"logs/commands.py"}  # encrypted, and masked as it is read


def test_whoever_reads_a_log_or_a_result_masks_it() -> None:
    """A place that reads one and knows no masker would be a leak; where each is masked the tests of its pages say."""
    root = Path(actors_app.__file__).parent
    readers = {
        str(file.relative_to(root)): text for file in root.rglob("*.py") if READS_LOGS.search(text := file.read_text())
    }
    assert len(readers) > 6
    assert [name for name, text in readers.items() if "masker" not in text.casefold()] == sorted(KEEPS_WHOLE)


HOSTILE = [
    *(
        "eyJ",
        "eyJaaaaaaaa.",
        "a_b-c.",
        "SANDBOX_aB3dE5gH7jK9m ",
        "_",
        'password="',
        'token=\\\\"a',
        "token='x",
        "://a:b",
    ),
    *("-----BEGIN PRIVATE KEY-----\n", "-----BEGIN RSA PRIVATE KEY-----aa", "Bearer abcd1234 ", "token:", "password="),
    *("\\", "token=x\n", "key ", "'key", "\x1b[0mtoken\x1b[0m=", "aB1_", "-", " ", "x", "--token ", "<key>", "a=b "),
    "://" + "a" * 250 + ":" + "b" * 500,
]


@pytest.mark.parametrize("unit", HOSTILE)
@pytest.mark.parametrize("piece", [65_536, 10_000_000])
def test_no_text_takes_more_than_its_share_of_time(unit: str, piece: int) -> None:
    """The processor's time for eight times the text is at most sixteen times as long; no machine changes that."""

    def cost(size: int) -> float:
        text = unit * (size // len(unit))
        start = time.process_time()
        for _ in Masker().pieces(text[place : place + piece] for place in range(0, len(text), piece)):
            pass
        return time.process_time() - start

    small = min(cost(25_000) for _ in range(3))
    assert min(cost(200_000) for _ in range(2)) <= 16 * max(small, 0.002)
