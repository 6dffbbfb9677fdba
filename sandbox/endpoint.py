"""A route of the API: find out who asks, check that they may, call the handler of the method, answer in the dialect."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse

from sandbox import access
from sandbox.access import Caller, UnknownToken
from sandbox.answers import NO_SUCH_METHOD, Crash, Refusal, refused, success
from sandbox.dialect import V2, V2_DIALECT
from sandbox.ids import is_hashid
from sandbox.models import Actor

Handler = Callable[..., HttpResponse]
PATH_OWNERS = ("actor", "alias", "config")
NO_ACTOR_CRASH = ("TypeError", "'NoneType' object is not subscriptable")
NO_CODES_CRASH = ("NameError", "name 'codes' is not defined")
NO_CONFIG_ACCESS = "You do not have sufficient access to this actor config."
NOT_YOURS = "Not authorized -- you do not have access to this {}."
HEAD_CRASH = ("UnboundLocalError", "local variable 'has_pem' referenced before assignment")


@dataclass
class Call:
    """One request on its way to a handler: who asks, in which dialect, and for which actor, alias or config.

    `identifier` is the actor, alias or config as the path names it, `subject` what its permissions are kept under.
    """

    request: HttpRequest
    dialect: V2
    caller: Caller
    identifier: str = ""
    actor_id: str = ""
    subject: str = ""

    def actor(self) -> Actor:
        """Return the actor of the path; raise the 404 that only admins can meet."""
        found = Actor.objects.filter(id=self.actor_id).first()
        if found is None:
            raise Refusal(f"No actor found with id: {self.identifier}.", 404)
        return found

    def answer(self, message: str, result: Any = None) -> HttpResponse:
        """Answer 200 with a result already written in the dialect."""
        return success(self.dialect, message, result)


def dbid(actor_id: str) -> str:
    """Return the id of an actor that events carry, which know no version: the tenant of v2 and its id."""
    return V2_DIALECT.dbid(actor_id)


def alias_subject(alias: str) -> str:
    """Return the name under which permissions on an alias are kept; Abaco keeps them with those of actors, by name."""
    return alias if is_hashid(alias) else f"alias:{alias}"


def config_subject(name: str) -> str:
    """Return the name under which permissions on a config are kept."""
    return f"config:{name}"


def level_needed(method: str, what: str) -> str:
    """Return the permission level a method needs on a resource of an actor."""
    if method == "OPTIONS":
        return "NONE"
    if method == "GET":
        return "READ"
    return "EXECUTE" if (method, what) == ("POST", "messages") else "UPDATE"


def open_to_all_signed_in(**handlers: Handler) -> Handler:
    """Make a view of a route that needs a token and no permission."""

    def prepare(request: HttpRequest, dialect: V2, **names: str) -> Call:
        return Call(request, dialect, _caller(request, dialect))

    return _view(prepare, handlers)


def of_actor(what: str, **handlers: Handler) -> Handler:
    """Make a view of a route under one actor, whose path names it by its id or an alias."""

    def prepare(request: HttpRequest, dialect: V2, actor: str, **names: str) -> Call:
        method = str(request.method)
        caller, actor_id = _caller_and_actor(request, dialect, what)
        call = Call(request, dialect, caller, actor, actor_id, subject=actor_id)
        if caller.is_admin:
            return call
        if method == "HEAD":
            raise _head_refused(dialect, "actor")
        if method in ("POST", "PUT"):
            access.check_privileges(caller, dialect)
            if what == "workers":
                raise Refusal("Not authorized -- only admins are authorized to update workers.")
        refusal, missing = NOT_YOURS.format("actor"), _missing(dialect, actor_id, "actor")
        access.check_level(caller, actor_id, level_needed(method, what), refusal, missing)
        return call

    return _view(prepare, handlers)


def of_alias(what: str, **handlers: Handler) -> Handler:
    """Make a view of a route of one alias; its nonces ask for the level on both the alias and its actor."""

    def prepare(request: HttpRequest, dialect: V2, alias: str, **names: str) -> Call:
        method = str(request.method)
        needed = level_needed(method, what)
        caller = _caller(request, dialect, what)
        call = Call(request, dialect, caller, alias, subject=alias_subject(alias))
        if caller.is_admin:
            return call
        actor_id = access.resolve(_identifier(request))
        noun = "alias and actor" if what == "nonces" else "alias"
        if method == "HEAD":
            raise _head_refused(dialect, noun)
        refusal = NOT_YOURS.format(noun)
        access.check_level(caller, call.subject, needed, refusal, _missing(dialect, alias, noun))
        if what == "nonces":
            access.check_level(caller, actor_id, needed, refusal, _missing(dialect, actor_id, noun))
        return call

    return _view(prepare, handlers)


def of_config(**handlers: Handler) -> Handler:
    """Make a view of a route of one config, which answers admins only.

    For whoever else has the level, Abaco goes on to look for an actor, and there is none in the path.
    """

    def prepare(request: HttpRequest, dialect: V2, config: str, **names: str) -> Call:
        method = str(request.method)
        caller = _caller(request, dialect)
        call = Call(request, dialect, caller, config, subject=config_subject(config))
        if caller.is_admin:
            return call
        if method == "HEAD" and not dialect.hides_missing:
            raise Crash(*HEAD_CRASH)
        needed = level_needed(method, "configs")
        missing = f"Config {dialect.dbid(config)} does not exist"
        if not dialect.hides_missing:
            access.check_level(caller, call.subject, needed, NO_CONFIG_ACCESS, missing)
            if method in ("POST", "PUT"):
                access.check_privileges(caller, dialect)
            raise Crash(*NO_ACTOR_CRASH)
        # Where v3 meets an entry of the caller's, it fails over a name it never imported.
        entry = access.entry_of(caller.user, call.subject, missing)
        if method == "HEAD" or entry is None:
            raise Refusal(NO_CONFIG_ACCESS)
        if entry[0] != access.WORLD:
            raise Crash(*NO_CODES_CRASH)
        if method in ("POST", "PUT"):
            access.check_privileges(caller, dialect)
        raise Refusal(NOT_YOURS.format("actor"))

    return _view(prepare, handlers)


def _identifier(request: HttpRequest) -> str:
    # Abaco takes the actor from the place where it stands in a path, and any path with `aliases` in it for one of
    # aliases, where it stands a place later.
    segments = request.path_info.split("/")
    place = 3 if "aliases" in request.path_info else 2
    if len(segments) < 3:
        raise Refusal("Not authorized.")
    if place >= len(segments):
        raise Refusal("Unable to parse actor identifier: is it missing from the URL?", 404)
    if segments[place] == "search":
        raise Refusal("'x-nonce' query parameter on the '/actors/search/{database}' endpoint does not resolve.", 404)
    return segments[place]


def _caller(request: HttpRequest, dialect: V2, what: str = "") -> Caller:
    caller = _known(request, dialect, what)
    _check_role(request, dialect, caller)
    return caller


def _caller_and_actor(request: HttpRequest, dialect: V2, what: str) -> tuple[Caller, str]:
    # The name of an actor is resolved before the roles of the caller are looked at.
    caller = _known(request, dialect, what)
    actor_id = access.resolve(_identifier(request))
    _check_role(request, dialect, caller)
    return caller, actor_id


def _known(request: HttpRequest, dialect: V2, what: str) -> Caller:
    caller = access.identify(request, dialect)
    if caller is not None:
        return caller
    access.check_nonce_given(request)
    needed = level_needed(str(request.method), what)
    return access.redeem(request, dialect, needed, _identifier(request))


def _check_role(request: HttpRequest, dialect: V2, caller: Caller) -> None:
    access.check_role(caller, dialect)
    # Abaco takes any path with `admin` in it for its admin API, an alias such as `myadmintool` included.
    if "admin" in request.path_info and not caller.is_admin:
        raise Refusal("Abaco Admin role required.")


def _missing(dialect: V2, name: str, noun: str) -> str:
    # What somebody without permissions is told of an actor or an alias that nobody has permissions on.
    return NOT_YOURS.format(noun) if dialect.hides_missing else f"Actor {dialect.dbid(name)} does not exist"


def _head_refused(dialect: V2, noun: str) -> Refusal:
    return Refusal(NOT_YOURS.format(noun)) if dialect.hides_missing else Crash(*HEAD_CRASH)


def _view(prepare: Callable[..., Call], handlers: dict[str, Handler]) -> Handler:
    if "GET" in handlers:
        handlers = handlers | {"HEAD": handlers["GET"]}
    allowed = ", ".join([*handlers, "OPTIONS"])

    def view(request: HttpRequest, dialect: V2, **names: str) -> HttpResponse:
        try:
            if request.method == "OPTIONS":
                if dialect.asks_before_options:
                    _known(request, dialect, "")
                return HttpResponse("", "text/html; charset=utf-8", headers={"Allow": allowed})
            if request.method not in handlers:
                access.identify(request, dialect)  # a bad token comes before everything
                raise Refusal(NO_SUCH_METHOD, 405)
            call = prepare(request, dialect, **names)
            rest = {name: value for name, value in names.items() if name not in PATH_OWNERS}
            return handlers[str(request.method)](call, **rest)
        except UnknownToken:
            return dialect.refuse_token(request)
        except Refusal as refusal:
            return refused(dialect, refusal)
        except OverflowError:
            return refused(dialect, Crash("OverflowError", "MongoDB can only handle up to 8-byte ints"))
        except UnicodeEncodeError as error:
            # A text that no store can hold; Abaco's raises too.
            return refused(dialect, Crash.of(error))

    view.methods = frozenset(handlers)  # type: ignore[attr-defined]  # what `front.dispatch` chooses by
    return view
