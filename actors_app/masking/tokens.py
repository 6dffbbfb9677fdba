"""Tokens that their makers begin with a mark of their own, and passwords where commands and files have them.

The marks are those that the makers publish for scanners of secrets. What begins so and is too short, or has no digit,
is none.
"""

import re
from collections.abc import Iterator, Set

from actors_app.masking.marks import Marks

# Where a token may begin: at the beginning of a word, after a colour, or after `\n` as text.
_BEGINS = r"(?:(?<![A-Za-z0-9])|(?<=\\[nrt])|(?<=[\[;]\dm)|(?<=[\[;]\d\dm))"
_WORD = r"[A-Za-z0-9_-]{16,}+"
# What follows a mark, by the mark. AWS's and Alibaba's are the ids of keys, which lead to the keys.
_MARKS = (
    # GitHub, GitLab
    ("ghp_ gho_ ghu_ ghs_ ghr_ github_pat_", r"[A-Za-z0-9_]{20,}+"),
    ("glpat- gldt- glrt- glcbt- glptt- glft- glsoat- glimt- glagent-", _WORD),
    # Slack, Discord, Teams, Telegram: tokens, and addresses that anybody may write to
    ("xoxa- xoxb- xoxc- xoxd- xoxe- xoxe. xoxo- xoxp- xoxr- xoxs- xapp-", r"[\w.%-]{10,}+"),
    ("hooks.slack.com/services/ hooks.slack.com/workflows/ hooks.slack.com/triggers/", r"[\w/-]{20,}+"),
    ("discord.com/api/webhooks/ discordapp.com/api/webhooks/", r"\d{5,}+/[\w-]{20,}+"),
    ("webhook.office.com/webhookb2/", r"[\w@/-]{20,}+"),
    ("api.telegram.org/bot", r"\d{5,}+:[\w-]{30,}+"),
    # AWS, Alibaba, Google
    ("AKIA ASIA ABIA ACCA", r"[A-Z0-9]{16}(?![A-Za-z0-9])"),
    ("LTAI", r"[A-Za-z0-9]{12,20}(?![A-Za-z0-9])"),
    ("AIza", r"[\w-]{35}(?![\w-])"),
    ("ya29. GOCSPX-", r"[\w.-]{20,}+"),
    ("1//0", r"[\w-]{30,}+"),
    # OpenAI, Anthropic and their like
    ("sk-", r"[A-Za-z0-9_-]{20,}+"),
    ("hf_ gsk_ xai- r8_ pplx- tvly-", r"[A-Za-z0-9]{20,}+"),
    # Registries of packages and images
    ("npm_", r"[A-Za-z0-9]{30,}+"),
    ("pypi-Ag", r"[\w-]{50,}+"),
    ("rubygems_ dop_v1_ doo_v1_ dor_v1_ pul- sbp_", r"[0-9a-f]{40,}+"),
    ("oy2", r"[a-z0-9]{43}(?![A-Za-z0-9])"),
    # Payments and shops, mails and telephones
    ("sk_live_ sk_test_ rk_live_ rk_test_ whsec_", r"[A-Za-z0-9+/=]{10,}+"),
    ("shpat_ shpca_ shppa_ shpss_ dapi", r"[0-9a-fA-F]{32}"),
    ("sq0atp- sq0csp- access_token$production$", r"[\w$-]{20,}+"),
    ("SG.", r"[\w-]{16,}+\.[\w-]{16,}+"),
    ("SK key-", r"[0-9a-f]{32}(?![A-Za-z0-9])"),
    ("xkeysib-", r"[0-9a-f]{32,}+"),
    # Clouds and tools
    ("hvs. hvb. hvr. dp.pt. dp.st. dp.ct.", r"[\w.-]{20,}+"),
    ("dckr_pat_ dckr_oat_ pscale_tkn_ pscale_pw_ lin_api_ ntn_ figd_ nfp_ fo1_ CFPAT- PMAK- NRAK-", _WORD),
    ("glsa_ glc_ sntrys_ sntryu_ ATATT3 ATCTT3 ATBB", r"[A-Za-z0-9_.=-]{20,}+"),
    ("AGE-SECRET-KEY-1", r"[A-Z0-9]{20,}+"),
    # A private key in base64
    ("LS0tLS1CRUdJTi", r"[A-Za-z0-9+/]{40,}+={0,2}"),
)
_TOKENS = {mark: re.compile(_BEGINS + re.escape(mark) + after) for marks, after in _MARKS for mark in marks.split()}
_HAS_DIGIT = re.compile(r"[^0-9]*+[0-9]")
NOT_TOKEN = re.compile(r"[^A-Za-z0-9_./%@$:+=-]")

_HOST = re.compile(r"localhost|\*|[\w-]{1,63}+(?:\.[\w-]{1,63}+){1,6}+")
_VALUE = r"[^\s\"'`\\;&|<>]{1,256}+"
# Where a password stands by a rule of its own: the words that must be in the text for it, and the rule.
_PLACES: dict[tuple[str, ...], re.Pattern[str]] = {
    # Hashes of passwords, of htpasswd, /etc/shadow, Django and argon2
    ("$",): re.compile(r"(\$(?:1|2[abxy]?|5|6|7|y|apr1|argon2(?:id|i|d)|\d{5,7})\$[./A-Za-z0-9$,=+-]{20,512}+)"),
    ("SHA}",): re.compile(r"\{S?SHA(?:256|512)?\}([A-Za-z0-9+/]{20,512}+={0,2})"),
    # ODBC and ADO: `Pwd` by itself is the working directory
    **dict.fromkeys(
        ((";", "wd="), (";", "WD=")),
        re.compile(
            r"[Pp](?:wd|WD)=(?:(?<=;....)|(?<=; ....)|(?<![\w.-]....)(?=[^;\s]{1,256};))"
            r"(?![/~.])(\{[^}\n]{1,256}+\}|[^;\s\"'<>]{1,256}+)"
        ),
    ),
    ("jdbc:oracle",): re.compile(r"jdbc:oracle:\w{1,10}:[^\s/@:]{1,128}+/([^\s@\"']{1,256}+)@"),
    # .netrc and .pgpass
    ("login", "password "): re.compile(
        r"(?:\b(?:machine[ \t]{1,8}\S{1,253}+|default)|(?m:^))[ \t]{0,8}\blogin[ \t]{1,8}\S{1,128}+[ \t]{1,8}"
        r"password[ \t]{1,8}(\S{1,256}+)"
    ),
    # Alone in its line, and no plain word
    ("password ",): re.compile(
        r"[ \t](?<![^\n].)[ \t]{0,7}password[ \t]{1,8}(?=[a-z]{0,256}[^a-z\s])(\S{1,256}+)[ \t\r]{0,8}(?m:$)"
    ),
    (":",): re.compile(
        r":(?:\*|[1-9]\d{3,4}):(?:\*|[A-Za-z_][\w-]{0,63}):"
        r"(?:\*|[A-Za-z_][\w.-]{0,63}):((?:[^\s\\:]|\\[\\:]){4,256}+)[ \t\r]{0,8}(?m:$)"
    ),
    # Commands
    ("curl",): re.compile(
        rf"\bcurl\b[^\n|;]{{0,400}}?[ \t](?:-u|--user|-U|--proxy-user)[ =]?[\"']?"
        rf"[^\s:\"'-][^\s:\"']{{0,127}}:({_VALUE})"
    ),
    ("mysql",): re.compile(rf"\bmysql(?:dump|admin)?\b[^\n|;]{{0,400}}?[ \t]-p({_VALUE})"),
    ("sshpass",): re.compile(rf"\bsshpass[ \t]{{1,8}}-p[ \t]{{0,8}}[\"']?({_VALUE})"),
    ("docker login",): re.compile(rf"\bdocker login\b[^\n|;]{{0,400}}?[ \t]-p[ \t]{{0,8}}[\"']?({_VALUE})"),
    ("redis-cli",): re.compile(rf"\bredis-cli\b[^\n|;]{{0,400}}?[ \t]-a[ \t]{{1,8}}[\"']?({_VALUE})"),
    # Addresses that were signed, and cookies that were
    ("ignature",): re.compile(r"[?&;](?:X-(?:Amz|Goog)-)?Signature=([A-Za-z0-9%+/=_.~-]{16,1024}+)"),
    ("sig=",): re.compile(r"[?&;]sig=([A-Za-z0-9%+/=_.~-]{16,1024}+)"),
    ("=s%3A",): re.compile(r"=(s%3A[\w-]{16,128}+\.[\w%+/=-]{20,256}+)"),
}


_SEARCH = Marks([*_TOKENS, *{word for words in _PLACES for word in words if len(word) > 1}])


def tokens(text: str) -> Iterator[tuple[int, int, int]]:
    """Yield where the tokens and those passwords begin and end, and where what they are known by begins."""
    words, ends = set[str](), dict[str, int]()
    for number, start, _ in _SEARCH.in_text(text, overlapping=True):
        mark = _SEARCH.words[number]
        words.add(mark)
        pattern = _TOKENS.get(mark)
        if pattern is None or start < ends.get(mark, 0):
            continue
        match = pattern.match(text, start)
        if match:
            ends[mark] = match.end()
            if _HAS_DIGIT.match(text, start + len(mark), match.end()):
                yield match.start(), match.end(), match.start()
    yield from _placed(text, words)


def _placed(text: str, words: Set[str]) -> Iterator[tuple[int, int, int]]:
    """Yield the same of passwords in commands, files and connection strings, of a text with these words."""
    for needed, pattern in _PLACES.items():
        if not all(word in (words if len(word) > 1 else text) for word in needed):
            continue
        for match in pattern.finditer(text):
            if needed == (":",) and not _is_host(text, match.start()):
                continue
            yield *match.span(match.lastindex or 0), match.start()


def _is_host(text: str, end: int) -> bool:
    """Whether a line begins with the name of a host and nothing else, up to a place."""
    start = text.rfind("\n", max(0, end - 255), end) + 1
    return (start > 0 or end < 255) and _HOST.fullmatch(text, start, end) is not None
