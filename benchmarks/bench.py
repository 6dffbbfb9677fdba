"""What the goals are measured on: one stub over TLS, the portal on a core of its own, and who has signed in."""

from collections.abc import Callable
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import Any

import requests

from benchmarks import certificates, probe
from benchmarks.client import Visitor
from benchmarks.measuring import WARM, Asking, Figure
from benchmarks.portals import PATIENCE, Portal, StubAPI, collect_static, portal_of, stub_of
from benchmarks.stores import migrate

COUNTS = (50, 250, 2500)  # actors of the APIs that the portal knows


class Bench:
    """One run: its servers, each begun when it is first needed, and its figures by their goals' names."""

    def __init__(self, folder: Path, stack: ExitStack, *, rounds: int, peers: Path, is_collected: bool = True) -> None:
        self.folder, self.stack, self.rounds, self.peers = folder, stack, rounds, peers
        self.figures: dict[str, Figure] = {}
        self.server_core, self.others = probe.cores()
        self.certificate, self.bundle = certificates.make(folder)
        self._portals: dict[str, Portal] = {}
        self._more = {} if is_collected else {"BENCHMARK_PLAIN_STATIC": "1"}
        if is_collected:
            collect_static(folder)

    @cached_property
    def api(self) -> StubAPI:
        """The stub that has so many actors as its address says."""
        return self.stack.enter_context(stub_of("actors", self.folder, certificate=self.certificate))

    @cached_property
    def portal(self) -> Portal:
        """The portal with one process on a core of its own, with the empty page beside it."""
        return self.begin("pinned", cores=self.server_core)

    def begin(self, name: str, **how: Any) -> Portal:
        """Run a portal until the end, with a store of its own; it knows the stub by several addresses."""
        tenants = self.folder / "tenants.toml"
        addresses = {f"rows{count}": f"{self.api.tls}/{count}" for count in COUNTS} | {"far": f"{self.api.far}/50"}
        tenants.write_text("".join(f'[{tenant}]\nurl = "{url}"\n' for tenant, url in addresses.items()))
        store = self.folder / f"{name}.sqlite3"
        migrate(store)
        more = self._more | {"PORTAL_TENANTS_FILE": str(tenants), "BENCHMARK_BUNDLE": str(self.bundle)}
        how = {"threads": 8} | how
        return self.stack.enter_context(portal_of(store, self.folder, app="benchmarks.apps.portal", **how, **more))

    def signed_in(self, tenant: str) -> Portal:
        """Return the pinned portal with a browser that is signed in at a tenant."""
        if tenant not in self._portals:
            self._portals[tenant] = self.portal.at(tenant)
        return self._portals[tenant]

    def page(self, path: str, tenant: str = "rows50", warm: int = WARM) -> Asking:
        """Return what asks the pinned portal for a page on one kept connection, once that is warm."""
        portal = self.signed_in(tenant)
        visitor = Visitor(portal.url, portal.cookies)
        self.stack.callback(visitor.close)

        def ask() -> None:
            answer = visitor.get(path)
            if answer.status != 200:
                raise RuntimeError(f"{path} was answered with {answer.status}.")

        for _ in range(warm):
            ask()
        return Asking(portal.cpu, ask)

    def raw(self, count: int, *, far: bool = False, path: str = "/actors/v2") -> Asking:
        """Return the bare call with its JSON, on the portal's core while that is idle."""
        session = self.stack.enter_context(requests.Session())
        session.verify = str(self.bundle)
        session.trust_env = False
        session.headers["Authorization"] = "Bearer benchmark"
        url = f"{self.api.far if far else self.api.tls}/{count}{path}"
        ask: Callable[[], Any] = lambda: session.get(url, timeout=PATIENCE).json()  # noqa: E731 - with a type
        for _ in range(3 if far else WARM):
            ask()
        return Asking(probe.own_cpu, ask, self.server_core)
