"""The kinds of secrets, by name and by value, and what only looks like one: each in a line that a log or a file has."""

import base64
import json
import tracemalloc

import pytest

from actors_app.masking import MASK, Masker, is_secret_name, may_hold_secret
from actors_app.masking.names import words_of

HEX = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
LETTERS = "aZ3kP9xQ7mB2vN8sD4fG6hJ1lW5rT0yUeIoCqXwE"
CAPITALS = "Q7MB2VN8SD4FG6HJ1LW5RT0Y"
PASSWORD = "hunter2"
BASIC = base64.b64encode(b"user:passwd").decode()  # has no digit
KEY_64 = base64.b64encode(b"-----BEGIN PRIVATE KEY-----\nMIIEvQ==\n-----END PRIVATE KEY-----\n").decode()
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"

# A line with a secret in braces, which are taken out before it is masked.
TOKENS = [
    *(
        f"token is {{{mark}{LETTERS}}} now"
        for mark in ("ghp_", "gho_", "ghs_", "ghr_", "glpat-", "gldt-", "hf_", "npm_")
    ),
    f"clone https://x-access-token:{{ghs_{LETTERS}}}@github.com/a/b.git",
    f"{{github_pat_11ABCDEFG0{LETTERS}}}",
    f"found:{{xoxb-123456789012-1234567890123-{LETTERS[:24]}}}",
    f"{{xapp-1-A0123456789-1234567890123-{HEX}}}",
    f"post to https://{{hooks.slack.com/services/T0123456/B0123456/{LETTERS[:24]}}}",
    f"https://{{discord.com/api/webhooks/123456789012345678/{LETTERS}}}",
    f"id {{AKIA{CAPITALS[:16]}}} of a user",
    f"{{ASIA{CAPITALS[:16]}}}",
    f"({{AIza{LETTERS[:35]}}})",
    f"{{ya29.{LETTERS}}}",
    f"{{GOCSPX-{LETTERS[:28]}}}",
    f"{{sk-{LETTERS}}}",
    f"{{sk-proj-{LETTERS}}}",
    f"{{sk-ant-api03-{LETTERS}}}",
    f"//registry.npmjs.org/:_authToken={{npm_{LETTERS[:36]}}}",
    f"{{pypi-AgEIcHlwaS5vcmc{LETTERS}{LETTERS}}}",
    f"{{sk_live_{LETTERS[:24]}}}",
    f"{{rk_test_{LETTERS[:24]}}}",
    f"{{whsec_{LETTERS[:32]}}}",
    f"{{SG.{LETTERS[:22]}.{LETTERS}}}",
    f"{{SK{HEX[:32]}}}",
    f"{{dop_v1_{HEX}}}",
    f"{{shpat_{HEX[:32]}}}",
    f"{{dckr_pat_{LETTERS[:27]}}}",
    f"{{hvs.{LETTERS}}}",
    f"{{AGE-SECRET-KEY-1{CAPITALS}{CAPITALS}}}",
    f"{{glsa_{LETTERS}}}",
    f"said\\n{{ghp_{LETTERS}}}\\nand",
    f"\x1b[32m{{ghp_{LETTERS}}}\x1b[0m",
    f"got {{{JWT}}}.",
    "nonce {SANDBOX_aB3dE5gH7jK9m}",
    f"client {{{KEY_64}}}",
]
CONNECTIONS = [
    f"postgres://me:{{{PASSWORD}}}@db:5432/x",
    f"postgresql+psycopg://me:{{p@ss{PASSWORD}}}@db/x",
    f"mongodb+srv://me:{{{PASSWORD}}}@cluster0.mongodb.net/?retryWrites=true",
    f"amqps://me:{{{PASSWORD}}}@mq.example.org/vhost",
    f"redis://:{{{PASSWORD}}}@cache:6379/0",
    f"smtp://me:{{{PASSWORD}}}@mail.example.org:587",
    f"https://{{{HEX[:32]}}}@o1.ingest.sentry.io/1",
    f"jdbc:postgresql://db/x?user=me&password={{{PASSWORD}}}&ssl=true",
    f"jdbc:sqlserver://db:1433;databaseName=x;user=sa;password={{{PASSWORD}}};encrypt=true",
    "jdbc:oracle:thin:scott/{tiger}@//db:1521/x",
    f"Driver={{{{ODBC Driver 18}}}};Server=db;Uid=sa;Pwd={{{PASSWORD}}};Encrypt=yes",
    f"Pwd={{{PASSWORD}}};Uid=sa;Server=db",
    f"DefaultEndpointsProtocol=https;AccountName=a;AccountKey={{{LETTERS}==}};EndpointSuffix=core.windows.net",
    f"Endpoint=sb://a.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey={{{LETTERS}=}}",
    f"host=db user=me password={{{PASSWORD}}} dbname=x",
    f"https://a.blob.core.windows.net/c/b?sv=2022-11-02&sp=r&sig={{{LETTERS}%3D}}&se=2026",
    f"https://b.s3.amazonaws.com/k?X-Amz-Date=20261201T000000Z&X-Amz-Signature={{{HEX}}}",
    f"https://storage.googleapis.com/b/o?X-Goog-Expires=900&X-Goog-Signature={{{HEX}{HEX}}}",
    f"https://d1.cloudfront.net/a?Expires=1700000000&Signature={{{LETTERS}__}}&Key-Pair-Id=K2",
    f"GET /a?api_key={{{PASSWORD}}}&n=1",
]  # fmt: skip
FILES = [
    f"machine example.org login me password {{{PASSWORD}}}",
    f"  password {{{PASSWORD}}}",
    f"db.example.org:5432:mydb:me:{{{PASSWORD}}}",
    f"localhost:5432:*:me:{{a\\:b{PASSWORD}}}",
    f'"auth": "{{{BASIC}}}"',
    f'{{"auths": {{"r.example.org": {{"auth": "{BASIC}"}}}}}}',
    f'"identitytoken": "{{{LETTERS}}}"',
    f"    client-key-data: {{{KEY_64}}}",
    f"    token: {{{LETTERS}}}",
    "me:{$apr1$lZL6V/ci$eIMz/iKDkbtys/uU7LEK00}",
    "me:{$2y$05$c4WoMPo3SXsafkva.HHa6uXQZWr7oboPiC2bT/r7q1BB8I2s0BRqC}",
    "me:{SHA}{W6ph5Mm5Pz8GgiULbPgzG37mj9g=}",
    "root:{$6$rounds=5000$usesomesalt$D4IrlXatmP7rx3P3InaxBeoomnAihCKRVQAr/36eYlo7j0s1Rp1R}:19000:0:99999:7:::",
    "pbkdf2_sha256{$600000$oV8cvX1hFzKb$S0JgPvMbCxPBXSlXU2GTfo8Mpmi0VvKPSFCn1hk7Kk0=}",
    f"aws_secret_access_key = {{{LETTERS}}}",
    f"_password={{{PASSWORD}}}",
    f'"private_key_id": "{{{HEX[:40]}}}",',
    f'<add key="x" /><password>{{{PASSWORD}}}</password>',
]  # fmt: skip
HEADERS = [
    f"Authorization: {{Basic {BASIC}}}",
    f'curl -H "Authorization: Basic {{{BASIC}}}" https://a.example',
    f"curl -s -u me:{{{PASSWORD}}} https://a.example",
    f"curl --user me:{{{PASSWORD}}} https://a.example",
    "Proxy-Authorization: {Digest username=me}",
    "Set-Cookie: {session=abc; Path=/; HttpOnly}",
    "curl -b x -H 'Cookie: {session=abc; theme=dark}' https://a.example",
    "Cookie: {JSESSIONID=0123456789ABCDEF}",
    f"connect.sid={{s%3A{LETTERS[:32]}.{LETTERS}}}; Path=/",
    f"X-Api-Key: {{{PASSWORD}}}",
    f"PRIVATE-TOKEN: {{{LETTERS[:20]}}}",
    f"mysqldump -h db -u me -p{{{PASSWORD}}} x",
    f"sshpass -p {{{PASSWORD}}} ssh me@host",
    f"docker login -u me -p {{{PASSWORD}}} r.example.org",
    f"redis-cli -h cache -a {{{PASSWORD}}} ping",
    f"psql --password={{{PASSWORD}}} x",
]  # fmt: skip


def _parted(line: str) -> tuple[str, str]:
    """Return a line without the braces around its secret, and the secret; doubled braces and `{SHA}` stay."""
    marked = line.replace("{{", "\0").replace("}}", "\1").replace("{SHA}", "\2")
    before, _, rest = marked.partition("{")
    secret, _, after = rest.rpartition("}")
    whole = before + secret + after
    return (*(text.replace("\0", "{").replace("\1", "}").replace("\2", "{SHA}") for text in (whole, secret)),)


def test_a_secret_is_masked_by_its_kind_and_nothing_around_it(subtests: pytest.Subtests) -> None:
    for line in [*TOKENS, *CONNECTIONS, *HEADERS, *(line for line in FILES if "auths" not in line)]:
        with subtests.test(line=line):
            text, secret = _parted(line)
            assert Masker().text(text) == text.replace(secret, MASK)
            assert Masker().text(f"before\n{text}\nafter") == f"before\n{text.replace(secret, MASK)}\nafter"
            assert may_hold_secret("NOTE", text)


def test_a_file_of_docker_is_masked_in_all_its_depth() -> None:
    file = {"auths": {"r.example.org": {"auth": BASIC, "email": "me@example.org"}}, "HttpHeaders": {"User-Agent": "x"}}
    text = json.dumps(file, indent=1)
    assert Masker().text(text) == text.replace(BASIC, MASK)
    assert Masker().value(file)["auths"]["r.example.org"] == {"auth": MASK, "email": "me@example.org"}


@pytest.mark.parametrize("kind", ["", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED "])
@pytest.mark.parametrize("between", ["\n", "\\n", "\\\\n", " ", "\r\n"])
def test_a_private_key_is_masked_in_one_line_and_in_many(kind: str, between: str) -> None:
    body = ["MIIEvQIBADANBgkqhkiG9w0BAQEFAASC", "BKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj", "MzEfYyjiWA4R4/M2bS1GB4t7NXp98C3S="]
    text = f"x -----BEGIN {kind}PRIVATE KEY-----{between}{between.join(body)}{between}-----END {kind}PRIVATE KEY----- y"
    masked = Masker().text(text)
    assert not any(line in masked for line in body)
    assert masked.startswith(f"x -----BEGIN {kind}PRIVATE KEY-----{between}{MASK}")
    assert masked.endswith(f"{MASK}{between}-----END {kind}PRIVATE KEY----- y")


@pytest.mark.parametrize("between", ["\n", "\\n", "\r\n"])
@pytest.mark.parametrize(
    ("begin", "end"),
    [
        ("---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----", "---- END SSH2 ENCRYPTED PRIVATE KEY ----"),
        ("PuTTY-User-Key-File-3: ssh-rsa{0}Encryption: none{0}Private-Lines: 2", "Private-MAC: 6f"),
        ("-----BEGIN PGP PRIVATE KEY BLOCK-----{0}", "-----END PGP PRIVATE KEY BLOCK-----"),
    ],
)
def test_a_private_key_of_another_program_is_masked(begin: str, end: str, between: str) -> None:
    body = ["MIIEvQIBADANBgkqhkiG9w0BAQEFAASC", "MzEfYyjiWA4R4/M2bS1GB4t7NXp98C3S="]
    text = between.join([begin.format(between), *body, end])
    for masked in (Masker().text(text), "".join(Masker().pieces(text))):
        assert not any(line in masked for line in body)
        assert masked.startswith(begin.format(between))
    assert may_hold_secret("NOTE", text)


SECRET_NAMES = words_of(
    "DB_PASS DB_PASSWORD DATABASE_PASSWD AUTH PWD_X SSH_PRIVATE BEARER API_KEY APIKEY apiKey GITHUB_TOKEN "
    "GH_PAT ROOT_PW PGPASSWORD MYSQL_PWD REDIS_AUTH JWT JWT_SECRET SECRET_KEY SECRET AWS_ACCESS_KEY_ID "
    "AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AZURE_CLIENT_SECRET ACCOUNT_KEY OPENAI_API_KEY STRIPE_KEY "
    "NPM_TOKEN TWINE_PASSWORD OAUTH_SECRET SIGNING_KEY ENCRYPTION_KEY MASTER_KEY PRIVATE_KEY TLS_KEY SSH_KEY "
    "PASSPHRASE CREDENTIALS CRED COOKIE PHPSESSID JSESSIONID x-nonce X-Vault-Token Authorization client_secret "
    "refreshToken OTP ACCESS_TOKENS userPassword KENNWORT DBPWD mysqlpwd ADMINPASS sftpPass LDAP_BINDPW SSHPRIVATE "
    "CONSUMERKEY PASSKEY SAS_SASKEY WIFI_PSK SENHA"
)
OPEN_NAMES = words_of(
    "PWD OLDPWD AUTHOR AUTHORS KEYBOARD MONKEY PASSENGERS COMPASS BYPASS PASSED PASSPORT TURKEY HOCKEY KEYNOTE "
    "SECRETARY XAUTHORITY SSH_AUTH_SOCK TOKENIZERS_PARALLELISM PATH PATTERN SPATIAL PUBLIC_KEY SSH_PUBLIC_KEY "
    "SecretException SORT_KEY PRIMARY_KEY FOREIGN_KEY CACHE_KEY KEY_CODE KEYMAP LOW_PASS HIGH_PASS PASS_THROUGH "
    "PASS_RATE "
    "PRIVATE_IP PRIVATE_NETWORK AUTH_URL TOKEN_URI AUTH_MODE PASSWORD_FILE PASSWORD_MIN_LENGTH JWT_ALGORITHM "
    "COOKIE_DOMAIN SESSION_COOKIE_AGE KEY_VAULT_URL key_id client_id token_type is_secret needsAuth "
    "AUTH_PASSWORD_VALIDATORS SECRET_NAME TOKEN_BUCKET_SIZE OPTPARSE LAPTOP_MODEL UPWARD SIDECAR LOWPASS OVERPASS "
    "HOTKEY DONKEY PUBLICKEY"
)


def test_a_variable_is_hidden_by_its_name(subtests: pytest.Subtests) -> None:
    for name in sorted(SECRET_NAMES):
        with subtests.test(name=name):
            assert is_secret_name(name)
            assert may_hold_secret(name, "correct horse")
            assert Masker().environment({name: "correct horse"}) == {name: MASK}


def test_a_variable_with_another_name_is_not(subtests: pytest.Subtests) -> None:
    for name in sorted(OPEN_NAMES):
        with subtests.test(name=name):
            assert not is_secret_name(name)
            assert not may_hold_secret(name, "/home/me")
            assert Masker().environment({name: "abc1234567"}) == {name: "abc1234567"}
            assert Masker().text(f"{name}=abc1234567 {name}: abc1234567") == f"{name}=abc1234567 {name}: abc1234567"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GOOGLE_APPLICATION_CREDENTIALS", "/secrets/gcp.json"),
        ("SSH_KEY", "~/.ssh/id_ed25519"),
        ("TLS_KEY", "./certs/server.key"),
        ("AUTH", "none"),
        ("AUTH", True),
        ("MAX_TOKENS", "4096"),
        ("TOKENS", 12),
        ("DB_PASS", ""),
        ("DB_PASS", None),
        ("SECRET", "***"),
    ],
)
def test_a_value_that_is_no_secret_is_shown_under_any_name(name: str, value: object) -> None:
    assert Masker().environment({name: value}) == {name: value}
    assert not may_hold_secret(name, value)


@pytest.mark.parametrize(
    "text",
    [
        "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC7VJTUt9Us8cKj me@host",
        "-----BEGIN CERTIFICATE-----\nMIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBa\n-----END CERTIFICATE-----",
        "-----BEGIN PUBLIC KEY-----\nMFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAK\n-----END PUBLIC KEY-----",
        f"sha256:{HEX} pulled, etag {HEX[:32]}, commit {HEX[:40]}",
        "PWD=/work;HOME=/root;PATH=/usr/bin:/bin",
        "main.c:1234:5:error:undeclared and 10:00:00 worker:1:ready",
        "docker run -u 1000:1000 -p 8080:80 image; curl -s https://a.example:8443/a; tar -u a:b",
        "mysql is up on port 3306; task-force risk-averse-people-and-others-12345 sk-learn",
        "password required\nwrong password for me\n  password must have 12 characters",
        "The cookie: eat it. Signature=verified sig=ok; see http://a.example/?sig=short",
        "fe80:1234:0:0:abcd and aa:bb:cc:dd:ee:ff and 2026:1234",
        "price $5 and $10 or ${HOME}; awk '{print $1$2}' makes $1$2",
        "AKIAIS A PLACE, hf_transfer npm_config_cache=/root/.npm ghp_short SKIP key-value key-0",
        "http://localhost:5432/a:b:c and user@host:/path and image:5000/a@sha256:0123",
        "KEY_CODE=13 monkey=2 keyboard: us tokens: 12 secretary: Ann passenger: 3",
    ],
)
def test_what_only_looks_like_a_secret_stays(text: str) -> None:
    assert Masker().text(text) == text


def test_a_long_name_is_judged_by_its_end_and_not_remembered_whole() -> None:
    assert is_secret_name("x" * 100_000 + "_DB_PASS")
    assert not is_secret_name("PASS_" * 20_000 + "COUNT")
    tracemalloc.start()
    for number in range(500):
        is_secret_name(f"{number}_" * 20_000)
    kept = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert kept < 1_000_000
