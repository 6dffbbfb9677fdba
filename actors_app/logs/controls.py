"""The sequences that terminals obey, as texts hold them: where each begins and ends, and whether one is cut off.

What they mean for a line is the business of `terminal.py`; sequences that no pattern here knows stay in the text.
"""

import re

# Of CSI (`ESC [`) the numbers and the final letter are groups. OSC, DCS, SOS, PM, APC and the title of `screen` are
# strings with an end of their own; without it in the same line they are text. `ESC ] P` sets a colour of a console.
CONTROL = re.compile(
    r"\x1b(?:\[([0-?]*+)[ -/]*+([@-~])"
    r"|[()*+./-][0-9A-Za-z<=>]|#[3-68]|%[@G]"
    r"|([78=>cDEHMNO])"
    r"|\]P[0-9A-Fa-f]{7}"
    r"|\][^\x07\x1b\n]*+(?:\x07|\x1b\\)"
    r"|[PX^_k][^\x1b\n]*+\x1b\\)"
)
_OPEN = re.compile(r"\x1b(?:\[[0-?]*+[ -/]*+|[()*+./#%-]|\][^\x07\x1b\n]*+\x1b?|[PX^_k][^\x1b\n]*+\x1b?)?")
_LONGEST = 32_768  # characters of one sequence that are waited for

# What makes of a line something else than its characters in their order.
MOVES = re.compile(r"[\r\b]|\x1b(?:[78]|\[[0-9;]*+[CDGJKXsu`])")


def without_controls(text: str) -> str:
    """Return a text without what terminals obey; carriage returns and backspaces stay."""
    return CONTROL.sub("", text) if "\x1b" in text else text


def open_at(text: str) -> int:
    """Return where a sequence begins that goes on after the end of a text; its length where there is none."""
    end = len(text)
    least = max(0, end - _LONGEST)
    at = text.rfind("\x1b", least)
    if at < 0:
        return end
    before = text.rfind("\x1b", least, at)
    if at == end - 1 and before >= 0 and text[before + 1] in "]PX^_k" and _OPEN.fullmatch(text, before):
        return before  # the last character may begin its end
    return at if _OPEN.fullmatch(text, at) else end
