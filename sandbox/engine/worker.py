"""One worker: a thread that gets ready, takes an actor's messages in order and runs each, as long as it is let.

It goes when idle, when told to stop, when its revision is no more the actor's, or when it gives up on a container that
does not start. After a halt it ends as well, but its record stays as it is, as in Abaco.
"""

import secrets
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
from sandbox.engine.runner import Limits, Outcome, StartError, run
from sandbox.engine.running import RUNNING, WAKE
from sandbox.images import find_program
from sandbox.models import Actor, Alias, Config, Execution, Log, Message, Result, Worker
from sandbox.views.tokens import give_access_token

NOT_FOUND = (
    "Spawner got an exception from call to start_worker. Exception: Unable to pull the image. Exception: "
    "Image {image} was not found on the public registry."
)
UNITS = {"b": 1, "k": 1024, "m": 1024**2, "g": 1024**3}
START_ERRORS = 5  # in a row; with the next one the worker gives up


class WorkerThread(threading.Thread):
    """Work for one actor until told to stop, halted, idle too long, or the record is gone."""

    def __init__(self, worker: Worker, closing: threading.Event) -> None:
        super().__init__(name=f"worker-{worker.id}", daemon=True)
        self.worker_id, self.actor_id, self.revision = worker.id, worker.actor_id, worker.revision
        self.record_stays = False
        self._closing = closing
        self._control = RUNNING.enter(worker.id, worker.actor_id)
        self._start_errors = 0
        self._fifos: set[str] = set()

    def run(self) -> None:
        """Get ready, work, and remove the record, unless the worker was halted; on closing it is requested again."""
        try:
            if self._get_ready():
                self._work()
            halted = self._control.halted and not self._control.stopped
            self.record_stays = self._closing.is_set() or halted
            if not self.record_stays:
                Worker.objects.filter(id=self.worker_id).delete()
        finally:
            RUNNING.leave(self.worker_id)
            connection.close()

    def _set_status(self, status: str, **fields: Any) -> bool:
        rows = Worker.objects.filter(id=self.worker_id).exclude(status="SHUTDOWN_REQUESTED")
        return bool(rows.update(status=status, **fields))

    def _get_ready(self) -> bool:
        if Actor.objects.filter(id=self.actor_id, status="ERROR").exists():
            return False
        for status in ("SPAWNER SETUP", "PULLING IMAGE", "CREATING CONTAINER"):
            if not self._set_status(status) or self._closing.wait(settings.SANDBOX_PULL_SECONDS / 3):
                return False
        actor = Actor.objects.filter(id=self.actor_id).first()
        if actor is None:
            return False
        if find_program(actor.image) is None:
            self._break_actor(NOT_FOUND.format(image=actor.image))
            return False
        moment = times.stored(times.now())
        ready = self._set_status(
            "READY",
            image=actor.image,
            location="unix://var/run/docker.sock",
            cid=f"{self.worker_id.encode().hex():0<64}"[:64],
            host_id="0",
            host_ip="127.0.0.1",
            ch_name=f"worker_{self.worker_id}",
            create_time=moment,
            last_health_check_time=moment,
        )
        current = Actor.objects.filter(id=actor.id, revision=self.revision).exclude(status="READY")
        if ready and current.update(status="READY", status_message=" "):
            events.publish(actor.id, events.READY, status_message=" ")
        for worker in Worker.objects.filter(actor_id=actor.id, revision__lt=self.revision):
            RUNNING.stop(worker.id)
        wake()
        return ready

    def _break_actor(self, message: str) -> None:
        broken = Actor.objects.filter(id=self.actor_id, revision=self.revision)
        if broken.update(status="ERROR", status_message=message):
            events.publish(self.actor_id, events.ERROR, status_message=message)

    def _work(self) -> None:
        idle_since = time.monotonic()
        while not self._control.ended and Worker.objects.filter(id=self.worker_id).exists():
            taken = self._take()
            if taken is None and time.monotonic() - idle_since > settings.SANDBOX_IDLE_SECONDS and self._goes_idle():
                return
            if taken is None:
                with WAKE:
                    WAKE.wait(1.0)
                continue
            actor, message = taken
            if actor is None or actor.revision != self.revision:
                return  # An older worker leaves the message to one of the new image.
            if not self._run_message(actor, message):
                return
            idle_since = time.monotonic()

    def _goes_idle(self) -> bool:
        # Whoever sends a message looks for a worker's record, so it goes in one step with the last look.
        with transaction.atomic():
            waits = Message.objects.filter(actor_id=self.actor_id, taken=False).exists()
            if not waits:
                Worker.objects.filter(id=self.worker_id).delete()
        return not waits

    def _take(self) -> tuple[Actor | None, Message] | None:
        if not Message.objects.filter(actor_id=self.actor_id, taken=False).exists():
            return None
        with transaction.atomic():
            actor = Actor.objects.filter(id=self.actor_id).first()
            message = Message.objects.filter(actor_id=self.actor_id, taken=False).order_by("id").first()
            if message is None:
                return None
            if actor and actor.revision == self.revision:
                if not self._set_status("BUSY"):
                    return None
                Message.objects.filter(id=message.id).update(taken=True)
                _update(message.execution_id, worker_id=self.worker_id)
        return actor, message

    def _run_message(self, actor: Actor, message: Message) -> bool:
        """Run a message, or fail to; return whether the worker may take another."""
        binary = None if message.binary is None else bytes(message.binary)
        if binary is not None:
            if message.execution_id in self._fifos:
                self._put_back(message)  # The FIFO of the failed start is still there; the worker breaks off over it.
                return False
            self._fifos.add(message.execution_id)
            if len(binary) > settings.SANDBOX_FIFO_BYTES:
                self._control.wait()  # Nobody reads the FIFO before the container is there.
                self._put_back(message)
                return False
        self._control.execution_id = message.execution_id
        try:
            outcome = self._run_container(actor, message, binary)
        except StartError as error:
            self._control.wait(settings.SANDBOX_PULL_SECONDS / 3)  # Docker does not know it at once.
            self._put_back(message)
            return self._starts_again(message, str(error))
        finally:
            self._control.execution_id = ""
        if self._control.stopped:
            self._put_back(message)
            return False
        self._start_errors = 0
        self._finish(message, outcome, _log_seconds(actor, message))
        return True

    def _run_container(self, actor: Actor, message: Message, binary: bytes | None) -> Outcome:
        execution_id, lifetime = message.execution_id, _log_seconds(actor, message)
        program = find_program(actor.image)
        if program is None:
            raise StartError("404 Client Error: Not Found")
        limits = Limits(
            settings.SANDBOX_MAX_RUN_TIME,
            settings.SANDBOX_STOP_SECONDS,
            _memory_limit(actor),
            settings.SANDBOX_LOG_LENGTH,
        )
        return run(
            program,
            environment_of(actor, message, self.worker_id),
            binary,
            limits,
            self._control.signal,
            on_start=lambda pid: _update(execution_id, status="RUNNING", pid=pid),
            on_log=lambda text: _write_log(execution_id, actor.id, text, lifetime),
            on_result=lambda data: _write_result(execution_id, data),
        )

    def _put_back(self, message: Message) -> None:
        if not self._closing.is_set():  # At the next start all that was taken goes back.
            Message.objects.filter(id=message.id).update(taken=False)
            wake()

    def _starts_again(self, message: Message, reason: str) -> bool:
        """Wait before the next try to start a container, or give up: break the actor and stop all its workers."""
        self._start_errors += 1
        if self._start_errors <= START_ERRORS:
            self._control.wait(settings.SANDBOX_RETRY_SECONDS)
            self._set_status("READY")
            return True
        self._break_actor(
            f"Error executing container: Could not start container {secrets.token_hex(32)}. Exception {reason}; w"
        )
        workers = Worker.objects.filter(actor_id=self.actor_id)
        workers.update(status="SHUTDOWN_REQUESTED")
        self._closing.wait(settings.SANDBOX_PULL_SECONDS)
        _update(message.execution_id, status="ERROR", pid=None)
        for worker in workers:
            RUNNING.stop(worker.id)
        return False

    def _finish(self, message: Message, outcome: Outcome, lifetime: timedelta) -> None:
        # Ctrl-C also reaches a program that has no session of its own yet; that it ends us too we learn a moment later.
        halted = self._control.halted
        if not halted and outcome.exit_code in (128 + signal.SIGINT, 128 + signal.SIGTERM):
            self._closing.wait(0.5)
        if self._closing.is_set():
            return  # The message stays taken: at the next start it goes back into the mailbox and runs again.
        moment = times.stored(times.now())
        with transaction.atomic():
            if not Message.objects.filter(id=message.id).delete()[0]:
                # The actor was deleted meanwhile, and its logs with it.
                Log.objects.filter(execution_id=message.execution_id).delete()
                lifetime = timedelta(0)
            if lifetime:
                _write_log(message.execution_id, message.actor_id, outcome.log, lifetime)
            columns = _columns(outcome)
            _update(message.execution_id, **columns)
            told = {"status": columns["status"], "exit_code": columns["exit_code"]}
            events.publish(message.actor_id, events.COMPLETE, execution_id=message.execution_id, **told)
            Worker.objects.filter(id=self.worker_id).update(last_execution_time=moment)
            if not halted:
                self._set_status("READY")
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
        secret = config.is_secret and config.value is not None
        value = vault.decrypt(str(config.value)) if secret else config.value
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
