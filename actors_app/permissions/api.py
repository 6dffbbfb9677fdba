"""Permissions on actors, aliases and configs: who can do what and why, granting, and taking back."""

from dataclasses import asdict
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from actors_app.core.api import paging
from actors_app.core.api.base import Resource
from actors_app.core.api.exceptions import not_valid
from actors_app.core.api.fields import PageQuery
from actors_app.core.api.form_checks import checked, typed
from actors_app.core.api.schema import operation
from actors_app.permissions import commands, serializers
from actors_app.permissions.access import Subject
from actors_app.permissions.access_pages import explained, others_with_access
from actors_app.permissions.forms import ChangeForm
from actors_app.services.errors import SignedOut

TAG = "Permissions"


def access_of_others(resource: Resource, subject: Subject) -> dict[str, Any]:
    """Return who else has access to what was just created, as a field of its answer."""
    try:
        entries = others_with_access(resource.abaco, subject, resource.user.username)
    except SignedOut:  # it is created all the same
        entries = None
    rows = None if entries is None else [{"user": entry.user, "level": entry.level} for entry in entries]
    return {"others_with_access": rows}


class PermissionList(Resource):
    """`/actors/<actor>/permissions/`, and those of aliases and configs."""

    @operation(
        "List who has access",
        tag=TAG,
        upstream="permission.list|alias-permission.list|config-permission.list",
        query=PageQuery,
        gives=serializers.PermissionsPage,
        about="Nonces, aliases and the admin role also give access (`ways`).",
    )
    def get(self, request: Request, **named: str) -> Response:
        """Answer with a page of the names, by name, and every other way in."""
        explanation = explained(self.abaco, Subject.of(named), self.user.username)
        page = paging.cut(
            explanation.entries,
            lambda entry: (entry.user,),
            cursor=self.params.get("cursor", ""),
            limit=self.params["limit"],
        )
        routes = [asdict(route) for route in explanation.routes]
        fields = {"ways": serializers.Way(routes, many=True).data, "may_not": explanation.may_not}
        return self.page_of(serializers.Permission, page, total=len(explanation.entries), **fields)

    @operation(
        "Grant or revoke access",
        tag=TAG,
        upstream="permission.grant|alias-permission.grant|config-permission.grant",
        takes=serializers.Grant,
        example={"user": "jdoe", "level": "READ"},
        gives=serializers.Granted,
        about="Users cannot be removed from the list, only set to NONE. A grant to ABACO_WORLD cannot be revoked, so "
        "it requires `confirm`; so does a grant to a username that is not plain ASCII or resembles another one.",
    )
    def post(self, request: Request, **named: str) -> Response:
        """Set the level of a name."""
        data = self.body(serializers.Grant)
        data["user"] = data["user"].rstrip()  # a blank at the end comes of a paste; one before is no user name
        if data["user"] != data["user"].lstrip():
            raise not_valid({"user": ["Usernames cannot contain spaces."]})
        subject = Subject.of(named)
        form = checked(ChangeForm(typed(data.items()), kind=subject.kind, me=self.user.username))
        user, level = form.cleaned_data["user"], form.cleaned_data["level"]
        result = commands.set_level(self.http, self.abaco, subject, user, level, is_confirmed=form.is_confirmed)
        return self.command_response(
            result, lambda after, message: {"user": user, "level": after.get(user), "message": message}
        )
