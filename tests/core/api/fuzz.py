"""Try the JSON API with what nobody would send: schemathesis, with all checks and phases, over real processes.

`python -m tests.core.api.fuzz` makes 1,000 examples of each operation; a number makes so many, and what follows it goes
to schemathesis. The test command makes 2, and 20 with `--full`, which adds the boundary values. A portal, a sandbox and
their stores are made for it and thrown away.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from tests.sandbox.support import Person, Sandbox, start_sandbox
from tests.support.running import RunningPortal, running_portal

EXAMPLES = 1000
CONFIG = Path(__file__).with_name("schemathesis.toml")
Done = subprocess.CompletedProcess[str]
METHODS = {"get", "post", "put", "patch", "delete"}


def fuzz(
    portal: RunningPortal, sandbox: Sandbox, directory: Path, examples: int, *more: str, is_shown: bool = False
) -> Done:
    """Run it, and return what schemathesis said, unless it is shown as it comes."""
    schema, token = prepared(portal, sandbox)
    path = directory / "schema.json"
    path.write_text(json.dumps(schema))
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIG), "run", str(path)]
    command += ["--url", portal.url, "--header", f"Authorization: Bearer {token}", "-n", str(examples)]
    command += ["--generation-database", "none", *more]
    return subprocess.run(command, cwd=directory, text=True, capture_output=not is_shown, check=False)


@contextmanager
def everything(directory: Path) -> Iterator[tuple[RunningPortal, Sandbox]]:
    """Run a sandbox and a portal of it until the block ends."""
    sandbox = start_sandbox(directory, fill="none", SANDBOX_PULL_SECONDS="0.05")
    try:
        with running_portal(directory, sandbox.url) as portal:
            yield portal, sandbox
    finally:
        sandbox.stop()


def prepared(portal: RunningPortal, sandbox: Sandbox) -> tuple[dict[str, Any], str]:
    """Fill the sandbox and return the schema as it is served, with ids of things that exist, and a token.

    What the addresses of the schema allow exists nearly nowhere; so what is generated as good is an id that was made
    for this, and what is generated as bad is anything else. What is deleted is another actor than what is read. Who
    asks is no administrator, who alone could ask for a hundred workers, each a process.
    """
    demo = sandbox.sign_in("demo")
    full = demo.actor("sandbox/results", name="kept")
    kept = [full, demo.actor("abacosamples/test", stateless=False, state={"n": 1})]
    spent = [demo.actor("abacosamples/test") for _ in range(3)]
    program = Program(portal, demo)
    # Sent through the portal, which keeps what was sent, so that it can be sent again.
    sent = [program.post(f"actors/{full}/messages/", {"text": text})["execution_id"] for text in ("one", "two")]
    taken = []
    for one in sent:
        demo.ended(full, one)
        taken.append(program.post(f"actors/{full}/executions/{one}/results/", {})["result"]["id"])
    program.get(f"actors/{full}/")  # whose definition is kept with it
    known: dict[str, list[Any]] = {
        "actor_id": kept,
        "execution_id": sent,
        "entry_id": [line["id"] for line in program.get("activity/")["items"]],
        "worker_id": [demo.until(f"/{full}/workers", lambda found: found)[0]["id"]],
        "handle": [program.post(f"actors/{full}/nonces/", {})["handle"] for _ in range(3)],
        "alias": ["read"],
        "config": ["read"],
        "result_id": taken,
        "revision_id": [one["id"] for one in program.get(f"actors/{full}/revisions/")["items"]],
    }
    for name in ("read", "spent"):
        demo.post("/aliases", {"alias": name, "actorId": full})
        demo.post("/configs", {"name": name, "value": "v", "isSecret": False, "actors": full})
    of_alias = [program.post("aliases/read/nonces/", {})["handle"] for _ in range(3)]
    # A number is tried for a name; an alias of that name would be found, so it is somebody else's already.
    team = sandbox.sign_in("team")
    team.post("/aliases", {"alias": "0", "actorId": team.actor("abacosamples/test")})
    pair = {"a": [f"{full}/{sent[1]}"], "b": [f"{full}/{sent[0]}", sent[0], "previous", "success"]}
    schema: dict[str, Any] = program.get("schema/")
    for path, operations in schema["paths"].items():
        for method in METHODS & set(operations):
            here = {**known, "actor_id": [full]} if "{" in path.partition("}")[2] else known
            if path.endswith("/actors/{actor_id}/") and method == "delete":
                here = {"actor_id": spent}
            if path.endswith(("/aliases/{alias}/", "/configs/{config}/")) and method == "delete":
                here = {"alias": ["spent"], "config": ["spent"]}
            if "/aliases/{alias}/" in path:
                here = {**here, "handle": of_alias}
            for parameter in operations[method]["parameters"]:
                if parameter["in"] == "path":
                    parameter["schema"] = {**parameter["schema"], "enum": here[parameter["name"]]}
                elif path.endswith("/comparison/") and parameter["name"] in pair:
                    parameter["schema"] = {**parameter["schema"], "enum": pair[parameter["name"]]}
    return schema, demo.token


class Program:
    """Somebody who asks the JSON API of a running portal with a token."""

    def __init__(self, portal: RunningPortal, person: Person) -> None:
        self.root, self.headers = f"{portal.url}/api/v1/", {"Authorization": f"Bearer {person.token}"}

    def get(self, path: str) -> Any:
        """Return what is there."""
        return self._said(requests.get(self.root + path, headers=self.headers, timeout=20))

    def post(self, path: str, body: object) -> Any:
        """Send something and return the answer."""
        return self._said(requests.post(self.root + path, json=body, headers=self.headers, timeout=20))

    def _said(self, answer: requests.Response) -> Any:
        assert answer.ok, answer.text
        return answer.json()


def main() -> int:
    """Run it from the command line; what schemathesis says is shown as it comes."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else EXAMPLES
    with tempfile.TemporaryDirectory() as name, everything(Path(name)) as (portal, sandbox):
        return fuzz(portal, sandbox, Path(name), number, *sys.argv[2:], is_shown=True).returncode


if __name__ == "__main__":
    sys.exit(main())
