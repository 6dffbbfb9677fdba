"""The routes: the gateway's own, and those of Abaco's three processes, to which `front.py` directs everything else.

A process tries its routes in this order, as Werkzeug sorts them: a literal part before a variable one.
"""

from django.http import HttpRequest, HttpResponse
from django.urls import path, re_path

from sandbox import front
from sandbox.answers import broken
from sandbox.dialect import V2_DIALECT, V3_DIALECT
from sandbox.views import (
    actors,
    admin,
    aliases,
    authorize,
    configs,
    executions,
    logs,
    messages,
    nonces,
    permissions,
    profiles,
    results,
    searches,
    state,
    tenants,
    tokens,
    utilization,
    workers,
)

REG = {
    "actors": actors.collection,
    "actors/utilization": utilization.item,
    "actors/aliases": aliases.collection,
    "actors/configs": configs.collection,
    "actors/aliases/<str:alias>/nonces": nonces.alias_collection,
    "actors/aliases/<str:alias>/nonces/<str:nonce>": nonces.alias_item,
    "actors/aliases/<str:alias>": aliases.item,
    "actors/search/<str:kind>": searches.item,
    "actors/configs/<str:config>": configs.item,
    "actors/<str:actor>/executions/<str:execution>/results": results.item,
    "actors/<str:actor>/executions/<str:execution>/logs": logs.item,
    "actors/<str:actor>/state": state.item,
    "actors/<str:actor>/executions": executions.collection,
    "actors/<str:actor>/executions/<str:execution>": executions.item,
    "actors/<str:actor>/nonces": nonces.collection,
    "actors/<str:actor>/nonces/<str:nonce>": nonces.item,
    "actors/<str:actor>": actors.item,
}
ADMIN = {
    "actors/admin": admin.actors,
    "actors/admin/workers": admin.workers,
    "actors/admin/executions": admin.executions,
    "actors/aliases/<str:alias>/permissions": permissions.of_aliases,
    "actors/configs/<str:config>/permissions": permissions.of_configs,
    "actors/<str:actor>/permissions": permissions.collection,
    "actors/<str:actor>/workers": workers.collection,
    "actors/<str:actor>/workers/<str:worker>": workers.item,
}
MES = {"actors/<str:actor>/messages": messages.item}
PROCESSES = {
    name: tuple(path(route, view) for route, view in routes.items())
    for name, routes in (("reg", REG), ("admin", ADMIN), ("mes", MES))
}


def abaco(request: HttpRequest) -> HttpResponse:
    """Answer whatever is not the gateway's own."""
    return front.answer(request, PROCESSES)


urlpatterns = [
    path("token", tokens.token_create),
    path("authorize", authorize.authorize, {"dialect": V2_DIALECT}),
    path("profiles/v2/me", profiles.me, {"dialect": V2_DIALECT}),
    path("v3/oauth2/tokens", tokens.tapis_token_create, {"dialect": V3_DIALECT}),
    path("v3/oauth2/authorize", authorize.authorize, {"dialect": V3_DIALECT}),
    path("v3/oauth2/userinfo", profiles.userinfo, {"dialect": V3_DIALECT}),
    *(
        entry
        for word, kind in (("sites", tenants.SITES), ("tenants", tenants.TENANTS))
        for entry in (
            path(f"v3/{word}", tenants.collection, {"dialect": V3_DIALECT, "kind": kind}),
            path(f"v3/{word}/<str:name>", tenants.item, {"dialect": V3_DIALECT, "kind": kind}),
        )
    ),
    re_path("", abaco),
]
handler500 = broken
