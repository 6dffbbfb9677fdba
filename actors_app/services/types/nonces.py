"""The nonce: a bearer key to one actor. Its id is the key itself, so it is kept out of every repr."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from actors_app.services.dialects import Dialect
from actors_app.services.fields import Fields

UNLIMITED = -1
LEVELS = ("READ", "EXECUTE", "UPDATE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Nonce:
    """A nonce; `max_uses` and `remaining_uses` are -1 when it is unlimited; `roles` its owner had when it was made."""

    id: str = field(repr=False)
    level: str = ""
    max_uses: int | None = None
    remaining_uses: int | None = None
    current_uses: int | None = None
    description: str = ""
    owner: str = ""
    roles: tuple[str, ...] = ()
    actor_id: str | None = None
    alias: str | None = None
    create_time: datetime | None = None
    last_use_time: datetime | None = None
    made_by_admin: bool = False
    keeps_roles: bool = False  # whether it acts with these roles, whatever its owner's are now

    @classmethod
    def from_api(cls, data: object, dialect: Dialect) -> Self:
        """Read a nonce; what is missing or of another type gets its default."""
        fields = Fields(data, dialect)
        roles = fields.texts("roles")
        return cls(
            id=fields.text("id"),
            level=fields.text("level"),
            max_uses=fields.number("max_uses"),
            remaining_uses=fields.number("remaining_uses"),
            current_uses=fields.number("current_uses"),
            description=fields.text("description"),
            owner=fields.text("owner"),
            roles=roles,
            actor_id=fields.text_or_none("actor_id"),
            alias=fields.text_or_none("alias"),
            create_time=fields.time("create_time"),
            last_use_time=fields.time("last_use_time"),
            made_by_admin=dialect.admin_role in roles,
            keeps_roles=dialect.keeps_roles and bool(roles),
        )

    @property
    def masked(self) -> str:
        """Return the id with only its tenant and its last four characters: `SANDBOX_…a1b2`."""
        tenant, _, secret = self.id.rpartition("_")
        # A short id would be told by its last four characters.
        ending = secret[-4:] if len(secret) >= 8 else ""
        return f"{tenant}_…{ending}" if tenant else f"…{ending}"

    @property
    def is_unlimited(self) -> bool:
        """Whether it may be used any number of times."""
        return self.max_uses == UNLIMITED

    @property
    def is_exhausted(self) -> bool:
        """Whether no use is left."""
        return self.remaining_uses == 0
