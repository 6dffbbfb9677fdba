"""Masking the secrets of texts, bytes and values, also of a text that comes in pieces."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any

from actors_app.masking.named import named
from actors_app.masking.names import MASK, is_live, is_secret, is_secret_variable
from actors_app.masking.spans import KEY_BODY, Span, by_form, key_masked

_LEAST = 7  # characters of a name and a secret: `key=abc`
_HELD = 32_768  # characters of a line without an end that are looked at together
_SLICE = 16_384  # characters of a piece that are looked at together
_LONGEST = 131_072  # characters of one secret that are held; of a longer one the rest is left out as it comes
_TAIL = 512  # characters before a cut of a line, where a name or the beginning of a secret may stand
_NEAR_END = 8  # characters before a cut; a secret that ends there may go on
_SPACE = re.compile(r"\s")


class Masker:
    """Masks the secrets of one log, result or message, and counts them.

    `ids` are those of the actor, the execution and the worker, which after a tenant's name are no nonce. With `reveals`
    all passes as it is, for an owner who asked.
    """

    def __init__(self, *ids: str | None, reveals: bool = False) -> None:
        self._ids = frozenset(id_ for id_ in ids if id_)
        self.reveals = reveals
        self.count = 0  # secrets that were masked
        self.live = 0  # of them those that open the API to whoever reads them
        self._in_key = False  # whether a private key goes on where the last piece was cut
        self._skips: re.Pattern[str] | None = None  # the end of a secret that was too long to be held

    def text(self, text: str) -> str:
        """Return a text without its secrets; each line stays a line."""
        if len(text) < _LEAST:
            return text
        return "".join(self.pieces([text]))

    def data(self, data: bytes, *, keeps_length: bool = False) -> bytes:
        """Return bytes without their secrets, whatever their encoding; `keeps_length` for what is no text."""
        if self.reveals:
            return data
        text = data.decode("latin-1")  # each byte a character, of which the judge knows those of ASCII
        if keeps_length:
            spans = self._spans(text, is_start=True)
            return self._with_masks(text, spans, len(text), keeps_length=True).encode("latin-1")
        return self.text(text).encode("latin-1")

    def value(self, value: Any, name: str = "") -> Any:
        """Return a value of JSON with a mask in place of each secret, at any depth."""
        if self.reveals:
            return value
        if isinstance(value, Mapping):
            return {key: self.value(inner, str(key)) for key, inner in value.items()}
        if isinstance(value, list | tuple):
            return [self.value(inner, name) for inner in value]
        if value is None or isinstance(value, bool):
            return value
        if is_secret(name, str(value), is_variable=name.isupper()):
            return self._mask(name)
        return self.text(value) if isinstance(value, str) else value

    def environment(self, environment: Mapping[str, Any]) -> dict[str, Any]:
        """Return variables with a mask in place of what is secret by its name or its value."""
        if self.reveals:
            return dict(environment)
        return {
            name: self._mask(name) if is_secret_variable(name, value) else self.value(value)
            for name, value in environment.items()
        }

    def pieces(self, pieces: Iterable[str]) -> Iterator[str]:
        """Yield a text without its secrets, also where its pieces cut one; a line is held until it ends."""
        if self.reveals:
            yield from pieces
            return
        self._in_key, self._skips = False, None
        buffered: list[str] = []
        size, least, is_start = 0, 0, True
        broken: BaseException | None = None
        try:
            for piece in _sliced(pieces):
                buffered.append(piece)
                size += len(piece)
                if size < least or ("\n" not in piece and size < _HELD):
                    continue
                text = "".join(buffered)
                masked, remainder = self._masked(text, is_start=is_start)
                if len(remainder) < len(text):
                    is_start = text[len(text) - len(remainder) - 1] == "\n"
                buffered, size = [remainder], len(remainder)
                least = 4 * size if size >= _HELD else 0  # so that a long secret is not looked at again and again
                if masked:
                    yield masked
        except GeneratorExit:  # nobody reads on
            raise
        except BaseException as error:  # noqa: BLE001  raised again, after what came before it
            broken = error
        masked, _ = self._masked("".join(buffered), is_start=is_start, is_end=True)
        if masked:
            yield masked
        if broken:
            raise broken

    # How ----------------------------------------------------------------------------------------------------

    def _mask(self, name: str) -> str:
        self.count += 1
        self.live += is_live(name)
        return MASK

    def _masked(self, text: str, *, is_start: bool, is_end: bool = False) -> tuple[str, str]:
        """Return the beginning of a text, masked, and the rest, which must wait for what follows it."""
        if self._skips:
            end = self._skips.search(text)
            if end is None:
                return "", ""
            self._skips, text, is_start = None, text[end.start() :], False
        before = ""
        if self._in_key and (body := KEY_BODY.match(text)):
            stop = body.end()
            if stop == len(text) and not is_end:
                stop = text.rfind("\n") + 1 or (stop if stop >= _HELD else 0)
                return key_masked(text[:stop]), text[stop:]
            before, text = key_masked(text[:stop]), text[stop:]
        cut = len(text) if is_end else text.rfind("\n") + 1
        whole = text[:cut] if cut else text
        spans = self._spans(whole, is_start=is_start)
        if not cut:
            cut, spans = self._cut(text, spans)
        self._in_key = bool(spans) and spans[-1].is_key and spans[-1].end == len(whole)
        return before + self._with_masks(text, spans, cut), "" if self._skips else text[cut:]

    def _cut(self, text: str, spans: Sequence[Span]) -> tuple[int, list[Span]]:
        """Return where a line that has no end yet can be cut, and the secrets before that."""
        cut = max(0, len(text) - _TAIL)
        cut = next((at for at in range(cut, max(0, cut - _TAIL), -1) if _SPACE.match(text, at)), cut)
        before: list[Span] = []
        for span in spans:
            if span.start >= cut:
                break
            if span.closes and span.end > len(text) - _NEAR_END:
                if span.end - span.start < _LONGEST:
                    return span.begins, before
                self._skips = span.closes
            before.append(span)
            cut = max(cut, span.end)
        return cut, before

    def _spans(self, text: str, *, is_start: bool) -> list[Span]:
        """Return where the secrets of a text are, in their order."""
        spans = [*by_form(text, self._ids), *named(text, is_start=is_start)]
        return sorted(spans, key=itemgetter(0, 1))

    def _with_masks(self, text: str, spans: Sequence[Span], cut: int, *, keeps_length: bool = False) -> str:
        """Return a text up to a place with masks for its secrets."""
        parts: list[str] = []
        position = 0
        for span in spans:
            if span.end <= position:
                continue
            start = max(span.start, position)
            length = span.end - start
            parts.append(text[position:start])
            position = span.end
            self.count += 1
            self.live += span.is_live
            if keeps_length:
                parts.append((MASK + "*" * length)[:length])
            elif span.is_key:
                parts.append(key_masked(text[start : span.end]))
            else:
                parts.append(f'"{MASK}"' if span.needs_quotes else MASK)
        parts.append(text[position:cut])
        return "".join(parts)


def _sliced(pieces: Iterable[str]) -> Iterator[str]:
    """Yield the same text in pieces of at most _SLICE characters, so that little of it is in memory several times."""
    for piece in pieces:
        for start in range(0, len(piece), _SLICE):
            yield piece[start : start + _SLICE]


def may_hold_secret(name: str, value: Any) -> bool:
    """Whether a variable is shown only when asked for: by its name, or by a secret in its value."""
    if is_secret_variable(name, value):
        return True
    masker = Masker()
    masker.value(value)
    return masker.count > 0
