"""sandbox/counter: keep a count in the actor's state, one more with each message.

It writes the state back as an actor does: by `POST /actors/{id}/state` with the token it was given, so the actor must
be stateful and registered with `token` true.
"""

# Abaco's variables are written in small letters; the address is the one the actor was given.
# ruff: noqa: SIM112, S310

import ast
import json
import os
import sys
import urllib.error
import urllib.request

state = ast.literal_eval(os.environ.get("_abaco_actor_state", "{}"))
count = int(state.get("count", 0)) + 1 if isinstance(state, dict) else 1
if not os.environ.get("_abaco_access_token"):
    sys.exit("This actor was given no access token: register it with `token` true.")
server, token = os.environ.get("_sandbox_url") or os.environ["_abaco_api_server"], os.environ["_abaco_access_token"]
root, header = "actors/v2", {"Authorization": f"Bearer {token}"}
if "." in token:
    root, header = "v3/actors", {"X-Tapis-Token": token}
request = urllib.request.Request(
    f"{server}/{root}/{os.environ['_abaco_actor_id']}/state",
    json.dumps({"count": count}).encode(),
    {"Content-Type": "application/json"} | header,
)
try:
    with urllib.request.urlopen(request, timeout=10):
        print(f"The count is {count}.")
except urllib.error.HTTPError as error:
    sys.exit(f"The state was refused with {error.code}.")
