"""How a page writes the lines of a log: thousands of them, so without a template for each."""

from django import template
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString

from actors_app.core.pages.formatting import thousands
from actors_app.logs.lines import Line, Span
from actors_app.logs.parts import LogPart
from actors_app.logs.reading import LINE_BEGINNING

register = template.Library()


@register.simple_tag
def log_lines(log: LogPart, page: str, is_here: bool = True) -> SafeString:
    """Write the lines of a part of a log; `page` is the log's own, to which their numbers lead.

    Where the page shows the whole log a number leads to its line, elsewhere to the part that holds it.
    """
    is_whole = is_here and log.is_whole
    return format_html_join("\n", "{}", ((_line(line, log.current, page, is_whole),) for line in log.lines))


def _line(line: Line, current: int, page: str, is_whole: bool) -> SafeString:
    number = line.number
    to = f"#L{number}" if is_whole else f"{page}?line={number}#L{number}"
    classes = " ".join(
        filter(None, (line.level, line.role, "apart" if line.is_apart else "", "hit" if line.hit else ""))
    )
    text = _spans(line.spans)
    if line.length:
        text = format_html(
            '{}<a class="gap" href="{}?line={}&amp;at={}">… line {} has {} characters: show the rest …</a>{}',
            text, page, number, LINE_BEGINNING, number, thousands(line.length), _spans(line.end),
        )  # fmt: skip
    anchor = ' id="here"' if number == current else ""
    if anchor:
        text = format_html('<span id="here">{}</span>', text)
    return format_html(
        '<li id="L{}"{}{}><a class="n" href="{}" tabindex="-1">{}</a><span>{}</span></li>',
        number,
        format_html(' class="{}"', classes) if classes else "",
        format_html(' data-hit="{}"', line.hit) if line.hit else "",
        to,
        number,
        text,
    )


def _spans(spans: tuple[Span, ...]) -> SafeString:
    if len(spans) == 1 and not spans[0].style:
        return escape(spans[0].text)
    return format_html_join("", "{}", ((_span(span),) for span in spans))


def _span(span: Span) -> SafeString:
    if span.moment:
        return format_html('<time class="{}" datetime="{}">{}</time>', span.style, span.moment, span.text)
    if "found" in span.style:
        return format_html('<mark class="{}">{}</mark>', span.style, span.text)
    return format_html('<span class="{}">{}</span>', span.style, span.text) if span.style else escape(span.text)
