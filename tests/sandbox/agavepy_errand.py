"""A team's errand with the real agavepy, which calls every operation it has for actors; prints what each gave.

Run as a program of its own (`python -m tests.sandbox.agavepy_errand URL CERTIFICATE`): agavepy changes the
interpreter it is loaded into. Where agavepy itself fails after the API did what it was asked, what it did is printed.
"""

import json
import sys
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from agavepy.agave import Agave


def main(url: str, certificate: str) -> None:
    """Go through the errand as `demo`, with workers as `admin`, and print what the operations gave as JSON."""
    actors, admin = (sign_in(name, url, certificate).actors for name in ("demo", "admin"))
    seen: dict[str, Any] = {"operations": sorted(name for name in dir(actors) if not name.startswith("_"))}

    def call(name: str, by: Any = actors, **arguments: Any) -> Any:
        seen[name] = result = getattr(by, name)(**arguments)
        return result

    actor = call("add", body={"image": "abacosamples/test", "name": "errand", "stateless": False})["id"]
    call("get", actorId=actor)
    call("list")
    call("update", actorId=actor, body={"image": "abacosamples/test", "description": "by agavepy", "stateless": False})
    until(lambda: actors.get(actorId=actor)["status"] == "READY")
    call("getPermissions", actorId=actor)
    call("updatePermissions", actorId=actor, body={"user": "team", "level": "EXECUTE"})
    call("updateState", actorId=actor, body={"count": 1})
    call("getState", actorId=actor)

    execution = call("sendMessage", actorId=actor, body={"message": "hello"}, environment={"COLOUR": "blue"})
    execution = execution["executionId"]
    until(lambda: actors.getExecution(actorId=actor, executionId=execution)["status"] == "COMPLETE")
    call("getExecution", actorId=actor, executionId=execution)
    call("getExecutionLogs", actorId=actor, executionId=execution)
    call("listExecutions", actorId=actor)
    call("getMessages", actorId=actor)
    call("sendBinaryMessage", actorId=actor, message=b"\x00\x01")

    results = actors.add(body={"image": "sandbox/results"})["id"]
    gave = actors.sendMessage(actorId=results, body={"message": "json"})["executionId"]
    until(lambda: actors.getExecution(actorId=results, executionId=gave)["status"] == "COMPLETE")
    seen["getOneExecutionResult"] = actors.getOneExecutionResult(actorId=results, executionId=gave).text

    # Only administrators may ask for workers, and only for actors without state.
    call("addWorker", by=admin, actorId=results, body={"num": 2})
    until(lambda: len(actors.listWorkers(actorId=results)) == 2)
    worker = call("listWorkers", actorId=results)[0]["id"]
    call("getWorker", actorId=results, workerId=worker)
    call("deleteWorker", actorId=results, workerId=worker)

    nonce = call("addNonce", actorId=actor, body={"level": "EXECUTE", "maxUses": 2})["id"]
    call("listNonces", actorId=actor)
    call("getNonce", actorId=actor, nonceId=nonce)
    call("deleteNonce", actorId=actor, nonceId=nonce)

    call("addAlias", body={"alias": "errand", "actorId": actor})
    call("listAliases")
    call("getAlias", alias="errand")
    call("deleteAlias", alias="errand")

    try:
        call("deleteMessages", actorId=actor)
    except KeyError:
        # agavepy does not find its model of the answer; the mailbox is empty.
        seen["deleteMessages"] = actors.getMessages(actorId=actor)["messages"]
    call("delete", actorId=actor)
    seen["deleted"] = actor not in [one["id"] for one in actors.list()]
    sys.stdout.write(json.dumps(seen, default=str))


def sign_in(name: str, url: str, certificate: str) -> Agave:
    """Return a client of somebody whose password is their name."""
    client = Agave(
        api_server=url, verify=certificate, username=name, password=name, api_key="sandbox", api_secret="sandbox"
    )
    # agavepy sends its token only to port 443: it compares the host without its port to the address with it.
    client.host = urlsplit(url).hostname
    client.refresh_aris()
    return client


def until(true: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.05)


if __name__ == "__main__":
    main(*sys.argv[1:])
