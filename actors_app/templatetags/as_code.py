"""Each page and form as code: the calls that it makes, for a shell and for Python."""

from collections.abc import Mapping
from typing import Any

from django import template

from actors_app.ascode import EXAMPLES, OPERATIONS, code_of
from actors_app.services.errors import SignedOut

register = template.Library()


@register.inclusion_tag("_as_code.html", takes_context=True)
def as_code(context: template.Context, operations: str, **ids: str) -> dict[str, Any]:
    """Show operations of `ascode`, their names joined by spaces; nothing to whom nobody knows.

    Ids that are not given are those of the page. A page may say in `sends` and `asks`, by operation, what it would send
    and ask; otherwise what was typed into its `form` so far completes an example.
    """
    sends, asks = context.get("sends") or {}, context.get("asks") or {}
    typed = getattr(context.get("form"), "cleaned_data", {})
    try:
        return {
            "codes": [
                code_of(
                    context["request"],
                    name,
                    query=asks.get(name),
                    body=sends.get(name) or _completed(EXAMPLES.get(name), typed),
                    **{
                        part[1:-1]: ids.get(part[1:-1]) or str(context[part[1:-1]])
                        for part in OPERATIONS[name].path
                        if part.startswith("{") and part != "{nonce_id}"
                    },
                )
                for name in operations.split()
            ]
        }
    except SignedOut:
        return {"codes": []}


def _completed(example: Mapping[str, Any] | None, typed: Mapping[str, Any]) -> dict[str, Any] | None:
    return None if example is None else {name: typed.get(name, value) for name, value in example.items()}
