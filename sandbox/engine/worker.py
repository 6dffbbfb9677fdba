"""One worker: a thread that gets ready, takes an actor's messages in order, runs each, and goes when idle or asked."""

import signal
import threading
import time
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from sandbox import times, vault
from sandbox.dialect import speaking
from sandbox.engine import events, wake
from sandbox.engine.runner import Limits, Outcome, run
from sandbox.engine.running import RUNNING, WAKE
from sandbox.images import find_program
from sandbox.models import Actor, Alias, Config, Execution, Log, Message, Result, Worker
from sandbox.views.tokens import give_access_token

NOT_FOUND = (
    "Spawner got an exception from call to start_worker. Exception: Unable to pull the image. Exception: "
    "Image {image} was not found on the public registry."
)
UNITS = {"b": 1, "k": 1024, "m": 1024**2, "g": 1024**3}


class WorkerThread(threading.Thread):
    """Work for one actor until told to stop, idle too long, or the record is gone."""

    def __init__(self, worker: Worker, closing: threading.Event) -> None:
        super().__init__(name=f"worker-{worker.id}", daemon=True)
        self.worker_id, self.actor_id, self.revision = worker.id, worker.actor_id, worker.revision
        self._closing = closing

    def run(self) -> None:
        """Get ready, work, and remove the record; on closing the record stays, to be requested again."""
        try:
            if self._get_ready():
                self._work()
            if not self._closing.is_set():
                Worker.objects.filter(id=self.worker_id).delete()
        finally:
            connection.close()

    def _set_status(self, status: str, **fields: Any) -> bool:
        rows = Worker.objects.filter(id=self.worker_id).exclude(status="SHUTDOWN_REQUESTED")
        return bool(rows.update(status=status, **fields))

    def _get_ready(self) -> bool:
        for status in ("SPAWNER SETUP", "PULLING IMAGE", "CREATING CONTAINER"):
            if not self._set_status(status) or self._closing.wait(settings.SANDBOX_PULL_SECONDS / 3):
                return False
        actor = Actor.objects.filter(id=self.actor_id).first()
        if actor is None:
            return False
        if find_program(actor.image) is None:
            message = NOT_FOUND.format(image=actor.image)
            broken = Actor.objects.filter(id=actor.id, revision=actor.revision)
            if broken.update(status="ERROR", status_message=message):
                events.publish(actor.id, events.ERROR, status_message=message)
            return False
        moment = times.stored(times.now())
        ready = self._set_status(
            "READY",
            image=actor.image,
            location="unix://sandbox",
            cid=f"{self.worker_id.encode().hex():0<64}"[:64],
            host_id="0",
            host_ip="127.0.0.1",
            ch_name=f"worker_{self.worker_id}",
            create_time=moment,
            last_health_check_time=moment,
        )
        current = Actor.objects.filter(id=actor.id, revision=self.revision)
        if ready and current.update(status="READY", status_message=" "):
            events.publish(actor.id, events.READY, status_message=" ")
        return ready

    def _work(self) -> None:
        idle_since = time.monotonic()
        while not self._closing.is_set():
            row = Worker.objects.filter(id=self.worker_id).first()
            current = Actor.objects.filter(id=self.actor_id, revision=self.revision).exists()
            if row is None or row.status == "SHUTDOWN_REQUESTED" or not current:
                break
            taken = self._take()
            if taken:
                try:
                    self._run_message(*taken)
                finally:
                    RUNNING.leave(taken[1].execution_id)
                idle_since = time.monotonic()
                continue
            if time.monotonic() - idle_since > settings.SANDBOX_IDLE_SECONDS:
                break
            with WAKE:
                WAKE.wait(1.0)
        if not self._closing.is_set():
            self._set_status("SHUTTING_DOWN")

    def _take(self) -> tuple[Actor, Message, threading.Event] | None:
        if not Message.objects.filter(actor_id=self.actor_id, taken=False).exists():
            return None
        with transaction.atomic():
            actor = Actor.objects.filter(id=self.actor_id, revision=self.revision).first()
            message = Message.objects.filter(actor_id=self.actor_id, taken=False).order_by("id").first()
            if actor is None or message is None or not self._set_status("BUSY"):
                return None
            # The flag is there before anybody can see the execution running, so that no halt is lost.
            halt = RUNNING.enter(message.execution_id, actor.id)
            Message.objects.filter(id=message.id).update(taken=True)
            Execution.objects.filter(id=message.execution_id).update(status="RUNNING", worker_id=self.worker_id)
        return actor, message, halt

    def _run_message(self, actor: Actor, message: Message, halt: threading.Event) -> None:
        execution_id = message.execution_id
        lifetime = _log_seconds(actor, message)
        program = find_program(actor.image)
        try:
            if self._closing.is_set():
                halt.set()
            if program is None:
                self._finish(message, None, lifetime)
                return
            outcome = run(
                program,
                environment_of(actor, message, self.worker_id),
                None if message.binary is None else bytes(message.binary),
                Limits(settings.SANDBOX_MAX_RUN_TIME, _memory_limit(actor), settings.SANDBOX_LOG_LENGTH),
                halt,
                on_start=lambda pid: _update(execution_id, pid=pid),
                on_log=lambda text: _write_log(execution_id, actor.id, text, lifetime),
                on_result=lambda data: _write_result(execution_id, data),
            )
            self._finish(message, outcome, lifetime)
        except OSError:
            self._finish(message, None, lifetime)

    def _finish(self, message: Message, outcome: Outcome | None, lifetime: timedelta) -> None:
        # Ctrl-C also reaches a program that has no session of its own yet; that it ends us too we learn a moment later.
        if outcome and outcome.exit_code in (128 + signal.SIGINT, 128 + signal.SIGTERM):
            self._closing.wait(0.5)
        if self._closing.is_set():
            return  # The message stays taken: at the next start it goes back into the mailbox and runs again.
        moment = times.stored(times.now())
        with transaction.atomic():
            if not Message.objects.filter(id=message.id).delete()[0]:
                # The actor was deleted meanwhile, and its logs with it.
                Log.objects.filter(execution_id=message.execution_id).delete()
                lifetime = timedelta(0)
            if outcome is None:
                _update(message.execution_id, status="ERROR", pid=None)
            else:
                if outcome.log and lifetime:
                    _write_log(message.execution_id, message.actor_id, outcome.log, lifetime)
                columns = _columns(outcome)
                _update(message.execution_id, **columns)
                told = {"status": columns["status"], "exit_code": columns["exit_code"]}
                events.publish(message.actor_id, events.COMPLETE, execution_id=message.execution_id, **told)
            self._set_status("READY", last_execution_time=moment, last_health_check_time=moment)
        wake()  # again, now that whoever is told can see it


def environment_of(actor: Actor, message: Message, worker_id: str) -> dict[str, str]:
    """Return the variables an execution sees: the actor's own, the sender's over them, Abaco's over both."""
    dialect = speaking(message.version)
    given = actor.token is True or dialect.gives_token
    environment = {str(name): str(value) for name, value in (actor.default_environment or {}).items()}
    environment |= {str(name): str(value) for name, value in message.environment.items()}
    environment |= {
        "_abaco_actor_id": actor.id,
        "_abaco_actor_dbid": dialect.dbid(actor.id),
        "_abaco_actor_name": str(actor.name),
        "_abaco_actor_state": str(actor.state),
        "_abaco_container_repo": str(actor.image),
        "_abaco_worker_id": worker_id,
        "_abaco_execution_id": message.execution_id,
        "_actor_configs": str(configs_of(actor)),
        "_abaco_access_token": give_access_token(actor.owner, dialect) if given else "",
    }
    if dialect.api_server.rstrip("/") != settings.SANDBOX_URL:
        environment["_sandbox_url"] = settings.SANDBOX_URL  # where the API is; v3 tells its containers something else
    if message.binary is None:
        environment["MSG"] = str(message.body)
    # No program can be started with such a name or value; Docker would refuse it too.
    return {name: value for name, value in environment.items() if name and "=" not in name and "\0" not in name + value}


def configs_of(actor: Actor) -> dict[str, str]:
    """Return the configs of an actor with secrets decrypted: those whose list of actors has its id or alias in it.

    In it as a text, as in Abaco: the alias `qc` is found in `qc-router` too.
    """
    names = [actor.id, *Alias.objects.filter(actor_id=actor.id).values_list("alias", flat=True)]
    found: dict[str, str] = {}
    for config in Config.objects.order_by("name"):
        value = vault.decrypt(config.value) if config.is_secret else config.value
        if value is not None and any(name in config.actors for name in names):
            found[config.name] = value
    return found


def _columns(outcome: Outcome) -> dict[str, Any]:
    started, finished = times.stored(outcome.started), times.stored(outcome.finished)
    return {
        "status": "COMPLETE",
        "pid": None,
        "start_time": started,
        "finish_time": finished,
        "runtime": int((finished - started).total_seconds()),
        "cpu": outcome.cpu,
        "io": outcome.io,
        "exit_code": outcome.exit_code,
        "final_state": final_state(started, finished, outcome.exit_code, outcome.out_of_memory),
    }


def final_state(started: datetime, finished: datetime, exit_code: int, out_of_memory: bool) -> dict[str, Any]:
    """Write the end of a process as Docker's `State` object."""
    return {
        "Status": "exited",
        "Running": False,
        "Paused": False,
        "Restarting": False,
        "OOMKilled": out_of_memory,
        "Dead": False,
        "Pid": 0,
        "ExitCode": exit_code,
        "Error": "",
        "StartedAt": times.shown(started),
        "FinishedAt": times.shown(finished),
    }


def _update(execution_id: str, **columns: Any) -> None:
    Execution.objects.filter(id=execution_id).update(**columns)


def _write_log(execution_id: str, actor_id: str, text: str, lifetime: timedelta) -> None:
    values = {"actor_id": actor_id, "text": text, "expires_at": times.now() + lifetime}
    Log.objects.update_or_create(execution_id=execution_id, defaults=values)


def _write_result(execution_id: str, data: bytes) -> None:
    Result.objects.create(execution_id=execution_id, data=data, create_time=times.now())


def _log_seconds(actor: Actor, message: Message) -> timedelta:
    return timedelta(seconds=speaking(message.version).log_seconds(actor.log_ex))


def _memory_limit(actor: Actor) -> int:
    text = (actor.mem_limit or "").lower()
    number, unit = (text[:-1], text[-1:]) if text[-1:] in UNITS else (text, "b")
    return int(number) * UNITS[unit] if number.isdecimal() else int(settings.SANDBOX_MEMORY_LIMIT)
