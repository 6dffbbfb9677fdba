"""Which names are those of secrets, and which values under such a name are masked."""

import re
from base64 import b64decode
from functools import lru_cache

MASK = "[hidden secret]"  # stands wherever a secret was
OWN_TOKEN = "_abaco_access_token"  # noqa: S105  a name: where each execution finds a token of the actor's owner
CONFIGS = "_actor_configs"  # where it finds all configs of the actor, decrypted


def words_of(text: str) -> frozenset[str]:
    """Return the words of a text, without their order."""
    return frozenset(text.split())


# Words of a name that say "secret" by themselves, of which the first are never those of prose; and ends of longer ones.
_PASSWORDS = words_of("pw psw pswd passwrd kennwort senha contrasena motdepasse pincode mnemonic otp totp pat psk")
WORDS = _PASSWORDS | words_of(
    "key keys pass pwd auth oauth private bearer jwt nonce nonces cred creds cookie cookies sessionid jsessionid"
)
_WEAK = WORDS - _PASSWORDS
_ENDS = words_of(
    "password passwd passwort passphrase passcode secret token credential authorization apikey "
    "accesskey accountkey authkey consumerkey deploykey encryptionkey gpgkey hmackey jwtkey licensekey masterkey "
    "passkey pgpkey privatekey privkey rsakey saskey secretkey servicekey sharedkey signingkey sshkey storagekey "
    "sessid bindpw dbpw ldappw rootpw userpw sshprivate rsaprivate"
)
# Ends of longer words that say it too, but for the words of the language, and those of signals and pictures.
_PASSES = ("pass", "pwd")
_NO_PASSES = words_of(
    "oldpwd allpass autopass bandpass bypass compass encompass firstpass gyrocompass highpass impass lowpass multipass "
    "nopass onepass outpass overpass renderpass repass singlepass subpass surpass trespass twopass underpass"
)
_STEMS = tuple(end + plural for end in _ENDS for plural in ("", "s"))
# A name that ends so says something about a secret and does not hold it: `token_type`, `PASSWORD_FILE`, `token.py`.
_ABOUT = words_of(
    "type count length len size limit rate expires expiry expiration ttl lifetime age file path dir directory folder "
    "location host hostname port sock socket url uri endpoint domain realm issuer audience scope scopes name header "
    "method mode scheme format encoding algorithm algorithms alg version status error errors exception exceptions "
    "retries attempts timeout interval "
    "minutes seconds hours days enabled required secure httponly samesite consent policy strength bits "
    "backend backends provider providers validator validators hasher hashers prefix suffix index label rotation arn "
    "user username py js ts go rb java json yaml yml md txt"
)
# Words beside one of WORDS that make something else of it: `SORT_KEY`, `LOW_PASS`; `KEY_CODE`, `PRIVATE_IP`.
_BEFORE = {
    "key": words_of(
        "sort primary foreign cache partition row unique index map dict join group lookup column hot shortcut arrow "
        "function home end object metric registry routing composite natural surrogate candidate order translation press"
    ),
    "pass": words_of("low high band first second third single two multi all by boarding num"),
}
_AFTER = {
    "key": words_of(
        "up down press code codes map bindings binding frame frames value values column columns field vault stroke "
        "word words usage"
    ),
    "pass": words_of("through fail percent ratio threshold filter criteria number"),
    "private": words_of(
        "ip ips network networks subnet subnets dns address addr cidr vpc cloud zone link interface registry repo "
        "repository beta browsing"
    ),
    "token": words_of("bucket embedding embeddings"),
}
_HAS_ID = words_of("access private secret")  # before `id` and `key id`: elsewhere an id is no secret
_FLAGS = words_of("is has use uses needs no")  # what a name begins with whose value is yes or no
_OPEN = "pwd"  # a whole name that is no secret: the working directory
_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+")

_NOTHING = words_of("true false none null yes no on off undefined bearer basic {} []") | {""}
_STARS = re.compile(r"\*+|\N{HORIZONTAL ELLIPSIS}|\.{3}")
_COUNT = re.compile(r"\d{1,6}(?:\.\d{1,6})?", re.ASCII)
_PASSWORD = re.compile(
    r"pass|pwd|secret|(?:pw|(?<![a-z])psw?d?)(?![a-z])|kennwort|senha|contrasena|pincode|(?<![a-z])t?otp", re.IGNORECASE
)
# Where a secret is kept, which is none itself.
_FILE = re.compile(
    r"(?:~|/(?:etc|var|run|home|root|usr|opt|tmp|work|mnt|srv|secrets|keys|certs|app|data))(?:/[\w.@-]{1,100}+){1,20}+/?"
    r"|(?:[A-Z]:|\.{0,2})(?:[/\\][\w.@-]{1,100}+){1,20}+"
    r"(?:(?<=\.(?:key|pem|crt|cer|p12|pfx|jks|txt|yml|ini|env))|(?<=\.(?:json|yaml|conf|sock)))"
)
_LONGEST_NAME = 256  # characters, from its end, by which a name is judged and remembered
_LONGEST_BASIC = 1024  # characters, a multiple of four
_HEX = re.compile(r"[0-9a-f-]+")
_RANDOM = re.compile(r"(?=[^0-9]*+[0-9])(?=[^A-Za-z]*+[A-Za-z])[^ \t/]{8,}+\Z")
_LEAST_KEY = 20  # characters of what is taken for a key where the name is no more than `key`
SCHEME = re.compile(r"(?:bearer|basic|digest|token)[ \t]{1,8}", re.IGNORECASE)  # what stands before a token in a header


def is_secret_name(name: str) -> bool:
    """Whether the value under this name is likely a secret, which is shown only to whoever may ask for it."""
    return _is_secret_name(name[-_LONGEST_NAME:])


@lru_cache(maxsize=4096)
def _is_secret_name(name: str) -> bool:
    folded = name.casefold()
    if folded == _OPEN:
        return False
    parts = [word.casefold() for word in _WORD.findall(name)]
    if not any(_says_secret(*around) for around in zip(["", *parts], parts, [*parts[1:], ""], strict=False)):
        return folded.endswith(CONFIGS)
    if parts[-1] == "id" and _HAS_ID.isdisjoint(parts[-3:]):
        return False
    return parts[-1] not in _ABOUT and parts[0] not in _FLAGS and "public" not in parts


def _says_secret(before: str, word: str, after: str) -> bool:
    """Whether a word of a name says that it is a secret's, between those around it."""
    if word not in WORDS and not word.endswith(_STEMS) and (not word.endswith(_PASSES) or word in _NO_PASSES):
        return False
    stem = word.removesuffix("s") if word in ("keys", "tokens") else word
    return before not in _BEFORE.get(stem, ()) and after not in _AFTER.get(stem, ())


def is_weak(name: str) -> bool:
    """Whether a name is a single word that prose and code have too, such as `key` or `token`."""
    return _is_weak(name[-_LONGEST_NAME:])


@lru_cache(maxsize=4096)
def _is_weak(name: str) -> bool:
    parts = _WORD.findall(name)
    word = parts[0].casefold() if len(parts) == 1 else ""
    return word in _WEAK or word.rstrip("s") in ("token", "secret")


def is_password(name: str) -> bool:
    """Whether any value under a name may be the secret, a word and a number too."""
    return _PASSWORD.search(name) is not None and not is_weak(name)


def is_live(name: str) -> bool:
    """Whether what stands under a name opens the API to whoever reads it."""
    return name.casefold().endswith((OWN_TOKEN, "nonce"))


def is_random(value: str) -> bool:
    """Whether a value looks like a token and not like a word: eight characters, with letters and digits."""
    return _RANDOM.match(value) is not None


def is_basic(value: str) -> bool:
    """Whether a value is a user and a password in base64, as a header has them."""
    try:
        decoded = b64decode(value[:_LONGEST_BASIC] + "=" * (-len(value) % 4), validate=True)
    except ValueError:
        return False
    return len(value) >= 8 and b":" in decoded and decoded.isascii() and decoded.decode().isprintable()


def is_cookie(name: str) -> bool:
    """Whether a name is that of a header with cookies."""
    return name.casefold() in ("cookie", "set-cookie")


def is_secret_variable(name: str, value: object) -> bool:
    """Whether the value of a variable of an environment is a secret by the variable's name."""
    if value is None or isinstance(value, bool):
        return False
    return is_secret_name(name) if isinstance(value, dict | list) else is_secret(name, str(value), is_variable=True)


def is_secret(name: str, value: str, *, is_variable: bool) -> bool:
    """Whether a value under a name is to be masked; `is_variable`: the name is surely that of a variable."""
    if value.startswith(MASK) or not is_secret_name(name):
        return False
    if value.casefold() in _NOTHING or _STARS.fullmatch(value) or _FILE.fullmatch(value):
        return False
    if _COUNT.fullmatch(value) and not is_password(name):
        return False
    if is_variable or name.casefold().endswith((OWN_TOKEN, CONFIGS)):
        return True
    if " " in value and "=" not in value and not is_password(name) and not SCHEME.match(value):
        return False  # a sentence
    if not is_weak(name) or (is_cookie(name) and "=" in value):
        return True
    if name.casefold() in ("key", "keys"):  # which may be that of a row, a cache or a file
        return len(value) >= _LEAST_KEY and is_random(value) and not _HEX.fullmatch(value) and "." not in value
    return is_random(value) or is_basic(value)
