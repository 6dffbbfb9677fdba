"""What compose.yaml promises beyond its single lines: who reaches whom, who sees what, and what `--wait` waits for."""

import re
from ipaddress import IPv4Network, ip_address, ip_network
from typing import Any

from tests.deployment.test_deployment import PROXY, ROOT, SERVICES


def test_the_proxy_finds_each_portal_at_an_address_that_no_other_container_gets() -> None:
    services, networks = SERVICES["services"], SERVICES["networks"]
    portals = set(re.findall(r"^\s*server ([\w-]+):8000", PROXY, re.MULTILINE))
    addresses = set()
    for portal in portals:
        # nginx keeps the first answer: where they share another network, the engine may answer with an address there.
        shared = set(services["proxy"]["networks"]) & set(services[portal]["networks"])
        assert len(shared) == 1, f"{portal} has an address in each of {shared}"
        (network,) = shared
        address = ip_address(services[portal]["networks"][network]["ipv4_address"])
        (pool,) = networks[network]["ipam"]["config"]
        assert address in ip_network(pool["subnet"])
        assert address not in ip_network(pool["ip_range"]), f"another container may get the address of {portal}"
        assert IPv4Network(pool["ip_range"]).subnet_of(IPv4Network(pool["subnet"]))
        addresses.add(address)
    assert len(addresses) == len(portals) == 2
    assert not any(networks[name].get("internal") for name in services["proxy"]["networks"] if name != "inside")


def test_each_service_that_goes_on_has_a_health_check_to_wait_for() -> None:
    for name, service in SERVICES["services"].items():
        check: dict[str, Any] = service.get("healthcheck", {})
        # `docker compose up --wait` refuses a service that goes on without one.
        assert check.get("test") or service["restart"] == "no", name
    assert SERVICES["services"]["migrate"]["restart"] == "no"


def test_a_collector_that_is_refused_is_not_started_again_and_again() -> None:
    collector = SERVICES["services"]["history"]
    assert "--stay" in collector["command"]
    assert collector["healthcheck"]["test"][-2:] == ["collect_history", "--is-alive"]
    # It asks the store itself, and says what is wrong, so that it can be read from outside.
    assert collector["command"][:3] == collector["healthcheck"]["test"][1:4]


def test_only_the_collector_sees_the_passwords_of_collecting_accounts() -> None:
    for name, service in SERVICES["services"].items():
        sees = "collector_password" in service.get("secrets", ()) or any(
            volume.startswith("./deploy/secrets") for volume in service.get("volumes", ())
        )
        assert sees == (name == "history"), name
    (volume,) = SERVICES["services"]["history"]["volumes"]
    source, target, mode = volume.split(":")
    assert mode == "ro"
    page = (ROOT / "docs" / "deploy.md").read_text()
    assert source.removeprefix("./") in page
    assert f'collector_password_file = "{target}/' in page


def test_a_file_of_tenants_reaches_all_that_read_it() -> None:
    for name in ("portal-a", "portal-b", "migrate", "history"):
        assert "tenants" in SERVICES["services"][name]["secrets"], name
