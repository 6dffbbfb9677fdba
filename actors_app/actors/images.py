"""References to Docker images by the grammar of the `reference` package (distribution/distribution, reference.go).

`[domain[:port]/]path[:tag][@algorithm:hex]`. Beside the grammar, as Docker itself has it: a first part with capitals is
no host here unless it has a dot or a colon, and 64 hexadecimal digits alone are an image's id, not its name.
"""

import re
from urllib.parse import urlsplit

from django import forms

from actors_app.core.addresses import LONGEST

MAX_PATH = 255  # characters behind the domain, RepositoryNameTotalLengthMax
MAX_TAG = 128
_LABEL = r"(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
_DOMAIN = re.compile(rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?", re.ASCII)
_COMPONENT = re.compile(r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*", re.ASCII)
_TAG = re.compile(r"\w[\w.-]{0,127}", re.ASCII)
_LETTERS = re.compile(r"[A-Za-z0-9._:/@+\[\]-]*", re.ASCII)
_ID = re.compile(r"[a-f0-9]{64}", re.ASCII)
_DIGESTS = {"sha256": 64, "sha384": 96, "sha512": 128}  # hexadecimal digits of the algorithms that Docker knows
_COMMAND = re.compile(
    r"(?:sudo\s+)?(?:docker|podman)\s+(?:image\s+)?(?:pull|run|push|inspect)\s+(?:-\S+\s+)*(\S+).*", re.DOTALL
)
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):/+(.*)", re.DOTALL)
_WRITE = "Use the format repository/name:tag, e.g. abacosamples/test:latest."


def check_image(image: str) -> str:
    """Return a reference to an image; raise ValidationError with a sentence, and what was probably meant."""
    problem = _problem(image)
    if problem is None:
        return image
    meant = _meant(image)
    raise forms.ValidationError(f"{problem} Did you mean “{meant}”?" if meant else f"{problem} {_WRITE}")


def _problem(image: str) -> str | None:
    """Return what is wrong with a reference, in a sentence; None where nothing is."""
    if problem := _no_reference(image):
        return problem
    base, at, digest = image.partition("@")
    name, tag = _without_tag(base)
    domain, path = _split(name)
    return (
        (_tag_problem(tag) if tag is not None else None)
        or (_digest_problem(digest) if at else None)
        or _domain_problem(domain)
        or _path_problem(path, has_host=bool(domain))
        or (f"Use at most {MAX_PATH} characters for the repository." if len(path) > MAX_PATH else None)
        or ("This is an image ID, which cannot be pulled." if _ID.fullmatch(image) else None)
    )


def _no_reference(image: str) -> str | None:
    """Say what else a text is that is no reference at all."""
    if _COMMAND.fullmatch(image):
        return "This is a command, not an image."
    if scheme := _SCHEME.fullmatch(image):
        word = scheme[1].lower()
        if word in ("http", "https"):
            return "This is a web URL, not an image."
        return f"Remove “{word}://”."
    if re.search(r"\s", image):
        return "Images cannot contain spaces."
    if not _LETTERS.fullmatch(image):
        return "Images can only contain letters, digits and . _ - : / @."
    return None


def _without_tag(reference: str) -> tuple[str, str | None]:
    """Split the tag off, which is what follows the last colon behind the last slash."""
    before, slash, last = reference.rpartition("/")
    if ":" not in last:
        return reference, None
    name, _, tag = last.partition(":")
    return f"{before}{slash}{name}", tag


def _split(name: str) -> tuple[str, str]:
    """Return the domain of a name, empty where there is none, and its path.

    A first part with a dot that can be no host is a part of the path, where it can be that.
    """
    first, slash, path = name.partition("/")
    is_host = bool(slash) and ("." in first or ":" in first or first == "localhost")
    if is_host and (_DOMAIN.fullmatch(first) or not _COMPONENT.fullmatch(first)):
        return first, path
    return "", name


def _tag_problem(tag: str) -> str | None:
    if not tag:
        return "Enter a tag after the colon, or remove the colon."
    if ":" in tag:
        return "Use only one tag, after one colon."
    if len(tag) > MAX_TAG:
        return f"Use at most {MAX_TAG} characters for the tag."
    if not _TAG.fullmatch(tag):
        return "Tags can only contain letters, digits, _ . and -, and cannot start with . or -."
    return None


def _digest_problem(digest: str) -> str | None:
    algorithm, colon, value = digest.partition(":")
    length = _DIGESTS.get(algorithm)
    if not colon or length is None:
        return f"Enter a digest after @: one of {', '.join(_DIGESTS)}, a colon and its hexadecimal digits."
    if not re.fullmatch(rf"[a-f0-9]{{{length}}}", value, re.ASCII):
        return f"A {algorithm} digest has {length} hexadecimal digits, in lowercase."
    return None


def _domain_problem(domain: str) -> str | None:
    if domain and not _DOMAIN.fullmatch(domain):
        return f"“{domain[:80]}” is not a valid host (e.g. registry.example.org:5000)."
    return None


def _path_problem(path: str, *, has_host: bool) -> str | None:
    parts = path.split("/")
    if "" in parts:
        return "The name has an empty part."
    if not has_host and len(parts) > 1 and parts[0].lower() != parts[0]:
        return (
            f"“{parts[0][:80]}” contains capital letters: use lowercase for a repository, or add a dot or port "
            "for a host."
        )
    if path.lower() != path:
        return "Use lowercase letters for the repository."
    invalid = next((part for part in parts if not _COMPONENT.fullmatch(part)), None)
    if invalid is None:
        return None
    return (
        f"“{invalid[:80]}” is not valid in a name: use letters and digits, separated by a dot, one or two underscores, "
        "or dashes."
    )


# What was meant --------------------------------------------------------------------------------------------------


def _meant(image: str) -> str:
    """Return a reference that somebody probably meant, or nothing; never one that is not right itself."""
    text = image.strip()
    if command := _COMMAND.fullmatch(text):
        text = command[1]
    if scheme := _SCHEME.fullmatch(text):
        text = _of_page(text) if scheme[1].lower() in ("http", "https") else scheme[2]
    if len(parts := text.split()) > 1:
        joined = "".join(parts)  # a space beside a colon or a slash
        text = joined if re.search(r"[:/@]\s|\s[:/@]", text) else parts[0]
    for candidate in (text, _in_small_letters(text), _with_one_tag(_in_small_letters(text))):
        if candidate and candidate != image and len(candidate) <= MAX_PATH and _problem(candidate) is None:
            return candidate
    return ""


def _of_page(address: str) -> str:
    """Return the image that the page of a registry is about, or the address without its scheme."""
    try:
        parts = urlsplit(address[:LONGEST])
        host, path = parts.netloc.rpartition("@")[2], parts.path.strip("/")
    except ValueError:
        return ""
    segments = path.split("/")
    if host.lower() in ("hub.docker.com", "www.docker.com", "docker.com"):
        if segments[0] == "_" and len(segments) > 1:
            return segments[1]
        return "/".join(segments[1:3] if segments[0] in ("r", "u") else segments[:2])
    if host.lower() == "quay.io" and segments[0] == "repository":
        segments = segments[1:3]
    return "/".join((host, *segments))


def _in_small_letters(text: str) -> str:
    base, at, digest = text.partition("@")
    name, tag = _without_tag(base)
    return name.lower() + ("" if tag is None else f":{tag}") + at + digest.lower()


def _with_one_tag(text: str) -> str:
    """Return the text without an empty tag, or with the last of several."""
    base, at, digest = text.partition("@")
    name, tag = _without_tag(base)
    last = next((word for word in reversed((tag or "").split(":")) if word), "")
    return name + (f":{last}" if last else "") + at + digest
