import ast
import json
import tomllib
from collections.abc import Callable
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
import pytest
import yaml

from deploy.k8s import strimzi
from deploy.k8s.secrets import for_kafka, for_services, for_setup
from deploy.local.external import External
from deploy.local.secrets import Login, Secrets
from deploy.local.services import MODULES
from libs.contracts.topics import OWNERS, WITH_LOG_INS, Service
from libs.runtime.service import SHUTDOWN
from libs.runtime.settings import Settings
from tests.deploy.containerfiles import read
from tests.deploy.manifests import (
    CHECKOUT,
    EVERYTHING,
    IMAGES,
    K8S,
    KAFKA,
    LOCAL,
    Manifest,
    build_together,
    containers,
    named,
    of_kind,
    process,
    settings_of,
    workloads,
)
from tests.unit.fetcher.test_leads_inside import INTERNAL, INTERNAL_V6

KUBERNETES = "1.32"
SCHEMAS = Path(__file__).parent / "schemas"
LONGEST_BATCH = 20
"""Seconds that a running handler has: `graceful_timeout` in libs/runtime/bus.py."""

Render = Callable[[tuple[tuple[str, ...], tuple[str, ...]]], list[Manifest]]


@pytest.fixture(scope="session")
def render(tmp_path_factory: pytest.TempPathFactory) -> Render:
    rendered: dict[Any, list[Manifest]] = {}

    def once(what: tuple[tuple[str, ...], tuple[str, ...]]) -> list[Manifest]:
        if what not in rendered:
            rendered[what] = build_together(tmp_path_factory.mktemp("kustomization"), *what)
        return rendered[what]

    return once


@pytest.fixture
def secrets(tmp_path: Path) -> list[Manifest]:
    kept = Secrets(tmp_path / "secrets")
    kept.create()
    servers = External(kafka_admin=Login("admin", "a"), mongo_admin_url="mongodb://admin:a@mongodb/")
    return for_services(kept, mongo_url="mongodb://mongodb/?authSource=admin") + for_setup(kept, servers)


@pytest.mark.parametrize("what", [LOCAL, KAFKA, EVERYTHING], ids=["local", "kafka", "everything"])
def test_every_manifest_is_valid(render: Render, what: Any) -> None:
    for manifest in render(what):
        validate(manifest)


def test_the_secrets_are_valid(secrets: list[Manifest]) -> None:
    for manifest in secrets:
        kubernetes_validate.validate(manifest, KUBERNETES, strict=True)


@pytest.mark.parametrize(
    ("kind", "spoil"),
    [
        ("Deployment", lambda m: m["spec"]["template"]["spec"].update(terminationGracePeriod=1)),
        ("NetworkPolicy", lambda m: m["spec"].update(policyTypes="Ingress")),
        ("ScaledObject", lambda m: m["spec"]["triggers"][0]["metadata"].update(lagThreshold=5)),
        ("KafkaUser", lambda m: m["spec"]["authorization"]["acls"][0].update(operation="Read")),
        ("KafkaTopic", lambda m: m["metadata"].pop("labels")),
    ],
)
def test_a_spoilt_manifest_is_not_valid(render: Render, kind: str, spoil: Callable[[Manifest], None]) -> None:
    manifest = json.loads(json.dumps(of_kind(render(EVERYTHING) + render(KAFKA), kind)[0]))

    spoil(manifest)

    with pytest.raises((jsonschema.ValidationError, kubernetes_validate.ValidationError)):
        validate(manifest)


def validate(manifest: Manifest) -> None:
    schema = SCHEMAS / f"{manifest['kind']}.json"
    if schema.exists():
        jsonschema.validate(manifest, json.loads(schema.read_text()))
    else:
        kubernetes_validate.validate(manifest, KUBERNETES, strict=True)


def test_kafka_keeps_a_password_for_every_user(tmp_path: Path) -> None:
    (kept,) = for_kafka(Secrets(tmp_path))

    for user in yaml.safe_load_all(strimzi.files()[f"{strimzi.FOLDER}/users.yaml"]):
        wanted = user["spec"]["authentication"]["password"]["valueFrom"]["secretKeyRef"]
        assert kept["metadata"]["name"] == wanted["name"]
        assert kept["stringData"][wanted["key"]]


def test_every_process_has_a_deployment_and_a_service(render: Render) -> None:
    for kind in ("Deployment", "Service", "PodDisruptionBudget"):
        names = {manifest["metadata"]["name"] for manifest in of_kind(render(EVERYTHING), kind)}
        assert set(Service) <= names


def test_a_container_can_do_nothing_but_its_work(render: Render) -> None:
    for name, container in containers(render(EVERYTHING)):
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }, name
        assert container["resources"]["requests"].keys() >= {"cpu", "memory"}, name
        assert "memory" in container["resources"]["limits"], name
    for workload in workloads(render(EVERYTHING)):
        pod = workload["spec"]["template"]["spec"]
        context = pod["securityContext"]
        assert context["runAsNonRoot"] is True
        assert context["seccompProfile"] == {"type": "RuntimeDefault"}
        assert pod["automountServiceAccountToken"] is False


def test_images_are_those_that_make_images_builds_of_this_version(render: Render) -> None:
    version = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]["version"]
    built = {f"simpul/{file.stem}:{version}" for file in IMAGES.glob("*.Containerfile")}

    used = {container["image"] for _, container in containers(render(EVERYTHING))}

    assert used == built


def test_an_image_runs_as_the_user_that_the_pod_asks_for(render: Render) -> None:
    for workload in workloads(render(EVERYTHING)):
        context = workload["spec"]["template"]["spec"]["securityContext"]
        user = f"{context['runAsUser']}:{context['runAsGroup']}"
        for container in workload["spec"]["template"]["spec"]["containers"]:
            image = container["image"].removeprefix("simpul/").split(":")[0]
            assert read(image).value("USER") == user


@pytest.mark.parametrize("service", Service)
def test_probes_ask_what_the_process_answers(
    render: Render, service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = process(service, tmp_path, monkeypatch)
    pod = named(render(LOCAL), "Deployment", service)["spec"]["template"]
    container = pod["spec"]["containers"][0]

    asked = {container[probe]["httpGet"]["path"] for probe in ("startupProbe", "livenessProbe", "readinessProbe")}

    assert asked == {"/health/startup", "/health/live", "/health/ready"}
    assert asked | {pod["metadata"]["annotations"]["prometheus.io/path"]} <= running.paths


def test_probes_and_services_use_the_port_of_the_image(render: Render) -> None:
    manifests = render(EVERYTHING)
    for service in Service:
        pod = named(manifests, "Deployment", service)["spec"]["template"]
        container = pod["spec"]["containers"][0]
        image = container["image"].removeprefix("simpul/").split(":")[0]
        set_ = read(image).environment()
        ports = {port["name"]: port["containerPort"] for port in container["ports"]}
        assert ports == {"http": int(set_["SIMPUL_HTTP_PORT"]), "health": int(set_["SIMPUL_HEALTH_PORT"])}
        assert pod["metadata"]["annotations"]["prometheus.io/port"] == str(ports["health"])
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            assert container[probe]["httpGet"]["port"] == "health"
        assert named(manifests, "Service", service)["spec"]["ports"][0]["targetPort"] == "http"


@pytest.mark.parametrize("service", Service)
def test_a_process_starts_with_the_settings_of_its_deployment(
    render: Render, secrets: list[Manifest], service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = settings_of(service)
    given = environment(render(LOCAL) + secrets, service)

    unknown = {name for name in given if name.removeprefix("SIMPUL_").lower() not in known.model_fields}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    settings = known()

    assert not unknown, "no such setting: a typing error, or the setting was removed"
    assert not {
        name
        for name in known.model_fields
        if "127.0.0.1" in str(getattr(settings, name)) or getattr(settings, name) == Path(".local/secrets")
    }, "these still point at this machine: give them in deploy/k8s"
    if isinstance(settings, Settings):
        assert settings.kafka_username
        assert settings.kafka_password


def test_the_setup_job_has_the_settings_that_it_reads(render: Render, secrets: list[Manifest]) -> None:
    from deploy.jobs.servers import ServersSettings

    given = environment(render(LOCAL) + secrets, "setup", kind="Job")
    own = {name.removeprefix("SIMPUL_").lower() for name in given} - Settings.model_fields.keys()

    assert own <= ServersSettings.model_fields.keys()
    assert {"SIMPUL_KAFKA_BOOTSTRAP", "SIMPUL_KAFKA_ADMIN_USERNAME", "SIMPUL_MONGO_ADMIN_URL"} <= given.keys()
    job = named(render(LOCAL), "Job", "setup")["spec"]["template"]["spec"]["containers"][0]
    assert job["volumeMounts"][0]["mountPath"] == str(ServersSettings.model_fields["logins_dir"].default)


def environment(manifests: list[Manifest], name: str, kind: str = "Deployment") -> dict[str, str]:
    """What the container sees: the settings of its image, then those of the manifests."""
    container = named(manifests, kind, name)["spec"]["template"]["spec"]["containers"][0]
    image = container["image"].removeprefix("simpul/").split(":")[0]
    found = {k: v for k, v in read(image).environment().items() if k.startswith("SIMPUL_")}
    for source in container["envFrom"]:
        if "configMapRef" in source:
            found |= named(manifests, "ConfigMap", source["configMapRef"]["name"])["data"]
        else:
            found |= named(manifests, "Secret", source["secretRef"]["name"])["stringData"]
    return found


def test_every_secret_is_used_and_every_secret_used_is_made(render: Render, secrets: list[Manifest]) -> None:
    used = set()
    for workload in workloads(render(EVERYTHING)):
        pod = workload["spec"]["template"]["spec"]
        used |= {volume["secret"]["secretName"] for volume in pod["volumes"] if "secret" in volume}
        used |= {s["secretRef"]["name"] for c in pod["containers"] for s in c["envFrom"] if "secretRef" in s}

    assert used == {secret["metadata"]["name"] for secret in secrets}


def test_no_process_sees_the_secrets_of_another(render: Render) -> None:
    for service in Service:
        pod = named(render(EVERYTHING), "Deployment", service)["spec"]["template"]["spec"]
        names = [volume["secret"]["secretName"] for volume in pod["volumes"] if "secret" in volume]
        names += [s["secretRef"]["name"] for s in pod["containers"][0]["envFrom"] if "secretRef" in s]
        access = {f"simpul-{service}-access"} if service in WITH_LOG_INS else set()
        assert set(names) == {f"simpul-{service}-keys"} | access


def test_a_pod_has_time_for_all_that_it_does_at_its_end(render: Render) -> None:
    for deployment in of_kind(render(EVERYTHING), "Deployment"):
        pod = deployment["spec"]["template"]["spec"]
        before = pod["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
        assert pod["terminationGracePeriodSeconds"] >= before + SHUTDOWN + LONGEST_BATCH


def test_a_roll_out_never_takes_a_running_pod_first(render: Render) -> None:
    for deployment in of_kind(render(EVERYTHING), "Deployment"):
        assert deployment["spec"]["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}


def test_a_start_may_wait_for_its_servers_far_longer_than_they_are_ever_away(render: Render) -> None:
    for deployment in of_kind(render(EVERYTHING), "Deployment"):
        probe = deployment["spec"]["template"]["spec"]["containers"][0]["startupProbe"]
        assert probe["periodSeconds"] * probe["failureThreshold"] >= 3600


@pytest.mark.parametrize("service", Service)
def test_a_process_may_reach_the_services_that_it_asks_and_no_others(render: Render, service: Service) -> None:
    policies = of_kind(render(EVERYTHING), "NetworkPolicy")

    assert may_reach(policies, service) == {other for other in Service if f"{other}_url" in urls_read(service)}


@pytest.mark.parametrize("service", Service)
def test_what_may_be_reached_lets_the_caller_in(render: Render, service: Service) -> None:
    policies = of_kind(render(EVERYTHING), "NetworkPolicy")

    assert may_enter(policies, service) == {other for other in Service if service in may_reach(policies, other)}


def test_whatever_is_not_named_may_not_talk_at_all(render: Render) -> None:
    policy = named(render(EVERYTHING), "NetworkPolicy", "default-deny")

    assert policy["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


@pytest.mark.parametrize("what", [LOCAL, EVERYTHING], ids=["local", "everything"])
def test_the_fetcher_alone_may_open_any_page_and_nobody_a_machine_inside(render: Render, what: Any) -> None:
    policies = of_kind(render(what), "NetworkPolicy")
    outward = {
        policy["metadata"]["name"]: (rule, {port["port"] for port in rule["ports"]})
        for policy in policies
        for rule in policy["spec"].get("egress", [])
        if "to" not in rule or any("ipBlock" in peer for peer in rule["to"])
        if {port["port"] for port in rule["ports"]} & {80, 443}
    }

    assert {name: ports for name, (_, ports) in outward.items()} == {"fetcher": {80, 443}, "notify": {443}}
    for name, (rule, _) in outward.items():
        blocks = [peer["ipBlock"] for peer in rule["to"]]
        allowed = [(ip_network(b["cidr"]), [ip_network(n) for n in b["except"]]) for b in blocks]
        for text in (*INTERNAL, *INTERNAL_V6):
            address = ip_address(text)
            is_open = any(
                net.version == address.version and address in net and not any(address in one for one in without)
                for net, without in allowed
            )
            assert not is_open, (name, text)


def test_whoever_talks_to_strangers_has_no_way_to_a_server(render: Render) -> None:
    (rule,) = named(render(EVERYTHING), "NetworkPolicy", "servers")["spec"]["podSelector"]["matchExpressions"]

    assert rule == {"key": "app.kubernetes.io/name", "operator": "NotIn", "values": ["fetcher"]}


def may_reach(policies: list[Manifest], name: str) -> set[str]:
    return {
        peer["podSelector"]["matchLabels"]["app.kubernetes.io/name"]
        for policy in policies
        if selects(policy, name)
        for rule in policy["spec"].get("egress", [])
        for peer in rule.get("to", [])
        if "podSelector" in peer and "namespaceSelector" not in peer
    }


def may_enter(policies: list[Manifest], name: str) -> set[str]:
    return {
        peer["podSelector"]["matchLabels"]["app.kubernetes.io/name"]
        for policy in policies
        if selects(policy, name)
        for rule in policy["spec"].get("ingress", [])
        for peer in rule["from"]
        if "namespaceSelector" not in peer
    }


def selects(policy: Manifest, name: str) -> bool:
    return bool(policy["spec"]["podSelector"].get("matchLabels", {}).get("app.kubernetes.io/name") == name)


def urls_read(service: Service) -> set[str]:
    """`settings.x_url` anywhere in the code of the process."""
    folder = CHECKOUT / MODULES[service].replace(".", "/")
    files = [f for f in folder.rglob("*.py") if service is Service.MATCHER or "matching" not in f.parts]
    return {
        node.attr
        for file in files
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Attribute) and node.attr.endswith("_url") and ends_in_settings(node.value)
    }


def ends_in_settings(node: ast.expr) -> bool:
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    return bool(name.strip("_") == "settings")


@pytest.mark.parametrize("service", OWNERS)
def test_a_process_is_scaled_by_every_group_that_it_reads_in(
    render: Render, service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = process(service, tmp_path, monkeypatch)
    scaled = named(render(EVERYTHING), "ScaledObject", service)

    triggers = {(t["metadata"]["consumerGroup"], t["metadata"]["topic"]) for t in scaled["spec"]["triggers"]}

    assert triggers == running.readers
    assert "replicas" not in named(render(EVERYTHING), "Deployment", service)["spec"], "two owners of one number"


def test_scaling_reads_lag_with_the_log_in_of_the_service(render: Render, secrets: list[Manifest]) -> None:
    manifests = render(EVERYTHING)
    for scaled in of_kind(manifests, "ScaledObject"):
        name = scaled["metadata"]["name"]
        given = environment(render(LOCAL) + secrets, name)
        for trigger in scaled["spec"]["triggers"]:
            assert trigger["metadata"]["bootstrapServersFromEnv"] in given
            login = named(manifests, "TriggerAuthentication", trigger["authenticationRef"]["name"])
            for target in login["spec"]["secretTargetRef"]:
                assert target["key"] in named(secrets, "Secret", target["name"])["stringData"]


def test_scaling_and_budgets_name_what_exists(render: Render) -> None:
    manifests = render(EVERYTHING)
    for scaler in of_kind(manifests, "ScaledObject", "HorizontalPodAutoscaler"):
        named(manifests, "Deployment", scaler["spec"]["scaleTargetRef"]["name"])
    for budget in of_kind(manifests, "PodDisruptionBudget", "Service"):
        spec = budget["spec"]
        wanted = spec["selector"].get("matchLabels", spec["selector"])
        if budget["metadata"]["name"] != "nowhere":
            deployment = named(manifests, "Deployment", budget["metadata"]["name"])
            assert wanted.items() <= deployment["spec"]["template"]["metadata"]["labels"].items()


def test_what_is_for_the_cluster_cannot_be_reached_from_outside(render: Render) -> None:
    (ingress,) = of_kind(render(EVERYTHING), "Ingress")
    targets = {p["path"]: p["backend"]["service"]["name"] for p in ingress["spec"]["rules"][0]["http"]["paths"]}

    assert targets == {"/": "gateway", "/internal": "nowhere"}
    for service in of_kind(render(EVERYTHING), "Service"):
        assert {port["targetPort"] for port in service["spec"]["ports"]} <= {"http", 8080}, "health is for probes alone"
    labels = [d["spec"]["template"]["metadata"]["labels"] for d in workloads(render(EVERYTHING))]
    selector = named(render(EVERYTHING), "Service", "nowhere")["spec"]["selector"]
    assert not [found for found in labels if selector.items() <= found.items()]


def test_no_folder_of_manifests_is_left_out_of_these_tests() -> None:
    folders = {str(file.parent.relative_to(K8S)) for file in K8S.rglob("kustomization.yaml")}

    tested = {name for resources, components in (LOCAL, KAFKA, EVERYTHING) for name in (*resources, *components)}
    assert folders - tested == {"components/strimzi"}, "components/strimzi is tested through overlays/kafka"
