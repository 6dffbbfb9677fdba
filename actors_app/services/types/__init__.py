"""What the API's answers become: frozen dataclasses, one file a resource; nothing here asks the network."""

from actors_app.services.dialects import Tokens
from actors_app.services.types.actors import (
    ACTOR_STATUSES,
    ERROR,
    READY,
    SUBMITTED,
    Actor,
    ActorLine,
    ActorLines,
    Listed,
)
from actors_app.services.types.admin import AdminActor, AdminTotals, Used, Utilization
from actors_app.services.types.configs import Config
from actors_app.services.types.executions import (
    LOG_CUT,
    Execution,
    ExecutionListing,
    ExecutionPage,
    ExecutionRow,
    Log,
    Outcome,
    SearchPage,
)
from actors_app.services.types.messages import Mailbox, SentMessage
from actors_app.services.types.nonces import Nonce
from actors_app.services.types.people import AdminRole, Alias, Profile
from actors_app.services.types.workers import Worker, WorkerPage

__all__ = [
    "ACTOR_STATUSES",
    "ERROR",
    "LOG_CUT",
    "READY",
    "SUBMITTED",
    "Actor",
    "ActorLine",
    "ActorLines",
    "AdminActor",
    "AdminRole",
    "AdminTotals",
    "Alias",
    "Config",
    "Execution",
    "ExecutionListing",
    "ExecutionPage",
    "ExecutionRow",
    "Listed",
    "Log",
    "Mailbox",
    "Nonce",
    "Outcome",
    "Profile",
    "SearchPage",
    "SentMessage",
    "Tokens",
    "Used",
    "Utilization",
    "Worker",
    "WorkerPage",
]
