"""Two executions side by side, also of different actors."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from actors_app.core.htmx import render_page
from actors_app.core.pages.decorators import page
from actors_app.core.security.credentials import abaco_for, signed_in
from actors_app.executions.comparison_data import NONE_BEFORE, before, compared, sides
from actors_app.executions.forms_comparison import SUCCESS, ComparisonForm


@page("GET")
def comparison(request: HttpRequest) -> HttpResponse:
    """Compare two executions (`GET /actors/{id}/executions/{execution}` and the log of each)."""
    is_asked = bool(request.GET.get("a") or request.GET.get("b"))
    form = ComparisonForm(request.GET if is_asked else None)
    context: dict[str, Any] = {"section": "history", "form": form}
    if not form.is_valid():
        return render_page(request, "executions/comparison.html", context, status=422 if is_asked else 200)
    credentials, abaco = signed_in(request), abaco_for(request)
    first, second = form.cleaned_data["a"], form.cleaned_data["b"]
    if isinstance(second, str):
        earlier_execution = before(abaco, credentials, first, success=second == SUCCESS)
        if earlier_execution is None:
            form.add_error("b", NONE_BEFORE[second == SUCCESS])
            return render_page(request, "executions/comparison.html", context, status=422)
        return redirect(
            f"{reverse('actors:comparison')}?{urlencode({'a': str(first), 'b': str(earlier_execution)}, safe='/')}"
        )
    left, right = sides(abaco, credentials, first, second)
    context |= {"left": left, "right": right, "sides": (left, right)}
    context["named"] = [
        {"actor_id": execution.actor_id, "execution_id": execution.execution_id} for execution in (first, second)
    ]
    if left.execution and right.execution:
        context |= vars(compared(credentials, left, right))
    errors = [side.error for side in (left, right) if side.error]
    status = errors[0].status if len(errors) == 2 else 200
    return render_page(request, "executions/comparison.html", context, status=status)
