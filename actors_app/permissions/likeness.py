"""User names that are easily taken for another: catch-alls that the API does not know, and look-alikes.

The API compares names to the letter (TACC/abaco actors/models.py, `permission_process`), so each of these is a user of
its own, or nobody. Names are compared here after NFKC, and then by what their letters look like.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher

from actors_app.core.pages.formatting import visible
from actors_app.services.blanks import normal_form
from actors_app.services.permissions import WORLD

_WILDCARDS = frozenset("*%?")
_SEPARATORS = frozenset(",;|\N{ARABIC COMMA}\N{ARABIC SEMICOLON}\N{IDEOGRAPHIC COMMA}")  # others become one by NFKC
_EVERYBODY = (
    "all",
    "all_users",
    "anonymous_user",
    "any",
    "group",
    "groups",
    "guest",
    "members",
    "others",
    "public",
    "tenant",
    "users",
)
# That are meant beside other words too: `internal/everyone`, `TACC_WORLD`, `authenticated_users`.
_EVERYBODY_ANYWHERE = ("anonymous", "anybody", "anyone", "authenticated", "everybody", "everyone", "world")
_KNOWN = ("admin", "administrator", "root", "abaco")
AGAIN = "Type the username again to confirm."
_NEAR = 0.85  # of difflib's ratio to ABACO_WORLD: a letter or two left out, added or changed
# Letters of other alphabets by the Latin one that they are drawn as; in order, Cyrillic, then Greek, then Latin.
_DRAWN = str.maketrans(
    "\u0410\u0412\u0415\u0405\u0406\u0408\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425"
    "\u0430\u0432\u0435\u0455\u0456\u0458\u043a\u043c\u043d\u043e\u0440\u0441\u0442\u0443\u0445"
    "\u04bb\u04cf\u0501\u051b\u051d"
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7"
    "\u03b1\u03b9\u03ba\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7"
    "\u0131\u0251\u0261",
    "ABESIJKMHOPCTYXabesijkmhopctyxhldqwABEZHIKMNOPTYXaikvoptuxiag",
)
_ALIKE = str.maketrans({"0": "o", "1": "l", "i": "l", "|": "l"})


def drawing(name: str) -> str:
    """Return what a name looks like: letters and digits in one case, without marks, signs and small differences."""
    apart = normal_form("NFKD", normal_form("NFKC", name).translate(_DRAWN))
    letters = "".join(sign for sign in apart.casefold().translate(_ALIKE) if sign.isalnum())
    return letters.replace("rn", "m").replace("vv", "w")


_WORLD_DRAWN = drawing(WORLD)
_ANYWHERE_DRAWN = frozenset(map(drawing, _EVERYBODY_ANYWHERE))
_EVERYBODY_DRAWN = {drawing(prefix + word) for prefix in ("", "abaco") for word in (*_EVERYBODY, *_EVERYBODY_ANYWHERE)}
_EVERYBODY_DRAWN -= {_WORLD_DRAWN}
_PART = re.compile(r"[^\W_]+")


def is_several(text: str) -> bool:
    """Whether a text is several names, with commas or the like between them."""
    return not _SEPARATORS.isdisjoint(normal_form("NFKC", text))


def by_drawing(names: Iterable[str]) -> dict[str, list[str]]:
    """Return names, and those that every tenant knows, by what they look like."""
    names_by_drawing: dict[str, list[str]] = {}
    for name in (*names, *_KNOWN):
        names_by_drawing.setdefault(drawing(name), []).append(name)
    return names_by_drawing


def doubt(user: str, names_by_drawing: Mapping[str, Sequence[str]]) -> str:
    """Say why a name must be looked at twice before it is let in; nothing where it is plain. ABACO_WORLD itself is.

    `names_by_drawing` are the names that it could be taken for, by what they look like.
    """
    if user == WORLD:
        return ""
    name, user_drawing = visible(user), drawing(user)
    if _means_everybody(user, user_drawing):
        return f"“{name}” does not mean everyone: the API treats it as a username."
    if _is_near_world(user_drawing):
        return f"“{name}” resembles {WORLD}, but the API treats it as a username."
    like = next((similar for similar in names_by_drawing.get(user_drawing, ()) if similar != user), "")
    resembles = f"resembles “{visible(like)}”, which is a different" if like else ""
    foreign = next((sign for sign in user if not sign.isascii()), "")
    if not foreign:
        return f"“{name}” {resembles} user." if like else ""
    reason = f"contains “{visible(foreign)}” ({unicodedata.name(foreign, 'unnamed character')})"
    return f"“{name}” {reason}, {f'{resembles} user' if like else 'which is not a plain letter'}."


def _means_everybody(user: str, user_drawing: str) -> bool:
    is_wild = not _WILDCARDS.isdisjoint(normal_form("NFKC", user))
    if is_wild or not user_drawing or user_drawing in _EVERYBODY_DRAWN:
        return True
    return not _is_near_world(user_drawing) and any(drawing(part) in _ANYWHERE_DRAWN for part in _PART.findall(user))


def _is_near_world(user_drawing: str) -> bool:
    if user_drawing.startswith(_WORLD_DRAWN):
        return True
    return (
        len(user_drawing) < 2 * len(_WORLD_DRAWN) and SequenceMatcher(None, user_drawing, _WORLD_DRAWN).ratio() >= _NEAR
    )
