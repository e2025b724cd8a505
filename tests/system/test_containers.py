"""The image, the compose file and the Kubernetes base fit the product, are closed up, and are understood by those who read them.

That the image is built and works is shown by hand (docs/containers.md): it takes minutes and a builder.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from appliance import __version__
from appliance.adapters.jetstream.bus import open_bus
from appliance.adapters.jetstream.layout import consumer_configs
from appliance.adapters.jetstream.place import BusPlace
from appliance.adapters.jetstream.server import find_nats_server
from appliance.adapters.system.network import answers_well
from appliance.bootstrap.programs import ROLES
from appliance.domain.errors import Misconfigured
from appliance.domain.order import Lane
from appliance.services.api.routes import health
from appliance.settings import environment_name, known_keys, load_settings
from bench.box import free_ports
from tests.appliance_fakes import HeardJournal
from tests.bus_grounds import an_order, soon, taken
from tests.conftest import REPOSITORY, skip_or_fail
from tests.nats_place import PATIENCE_S

FOLDER = REPOSITORY / "containers"
BASE = FOLDER / "kubernetes"
#: Programs that a box has anyway where supervisor is not wanted: whoever keeps the containers is the caretaker, and headquarters
#: is for boxes.
KEPT_BY_OTHERS = {"caretaker", "reporter"}
TOKEN = "0123456789abcdef0123456789abcdef"
VARIABLES = {environment_name(section, key) for section, keys in known_keys().items() for key in keys}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    told: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yaml").read_text(encoding="utf-8"))
    return told


@pytest.fixture(scope="module")
def resources() -> dict[tuple[str, str], dict[str, Any]]:
    """All of the base, by kind and name."""
    names = yaml.safe_load((BASE / "kustomization.yaml").read_text(encoding="utf-8"))["resources"]
    assert {*names} == {path.name for path in BASE.iterdir()} - {"kustomization.yaml"}
    found = [each for name in names for each in yaml.safe_load_all((BASE / name).read_text(encoding="utf-8"))]
    return {(each["kind"], each["metadata"]["name"]): each for each in found}


def pods(resources: Mapping[tuple[str, str], dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    for (kind, name), each in resources.items():
        if kind in ("Deployment", "StatefulSet"):
            yield name, each["spec"]["template"]["spec"]


def containers(resources: Mapping[tuple[str, str], dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for _, pod in pods(resources):
        yield from pod["containers"]


def tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        skip_or_fail(name, "it is not on the path")
    return str(found)


def test_the_image_is_nobodys_and_brings_nothing_that_is_not_locked() -> None:
    text = (FOLDER / "Dockerfile").read_text(encoding="utf-8")
    run = text[text.index(" AS run") :]
    assert "USER 10001:10001" in run
    assert re.findall(r"pip install .*", run) == []
    assert "--require-hashes --no-deps --only-binary :all: -r requirements/cpu.txt" in text
    assert f"rinkreel:{__version__}" in text


def test_both_ways_run_the_version_that_is_built(compose: dict[str, Any]) -> None:
    assert {service["image"] for service in compose["services"].values()} == {f"rinkreel:{__version__}"}
    kustomization = yaml.safe_load((BASE / "kustomization.yaml").read_text(encoding="utf-8"))
    assert kustomization["images"] == [{"name": "rinkreel", "newTag": __version__}]


def test_both_ways_run_every_program(compose: dict[str, Any], resources: dict[tuple[str, str], dict[str, Any]]) -> None:
    served = {service["command"][1] for service in compose["services"].values() if service["command"][:1] == ["serve"]}
    in_pods = {each["args"][1] for each in containers(resources) if "args" in each}
    assert served == in_pods == {*ROLES} - KEPT_BY_OTHERS


def test_every_variable_is_a_setting_that_makes_sense(
    compose: dict[str, Any], resources: dict[tuple[str, str], dict[str, Any]]
) -> None:
    told = [service["environment"] for service in compose["services"].values()]
    told += [each["data"] for (kind, _), each in resources.items() if kind == "ConfigMap"]
    for table in told:
        own = {name: value for name, value in table.items() if name.startswith("RINKREEL_")}
        assert set(own) <= VARIABLES
        load_settings(environment=own)


def test_no_container_may_do_more_than_it_needs(
    compose: dict[str, Any], resources: dict[tuple[str, str], dict[str, Any]]
) -> None:
    for service in compose["services"].values():
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
        assert service["security_opt"] == ["no-new-privileges:true"]
    for name, pod in pods(resources):
        assert pod["securityContext"]["runAsNonRoot"] is True, name
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert (pod["automountServiceAccountToken"], pod["enableServiceLinks"]) == (False, False)
    for each in containers(resources):
        context = each["securityContext"]
        assert (context["readOnlyRootFilesystem"], context["allowPrivilegeEscalation"]) == (True, False)
        assert context["capabilities"] == {"drop": ["ALL"]}
        assert {"requests", "limits"} == set(each["resources"])


def test_only_the_page_is_reached_from_outside(compose: dict[str, Any], resources: dict[tuple[str, str], dict[str, Any]]) -> None:
    assert [name for name, service in compose["services"].items() if "ports" in service] == ["api"]
    assert [name for name, service in compose["services"].items() if service["networks"] != ["inside"]] == ["api"]
    assert compose["networks"]["inside"] == {"internal": True}
    policies = {name: each["spec"] for (kind, name), each in resources.items() if kind == "NetworkPolicy"}
    assert policies["nobody"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    open_doors = [
        (name, door["ports"]) for name, spec in policies.items() for door in spec.get("ingress", []) if "from" not in door
    ]
    assert open_doors == [("head", [{"port": 8080}])]
    ways_out = [(name, door) for name, spec in policies.items() for door in spec.get("egress", []) if "to" not in door]
    assert ways_out == []


def test_probes_ask_where_the_page_answers(resources: dict[tuple[str, str], dict[str, Any]]) -> None:
    (api,) = (each for each in containers(resources) if each.get("args") == ["serve", "api"])
    asked = {api[probe]["httpGet"]["path"] for probe in ("startupProbe", "readinessProbe", "livenessProbe")}
    assert asked == {"/healthz", "/readyz"} <= {route.path for route in health.router.routes if hasattr(route, "path")}


def test_workers_are_scaled_by_the_orders_that_they_take(resources: dict[tuple[str, str], dict[str, Any]]) -> None:
    (trigger,) = resources["ScaledObject", "worker-pose"]["spec"]["triggers"]
    assert trigger["type"] == "nats-jetstream"
    assert (trigger["metadata"]["stream"], trigger["metadata"]["consumer"]) in {
        (stream, consumer.name) for stream, consumer in consumer_configs(1)
    }
    assert trigger["metadata"]["consumer"] == Lane.POSE
    host, port = trigger["metadata"]["natsServerMonitoringEndpoint"].split(":")
    service = resources["Service", host.split(".")[0]]["spec"]
    assert service["clusterIP"] == "None"
    assert int(port) in {each["port"] for each in service["ports"]}
    assert ("Deployment", resources["ScaledObject", "worker-pose"]["spec"]["scaleTargetRef"]["name"]) in resources


def test_everything_that_is_named_is_there(resources: dict[tuple[str, str], dict[str, Any]]) -> None:
    labels = {
        each["spec"]["template"]["metadata"]["labels"]["app"]
        for (kind, _), each in resources.items()
        if kind in ("Deployment", "StatefulSet")
    }
    for (kind, name), each in resources.items():
        if kind in ("PodDisruptionBudget", "Service"):
            selector = each["spec"]["selector"]
            assert selector.get("matchLabels", selector)["app"] in labels, name
    maps = {name for kind, name in resources if kind == "ConfigMap"}
    assert {source["configMapRef"]["name"] for each in containers(resources) for source in each.get("envFrom", [])} <= maps
    # One writer of the book, never two at once.
    head = resources["Deployment", "head"]["spec"]
    assert (head["replicas"], head["strategy"]) == (1, {"type": "Recreate"})


def test_hadolint_has_nothing_to_say() -> None:
    done = subprocess.run([tool("hadolint"), FOLDER / "Dockerfile"], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_kubernetes_own_schemas_are_met() -> None:
    program = tool("kubernetes-validate")
    # KEDA's kind has no schema there; the test above holds it to what its scaler reads.
    for path in sorted(BASE.iterdir()):
        if path.name not in ("kustomization.yaml", "scaler.yaml"):
            done = subprocess.run([program, "--strict", path], capture_output=True, text=True, timeout=60, check=False)
            assert done.returncode == 0, done.stdout + done.stderr


def test_the_compose_file_meets_the_specification() -> None:
    """dclint has the specification's schema; what it says about order and quotes is taste."""
    done = subprocess.run([tool("dclint"), FOLDER / "compose.yaml"], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, re.findall(r".* error .*", done.stdout)) == (0, [])


def test_the_bus_of_three_goes_on_when_one_of_them_goes(resources: dict[tuple[str, str], dict[str, Any]], tmp_path: Path) -> None:
    """The base's own configuration, on ports of this machine."""
    try:
        find_nats_server()
    except Misconfigured as error:
        skip_or_fail("nats", error.why)
    text = resources["ConfigMap", "bus"]["data"]["nats.conf"]
    ports = list(zip(*[iter(free_ports(9))] * 3, strict=True))
    environment = {"BUS_TOKEN": TOKEN, "PATH": os.environ["PATH"]}
    environment |= {f"PEER_{n}": f"nats-route://peer:{TOKEN}@127.0.0.1:{peers}" for n, (_, peers, _) in enumerate(ports)}
    servers = [started(text, tmp_path / f"bus-{n}", own, environment) for n, own in enumerate(ports)]
    try:
        for _, _, monitor in ports:
            wait_until_well(f"http://127.0.0.1:{monitor}/healthz")
        place = BusPlace(url=f"nats://127.0.0.1:{ports[0][0]}", credential=TOKEN, replicas=3, store_bytes=256 * 1024**2)
        scaler = resources["ScaledObject", "worker-pose"]["spec"]["triggers"][0]["metadata"]
        asyncio.run(survives(place, servers[2], lambda: lag_of(scaler, [monitor for _, _, monitor in ports])))
    finally:
        for server in servers:
            server.kill()
            server.wait(PATIENCE_S)


def started(text: str, folder: Path, ports: tuple[int, ...], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    folder.mkdir()
    own = dict(zip(("4222", "6222", "8222"), map(str, ports), strict=True))
    text = re.sub(r'"0\.0\.0\.0:(\d+)"', lambda found: f'"127.0.0.1:{own[found.group(1)]}"', text)
    (folder / "nats.conf").write_text(text.replace("/srv/nats", str(folder / "store")), encoding="utf-8")
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            [find_nats_server(), "-c", folder / "nats.conf"], env={**environment, "POD_NAME": folder.name}, stdout=log, stderr=log
        )


def wait_until_well(address: str) -> None:
    """Until a server has found the others, and a leader."""
    until_s = time.monotonic() + PATIENCE_S
    while not answers_well(address, 2.0):
        assert time.monotonic() < until_s, f"{address} is not well"
        time.sleep(0.05)


def lag_of(scaler: Mapping[str, str], monitors: Sequence[int]) -> int:
    """What KEDA's scaler makes of it: at the consumer's leader, what waits and what is not confirmed. Source: KEDA 2.19,
    pkg/scalers/nats_jetstream_scaler.go."""
    found = set()
    for monitor in monitors:
        address = f"http://127.0.0.1:{monitor}/jsz?acc={scaler['account']}&consumers=true&config=true"
        with urllib.request.urlopen(address, timeout=10) as answer:
            accounts = json.load(answer)["account_details"]
        for stream in (each for account in accounts for each in account["stream_detail"] if each["name"] == scaler["stream"]):
            for consumer in stream.get("consumer_detail") or ():
                if consumer["name"] == scaler["consumer"] and consumer["cluster"]["leader"] == f"bus-{monitors.index(monitor)}":
                    found.add(consumer["num_pending"] + consumer["num_ack_pending"])
    return int(found.pop()) if len(found) == 1 else -1


def wait_for_one(lag: Callable[[], int]) -> None:
    until_s = time.monotonic() + PATIENCE_S
    while (now := lag()) != 1:
        assert time.monotonic() < until_s, f"the scaler sees {now} orders"
        time.sleep(0.05)


async def survives(place: BusPlace, victim: subprocess.Popen[bytes], lag: Callable[[], int]) -> None:
    journal = HeardJournal()
    bus = await open_bus(replace(place, leads=True), journal)
    try:
        await soon(lambda: bus.send_order(an_order("one"), Lane.POSE, 1))
        link = await bus._line.link("looking")
        info = await link.streams.stream_info("ORDERS")
        assert info.config.num_replicas == 3
        await asyncio.to_thread(wait_for_one, lag)
        victim.kill()
        await soon(lambda: bus.send_order(an_order("two"), Lane.POSE, 2))
        found = {(await taken(bus, Lane.POSE)).order.item_id for _ in range(2)}
        assert found == {"one", "two"}
    finally:
        await bus.close()
