"""`GET /actors/{actor}/executions/{execution}/results`: one result a call, oldest first, gone once read."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.http import HttpResponse

from sandbox import times
from sandbox.endpoint import Call, of_actor
from sandbox.models import Result


def take_result(execution_id: str) -> bytes | None:
    """Remove and return the oldest result of an execution, or None; results older than twenty minutes are gone."""
    if not Result.objects.filter(execution_id=execution_id).exists():
        return None
    oldest = times.now() - timedelta(seconds=settings.SANDBOX_RESULT_SECONDS)
    with transaction.atomic():
        Result.objects.filter(execution_id=execution_id, create_time__lt=oldest).delete()
        result = Result.objects.filter(execution_id=execution_id).order_by("id").first()
        if result is None:
            return None
        result.delete()
    return bytes(result.data)


def result_take(call: Call, execution: str) -> HttpResponse:
    """Answer the next result as bytes, or nothing; whether the execution exists is not asked."""
    return HttpResponse(take_result(execution) or b"", "application/octet-stream")


item = of_actor("results", GET=result_take)
