"""Configs: values and secrets that the API puts into the environment of the actors they name."""

from collections.abc import Sequence

from actors_app.services.caller import Service, json_call
from actors_app.services.calls import Call
from actors_app.services.errors import NamingMismatch, NotFound
from actors_app.services.types import Config
from actors_app.services.urls import config as checked


def missing() -> NotFound:
    """Return the error of a config that is not in the list."""
    return NotFound("a config that is not listed", user_message="This config does not exist or was deleted.")


class Configs(Service):
    """The configs of the whole tenant. One of them, alone, answers administrators only (OnlyAdmins)."""

    def list(self) -> tuple[Config, ...]:
        """Return every config in the tenant, secrets as ciphertext. `GET /actors/configs`.

        Raises NamingMismatch for one of which the API does not say whether it is a secret.
        """
        rows = self._caller.rows(Call("GET", self._caller.path("configs")))
        if not all(self._caller.dialect.name("is_secret") in row for row in rows):
            # Taken for no secret, one would be saved as none.
            raise NamingMismatch.without("is_secret", "a config")
        return tuple(Config.from_api(row, self._caller.dialect) for row in rows)

    def find(self, name: str) -> Config:
        """Return one config from the list; raise NotFound where it is not there. `GET /actors/configs`."""
        for config in self.list():
            if config.name == name:
                return config
        raise missing()

    def create(self, name: str, value: str, is_secret: bool, actors: Sequence[str]) -> Config:
        """Make a config for actors, given by id or alias. `POST /actors/configs`."""
        call = json_call("POST", self._caller.path("configs"), self._body(name, value, is_secret, actors))
        return Config.from_api(self._caller.object(call), self._caller.dialect)

    def update(self, name: str, value: str, is_secret: bool, actors: Sequence[str]) -> Config:
        """Replace a config but for its name; the whole is sent. `PUT /actors/configs/{name}`."""
        path = self._caller.path("configs", checked(name))
        call = json_call("PUT", path, self._body(name, value, is_secret, actors))
        return Config.from_api(self._caller.object(call), self._caller.dialect)

    def delete(self, name: str) -> None:
        """Delete a config. `DELETE /actors/configs/{name}`."""
        self._caller.message(Call("DELETE", self._caller.path("configs", checked(name))))

    def _body(self, name: str, value: str, is_secret: bool, actors: Sequence[str]) -> dict[str, object]:
        # A value is sent as text whatever it is: the API keeps anything else as Python writes it.
        secret = self._caller.dialect.name("is_secret")
        return {"name": name, "value": value, secret: is_secret, "actors": ", ".join(actors)}
