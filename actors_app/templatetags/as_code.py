"""Each page and form as code: the calls that it makes, for a shell and for Python."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django import template

from actors_app.core.operations.operation import operation_named
from actors_app.core.pages.snippets import Code, code_of
from actors_app.services.errors import SignedOut

register = template.Library()


@register.inclusion_tag("_as_code.html", takes_context=True)
def as_code(
    context: template.Context,
    operations: str,
    each: Sequence[Mapping[str, str]] = (),
    *,
    oob: bool = False,
    **ids: str,
) -> dict[str, Any]:
    """Show operations, their names joined by spaces; nothing to whom nobody knows.

    Ids that are not given are those of the page; with `each`, the operations are shown once for each set of ids. A page
    may say in `sends` and `asks`, by operation, what it would send and ask; otherwise what was typed into its `form` so
    far completes an example.
    """
    try:
        if not each:
            codes = [_code(context, name, ids) for name in operations.split()]
        else:
            codes = [
                replace(code, id=f"{code.id}-{number}", title=f"{code.title} {id_set['execution_id']}")
                for number, id_set in enumerate(each)
                for name in operations.split()
                for code in [_code(context, name, id_set)]
            ]
    except SignedOut:
        codes = []
    return {"codes": codes, "oob": oob, "secrets": list(dict.fromkeys(name for code in codes for name in code.secrets))}


def _code(context: template.Context, name: str, ids: Mapping[str, str]) -> Code:
    sends, asks = context.get("sends") or {}, context.get("asks") or {}
    typed = getattr(context.get("form"), "cleaned_data", {})
    operation = operation_named(name)
    parts = [part for part in operation.parameters if part != "nonce_id"]
    return code_of(
        context["request"],
        name,
        query=asks.get(name),
        body=sends[name] if name in sends else _completed(operation.example, typed),
        **{part: ids.get(part) or str(context[part]) for part in parts},
    )


def _completed(example: Mapping[str, Any] | None, typed: Mapping[str, Any]) -> dict[str, Any] | None:
    return None if example is None else {name: typed.get(name, value) for name, value in example.items()}
