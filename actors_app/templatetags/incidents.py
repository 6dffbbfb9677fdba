"""The request ID of an error, for templates that show an error of the API beside other things."""

from typing import Any

from django import template

from actors_app.core.error_reports import report
from actors_app.services.errors import CallError

register = template.Library()


@register.simple_tag(takes_context=True)
def incident(context: dict[str, Any], error: Any) -> str:
    """Log the error that is being shown; return the number under which the log has it."""
    request = context.get("request")
    return report(request, error) if request is not None and isinstance(error, CallError) else ""
