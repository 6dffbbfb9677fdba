"""The Actors API as the rest of the portal sees it: one object, `Abaco`, with a member for each resource.

The services know HTTP and Abaco. They know no view, form, template, database or setting.
"""

from actors_app.services.actors import Actors
from actors_app.services.admin import Admin
from actors_app.services.aliases import Aliases
from actors_app.services.caller import Caller, Credentials
from actors_app.services.client import AbacoClient
from actors_app.services.configs import Configs
from actors_app.services.executions import Executions, Results
from actors_app.services.gather import GetCall, Result, call_all
from actors_app.services.logs import Logs
from actors_app.services.messages import Messages
from actors_app.services.nonces import AliasNonces, Nonces
from actors_app.services.observer import Observer
from actors_app.services.permissions import Permissions
from actors_app.services.profile import Profiles, Roles
from actors_app.services.raw_json import RawJSON
from actors_app.services.search import Search
from actors_app.services.state import State
from actors_app.services.workers import Workers

__all__ = ["Abaco", "AbacoClient", "Credentials", "Result"]


class Abaco:
    """The Actors API, used as one visitor, for as long as one request of the portal lasts.

    Every call raises a CallError where it does not succeed. A token that is refused is renewed once: a
    GET is then made again; a write is not, and raises TokenRenewed. `observer` is told what an answer says
    about the visitor's rights.
    """

    def __init__(
        self,
        client: AbacoClient,
        credentials: Credentials,
        within: float | None = None,
        observer: Observer | None = None,
    ) -> None:
        self._client, self._credentials, self._observer = client, credentials, observer
        self._caller = Caller(client, credentials, within, observer)
        self.actors = Actors(self._caller)
        self.admin = Admin(self._caller)
        self.aliases = Aliases(self._caller)
        self.alias_nonces = AliasNonces(self._caller)
        self.configs = Configs(self._caller)
        self.executions = Executions(self._caller)
        self.logs = Logs(self._caller)
        self.messages = Messages(self._caller)
        self.nonces = Nonces(self._caller)
        self.raw_json = RawJSON(self._caller)
        self.permissions = Permissions(self._caller)
        self.profile = Profiles(self._caller)
        self.results = Results(self._caller)
        self.roles = Roles(self._caller)
        self.search = Search(self._caller)
        self.state = State(self._caller)
        self.workers = Workers(self._caller)

    def hurried(self, seconds: float) -> "Abaco":
        """Return the same API, which is given up on where an answer takes longer than this."""
        return Abaco(self._client, self._credentials, seconds, self._observer)

    def gather(self, **calls: GetCall) -> dict[str, Result]:
        """Make several reading calls at once and return each one's answer, its error included, by its name.

        Only calls that change nothing belong here, since they may be made twice. Raises SignedOut,
        whichever call met it.
        """
        return call_all(self._caller, calls)
