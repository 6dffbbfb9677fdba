"""The sandbox's routes; whatever is not here, a trailing slash included, is an HTML page with 500."""

from django.urls import path

from sandbox.answers import broken, no_such_route
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
    tokens,
    utilization,
    workers,
)

ROUTES = {
    "": actors.collection,
    "/utilization": utilization.item,
    "/search/<str:kind>": searches.item,
    "/aliases": aliases.collection,
    "/aliases/<str:alias>": aliases.item,
    "/aliases/<str:alias>/permissions": permissions.of_aliases,
    "/aliases/<str:alias>/nonces": nonces.alias_collection,
    "/aliases/<str:alias>/nonces/<str:nonce>": nonces.alias_item,
    "/configs": configs.collection,
    "/configs/<str:config>": configs.item,
    "/configs/<str:config>/permissions": permissions.of_configs,
    "/admin": admin.actors,
    "/admin/workers": admin.workers,
    "/admin/executions": admin.executions,
    "/<str:actor>": actors.item,
    "/<str:actor>/messages": messages.item,
    "/<str:actor>/state": state.item,
    "/<str:actor>/permissions": permissions.collection,
    "/<str:actor>/nonces": nonces.collection,
    "/<str:actor>/nonces/<str:nonce>": nonces.item,
    "/<str:actor>/workers": workers.collection,
    "/<str:actor>/workers/<str:worker>": workers.item,
    "/<str:actor>/executions": executions.collection,
    "/<str:actor>/executions/<str:execution>": executions.item,
    "/<str:actor>/executions/<str:execution>/logs": logs.item,
    "/<str:actor>/executions/<str:execution>/results": results.item,
}
urlpatterns = [
    path("token", tokens.token_create),
    path("authorize", authorize.authorize, {"dialect": V2_DIALECT}),
    path("profiles/v2/me", profiles.me, {"dialect": V2_DIALECT}),
    path("v3/oauth2/tokens", tokens.tapis_token_create, {"dialect": V3_DIALECT}),
    path("v3/oauth2/authorize", authorize.authorize, {"dialect": V3_DIALECT}),
    path("v3/oauth2/userinfo", profiles.userinfo, {"dialect": V3_DIALECT}),
    *(
        path(dialect.prefix + route, view, {"dialect": dialect})
        for dialect in (V2_DIALECT, V3_DIALECT)
        for route, view in ROUTES.items()
    ),
]
handler404 = no_such_route
handler500 = broken
