"""The manifests as they would reach a cluster, and the processes that they start."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.local.secrets import Secrets
from libs.contracts.topics import Service
from libs.runtime.bus import Bus
from libs.runtime.http import health_app
from libs.runtime.settings import Served

CHECKOUT = Path(__file__).resolve().parents[2]
K8S = CHECKOUT / "deploy" / "k8s"
IMAGES = CHECKOUT / "deploy" / "images"

Manifest = dict[str, Any]

LOCAL = (("overlays/local",), ())
KAFKA = (("overlays/kafka",), ())
EVERYTHING = (("base",), ("components/setup", "components/keda", "components/tls"))


def build(folder: Path) -> list[Manifest]:
    tool = _kustomize()
    if tool is None:
        pytest.skip("neither kustomize nor kubectl is installed: what they build is not checked here")
    done = subprocess.run([*tool, str(folder)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return [document for document in yaml.safe_load_all(done.stdout) if document]


def build_together(folder: Path, resources: tuple[str, ...], components: tuple[str, ...]) -> list[Manifest]:
    """Resources and components laid over each other as an overlay of one's own would."""
    kustomization = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": [os.path.relpath(K8S / name, folder) for name in resources],
        "components": [os.path.relpath(K8S / name, folder) for name in components],
    }
    (folder / "kustomization.yaml").write_text(yaml.safe_dump(kustomization))
    return build(folder)


@cache
def _kustomize() -> tuple[str, ...] | None:
    if shutil.which("kustomize"):
        return ("kustomize", "build")
    if shutil.which("kubectl"):
        return ("kubectl", "kustomize")
    return None


def of_kind(manifests: list[Manifest], *kinds: str) -> list[Manifest]:
    return [manifest for manifest in manifests if manifest["kind"] in kinds]


def named(manifests: list[Manifest], kind: str, name: str) -> Manifest:
    found = [m for m in of_kind(manifests, kind) if m["metadata"]["name"] == name]
    assert len(found) == 1, f"{len(found)} of {kind}/{name}"
    return found[0]


def workloads(manifests: list[Manifest]) -> list[Manifest]:
    return of_kind(manifests, "Deployment", "Job")


def containers(manifests: list[Manifest]) -> Iterator[tuple[str, Manifest]]:
    for workload in workloads(manifests):
        pod = workload["spec"]["template"]["spec"]
        for container in [*pod["containers"], *pod.get("initContainers", [])]:
            yield f"{workload['kind']}/{workload['metadata']['name']}", container


@dataclass
class Process:
    """A process as its app builds it: nothing is connected."""

    paths: set[str]
    """Those on the port for the cluster."""
    readers: set[tuple[str, str]]
    """(consumer group, topic) of each of its consumers."""


def process(service: Service, folder: Path, patched: pytest.MonkeyPatch) -> Process:
    """Built with the secrets of this process and no others, so that a missing key shows."""
    secrets = Secrets(folder)
    secrets.create()
    readers: set[tuple[str, str]] = set()
    consume = Bus.consume

    def noted(bus: Bus, name: str, topics: Any, handler: Any, **more: Any) -> None:
        readers.update((f"{service}.{name}", topic) for topic in topics)
        consume(bus, name, topics, handler, **more)

    patched.setattr(Bus, "consume", noted)
    create, settings = _app(service)
    app = create(settings(secrets_dir=secrets.of(service)))
    asked = health_app(app.state.health)
    return Process({route.path for route in asked.routes if hasattr(route, "path")}, readers)


def settings_of(service: Service) -> type[Served]:
    return _app(service)[1]


def _app(service: Service) -> tuple[Any, type[Served]]:
    from libs.fetcher import app as fetcher
    from libs.fetcher.settings import FetcherSettings
    from services.gateway import app as gateway
    from services.gateway.settings import GatewaySettings
    from services.notify import app as notify
    from services.notify.settings import Settings as NotifySettings
    from services.registry import app as registry
    from services.registry.settings import RegistrySettings
    from services.reports import app as reports
    from services.reports.matching import app as matcher
    from services.reports.settings import Settings as ReportsSettings

    apps: dict[Service, tuple[Any, type[Served]]] = {
        Service.REGISTRY: (registry.create_app, RegistrySettings),
        Service.REPORTS: (reports.create_app, ReportsSettings),
        Service.MATCHER: (matcher.create_app, ReportsSettings),
        Service.NOTIFY: (notify.app, NotifySettings),
        Service.GATEWAY: (gateway.create_app, GatewaySettings),
        Service.FETCHER: (fetcher.create_app, FetcherSettings),
    }
    return apps[service]
