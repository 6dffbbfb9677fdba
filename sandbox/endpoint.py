"""A route of the API: find out who asks, check that they may, call the handler of the method, answer in the dialect."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse

from sandbox import access
from sandbox.access import Caller, UnknownToken
from sandbox.answers import NO_SUCH_METHOD, Crash, Refusal, refused, success
from sandbox.dialect import V2, V2_DIALECT
from sandbox.models import Actor, Alias

Handler = Callable[..., HttpResponse]
PATH_OWNERS = ("actor", "alias", "config")
NO_ACTOR_CRASH = ("TypeError", "'NoneType' object is not subscriptable")
NOT_YOURS = "Not authorized -- you do not have access to this actor."
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
            raise Refusal(f"No actor found with id: {self.actor_id}.", 404)
        return found

    def answer(self, message: str, result: Any = None) -> HttpResponse:
        """Answer 200 with a result already written in the dialect."""
        return success(self.dialect, message, result)


def dbid(actor_id: str) -> str:
    """Return the id of an actor that events carry, which know no version: the tenant of v2 and its id."""
    return V2_DIALECT.dbid(actor_id)


def alias_subject(alias: str) -> str:
    """Return the name under which permissions on an alias are kept."""
    return f"alias:{alias}"


def config_subject(name: str) -> str:
    """Return the name under which permissions on a config are kept."""
    return f"config:{name}"


def level_needed(method: str, what: str) -> str:
    """Return the permission level a method needs on a resource of an actor."""
    if method in ("GET", "HEAD"):
        return "READ"
    return "EXECUTE" if (method, what) == ("POST", "messages") else "UPDATE"


def open_to_all_signed_in(**handlers: Handler) -> Handler:
    """Make a view of a route that needs a token and no permission."""

    def prepare(request: HttpRequest, dialect: V2, **found: str) -> Call:
        caller = access.identify(request, dialect)
        if caller is None:
            access.check_nonce_given(request)
            raise _nonce_out_of_place(request)
        _check_admin_path(request, caller)
        return Call(request, dialect, caller)

    return _view(prepare, handlers)


def of_actor(what: str, **handlers: Handler) -> Handler:
    """Make a view of a route under one actor, whose path part `actor` is an id or an alias."""

    def prepare(request: HttpRequest, dialect: V2, **found: str) -> Call:
        identifier = found["actor"]
        method = str(request.method)
        needed = level_needed(method, what)
        caller = access.identify(request, dialect)
        if caller is None:
            access.check_nonce_given(request)
        else:
            _check_admin_path(request, caller)
        actor_id = access.resolve(identifier)
        if caller is None:
            caller = access.redeem(request, dialect, needed, actor_id, identifier)
        call = Call(request, dialect, caller, identifier, actor_id, subject=actor_id)
        if method not in handlers and method != "HEAD":
            return call
        if method == "HEAD" and not caller.is_admin:
            raise _head_refused(dialect)
        if method in ("POST", "PUT"):
            if access.level_of(caller.user, actor_id) is not None:
                access.check_privileges(caller, dialect)
            if what == "workers" and not caller.is_admin:
                raise Refusal("Not authorized -- only admins are authorized to update workers.")
        access.check_level(caller, actor_id, needed, "actor", _missing(dialect, "Actor", actor_id))
        return call

    return _view(prepare, handlers)


def of_alias(what: str, **handlers: Handler) -> Handler:
    """Make a view of a route of one alias; its nonces ask for the level on both the alias and its actor."""

    def prepare(request: HttpRequest, dialect: V2, **found: str) -> Call:
        alias, method = found["alias"], str(request.method)
        needed = level_needed(method, what)
        caller = access.identify(request, dialect)
        if caller is None:
            access.check_nonce_given(request)
        else:
            _check_admin_path(request, caller)
        row = Alias.objects.filter(alias=alias).first()
        if caller is None:
            caller = access.redeem(request, dialect, needed, access.resolve(alias), alias)
        call = Call(request, dialect, caller, alias, row.actor_id if row else "", alias_subject(alias))
        if method not in handlers and method != "HEAD":
            return call
        if row is None:
            admins, others = f"No alias found: {alias}.", f"Actor with identifier '{alias}' not found"
            raise Refusal(admins if caller.is_admin else others, 404)
        if method == "HEAD" and not caller.is_admin:
            raise _head_refused(dialect)
        noun = "alias and actor" if what == "nonces" else "alias"
        access.check_level(caller, call.subject, needed, noun, _missing(dialect, "Alias", alias))
        if what == "nonces":
            access.check_level(caller, row.actor_id, needed, noun, _missing(dialect, "Actor", row.actor_id))
        return call

    return _view(prepare, handlers)


def of_config(**handlers: Handler) -> Handler:
    """Make a view of a route of one config, which answers admins only.

    For whoever else has the level, Abaco goes on to look for an actor, and there is none in the path.
    """

    def prepare(request: HttpRequest, dialect: V2, **found: str) -> Call:
        name, method = found["config"], str(request.method)
        caller = access.identify(request, dialect)
        if caller is None:
            access.check_nonce_given(request)
            raise _nonce_out_of_place(request)
        _check_admin_path(request, caller)
        call = Call(request, dialect, caller, name, subject=config_subject(name))
        if caller.is_admin or (method not in handlers and method != "HEAD"):
            return call
        missing = _missing(dialect, "Config", name)
        access.check_level(caller, call.subject, level_needed(method, "configs"), "config", missing)
        raise Crash(*NO_ACTOR_CRASH)

    return _view(prepare, handlers)


def _missing(dialect: V2, noun: str, name: str) -> str:
    """Return what somebody without permissions is told of an actor, alias or config that is not there."""
    if noun == "Actor" and dialect.hides_missing:
        return NOT_YOURS
    return f"{noun} {dialect.dbid(name)} does not exist"


def _head_refused(dialect: V2) -> Refusal:
    if dialect.hides_missing:
        return Refusal(NOT_YOURS)
    return Crash(*HEAD_CRASH)


def _check_admin_path(request: HttpRequest, caller: Caller) -> None:
    # Abaco takes any path with `admin` in it for its admin API, an alias such as `myadmintool` included.
    if "admin" in request.path_info and not caller.is_admin:
        raise Refusal("Abaco Admin role required.")


def _nonce_out_of_place(request: HttpRequest) -> Refusal:
    last = request.path_info.rstrip("/").rsplit("/", 1)[-1]
    if "/search/" in request.path_info:
        return Refusal("'x-nonce' query parameter on the '/actors/search/{database}' endpoint does not resolve.", 404)
    if last == "utilization":
        return Refusal("Actor with identifier 'utilization' not found", 404)
    return Refusal("Not authorized.")


def _view(prepare: Callable[..., Call], handlers: dict[str, Handler]) -> Handler:
    allowed = ", ".join([*handlers, "HEAD", "OPTIONS"])

    def view(request: HttpRequest, dialect: V2, **found: str) -> HttpResponse:
        if request.method == "OPTIONS":
            return HttpResponse("", "text/html; charset=utf-8", headers={"Allow": allowed})
        try:
            call = prepare(request, dialect, **found)
            handler = handlers.get("GET" if request.method == "HEAD" else str(request.method))
            if handler is None:
                raise Refusal(NO_SUCH_METHOD, 405)
            rest = {name: value for name, value in found.items() if name not in PATH_OWNERS}
            return handler(call, **rest)
        except UnknownToken:
            return dialect.refuse_token(request)
        except Refusal as refusal:
            return refused(dialect, refusal)
        except (OverflowError, UnicodeEncodeError) as error:
            # A number or a text that no store can hold; Abaco's raises too.
            return refused(dialect, Crash.of(error))

    return view
