"""Which names are those of secrets, and which values under such a name are masked."""

import re
from functools import lru_cache

MASK = "[hidden secret]"  # stands wherever a secret was
OWN_TOKEN = "_abaco_access_token"  # noqa: S105  a name: where each execution finds a token of the actor's owner
CONFIGS = "_actor_configs"  # where it finds all configs of the actor, decrypted


def words_of(text: str) -> frozenset[str]:
    """Return the words of a text, without their order."""
    return frozenset(text.split())


# Words of a name that say "secret" by themselves, and ends of longer ones that do.
WORDS = words_of("key keys pass pwd auth private bearer jwt nonce nonces cred creds cookie cookies sessionid")
_ENDS = words_of(
    "password passwd passwort passphrase passcode secret token credential authorization apikey "
    "accesskey authkey privatekey secretkey sshkey dbpass mypass mailpass pgpass rootpass sqlpass userpass"
)
_STEMS = tuple(end + plural for end in _ENDS for plural in ("", "s"))
# A name that ends so says something about a secret and does not hold it: `token_type`, `PASSWORD_FILE`, `token.py`.
_ABOUT = words_of(
    "type count length len size limit rate expires expiry expiration ttl lifetime file path dir host port "
    "name header method enabled user username py js ts go rb java json yaml yml md txt"
)
_FLAGS = words_of("is has use uses needs no")  # what a name begins with whose value is yes or no
_OPEN = "pwd"  # a whole name that is no secret: the working directory
_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+")

_NOTHING = words_of("true false none null yes no on off undefined bearer basic {} []") | {""}
_STARS = re.compile(r"\*+|\N{HORIZONTAL ELLIPSIS}|\.{3}")
_COUNT = re.compile(r"\d{1,6}(?:\.\d{1,6})?", re.ASCII)
_PASSWORD = re.compile(r"pass|pwd|secret", re.IGNORECASE)
_HEX = re.compile(r"[0-9a-f-]+")
_RANDOM = re.compile(r"(?=[^0-9]*+[0-9])(?=[^A-Za-z]*+[A-Za-z])[^ \t/]{8,}+\Z")
_LEAST_KEY = 20  # characters of what is taken for a key where the name is no more than `key`
SCHEME = re.compile(r"(?:bearer|basic|digest|token)[ \t]{1,8}", re.IGNORECASE)  # what stands before a token in a header


@lru_cache(maxsize=4096)
def is_secret_name(name: str) -> bool:
    """Whether the value under this name is likely a secret, which is shown only to whoever may ask for it."""
    folded = name.casefold()
    if folded == _OPEN:
        return False
    words = [word.casefold() for word in _WORD.findall(name)]
    if not any(word in WORDS or word.endswith(_STEMS) for word in words):
        return folded.endswith(CONFIGS)
    return words[-1] not in _ABOUT and words[0] not in _FLAGS and "public" not in words


@lru_cache(maxsize=4096)
def is_weak(name: str) -> bool:
    """Whether a name is a single word that prose and code have too, such as `key` or `token`."""
    words = _WORD.findall(name)
    return len(words) == 1 and (words[0].casefold() in WORDS or words[0].casefold().rstrip("s") in ("token", "secret"))


def is_password(name: str) -> bool:
    """Whether any value under a name may be the secret, a word and a number too."""
    return _PASSWORD.search(name) is not None and not is_weak(name)


def is_live(name: str) -> bool:
    """Whether what stands under a name opens the API to whoever reads it."""
    return name.casefold().endswith((OWN_TOKEN, "nonce"))


def is_random(value: str) -> bool:
    """Whether a value looks like a token and not like a word: eight characters, with letters and digits."""
    return _RANDOM.match(value) is not None


def is_secret(name: str, value: str, *, is_variable: bool) -> bool:
    """Whether a value under a name is to be masked; `is_variable`: the name is surely that of a variable."""
    if value.startswith(MASK) or not is_secret_name(name):
        return False
    if value.casefold() in _NOTHING or _STARS.fullmatch(value):
        return False
    if _COUNT.fullmatch(value) and not is_password(name):
        return False
    if is_variable or name.casefold().endswith((OWN_TOKEN, CONFIGS)):
        return True
    if " " in value and "=" not in value and not is_password(name) and not SCHEME.match(value):
        return False  # a sentence
    if not is_weak(name):
        return True
    if name.casefold() in ("key", "keys"):  # which may be that of a row, a cache or a file
        return len(value) >= _LEAST_KEY and is_random(value) and not _HEX.fullmatch(value) and "." not in value
    return is_random(value)
