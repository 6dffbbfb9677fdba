"""Gathering: several reading calls at once, so that a page that needs five answers waits as long as for the slowest."""

import os
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from functools import cache
from typing import Any

from actors_app.services.caller import Caller, in_gather
from actors_app.services.errors import AbacoError, InvalidToken, SignedOut
from actors_app.services.instrumentation import about_to_wait

THREADS = 64

GetCall = Callable[[], Any]


@dataclass(frozen=True, slots=True)
class Result:
    """The result of one gathered call: a value, or an error and no value."""

    value: Any = None
    error: AbacoError | None = None

    def unwrap(self) -> Any:
        """Return the value; raise the error where there is one."""
        if self.error:
            raise self.error
        return self.value


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(THREADS, thread_name_prefix="gather")


# A process made by forking has none of its parent's threads, so it starts its own.
os.register_at_fork(after_in_child=_threads.cache_clear)


def call_all(caller: Caller, calls: Mapping[str, GetCall]) -> dict[str, Result]:
    """Make all calls at once; repeat the calls that met an old token once, after its renewal.

    Raises SignedOut, once all calls have ended, where the sign-in has ended.
    """
    token = caller.token()
    answers, refusals = _call_at_once(calls)
    if refusals:
        try:
            caller.renew(token)
        except SignedOut as ended:
            # There is no newer one: what is wrong with this one says more.
            raise next((refusal for refusal in refusals.values() if isinstance(refusal, InvalidToken)), ended) from None
        except AbacoError as error:
            answers |= dict.fromkeys(refusals, Result(error=error))
        else:
            later_answers, refusals = _call_at_once({name: calls[name] for name in refusals})
            answers |= later_answers
            for refusal in refusals.values():
                raise refusal
    return {name: answers[name] for name in calls}


def _call_at_once(calls: Mapping[str, GetCall]) -> tuple[dict[str, Result], dict[str, SignedOut]]:
    """Return the answers by their names, and those that refused the token."""
    futures: dict[str, Future[Result]] = {}
    for name, call in calls.items():
        futures[name] = _threads().submit(copy_context().run, _result_of, call)
    about_to_wait()
    answers, refusals = dict[str, Result](), dict[str, SignedOut]()
    for name, future in futures.items():
        try:
            answers[name] = future.result()
        except SignedOut as refusal:
            refusals[name] = refusal
    return answers, refusals


def _result_of(call: GetCall) -> Result:
    in_gather.set(True)
    try:
        return Result(value=call())
    except AbacoError as error:
        return Result(error=error)
