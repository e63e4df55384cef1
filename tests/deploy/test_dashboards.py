import json
import re
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import REGISTRY
from prometheus_client.metrics import MetricWrapperBase

from libs.runtime import telemetry
from tests.deploy.manifests import CHECKOUT

DASHBOARDS = sorted((CHECKOUT / "deploy" / "dashboards").glob("*.json"))
MADE_FROM_A_HISTOGRAM = ("_bucket", "_sum", "_count")


def expressions(file: Path) -> list[str]:
    panels: list[dict[str, Any]] = json.loads(file.read_text())["panels"]
    return [target["expr"] for panel in panels for target in panel["targets"]]


@pytest.mark.parametrize("file", DASHBOARDS, ids=lambda file: file.stem)
def test_a_dashboard_shows_what_is_measured_with_the_labels_that_it_has(file: Path) -> None:
    labels = {name: set(metric._labelnames) for name, metric in measured().items()}

    for expression in expressions(file):
        names = re.findall(r"\bsimpul_\w+", expression)
        assert names, expression
        assert set(names) <= labels.keys(), expression
        grouped = {label for group in re.findall(r"by \(([^)]*)\)", expression) for label in group.split(", ")}
        filtered = set(re.findall(r"(\w+)=~?\"", expression))
        assert grouped | filtered <= set.intersection(*(labels[name] for name in names)) | {"le"}, expression


def test_all_that_is_measured_is_on_a_dashboard() -> None:
    shown = {name for file in DASHBOARDS for text in expressions(file) for name in re.findall(r"\bsimpul_\w+", text)}

    forgotten = {metric._name for metric in measured().values()} - {stem(name) for name in shown}

    assert not forgotten


def measured() -> dict[str, Any]:
    """By the names that they have in Prometheus."""
    ours = [metric for metric in vars(telemetry).values() if isinstance(metric, MetricWrapperBase)]
    names = REGISTRY._collector_to_names
    return {name: metric for metric in ours for name in names[metric]}


def stem(name: str) -> str:
    for ending in (*MADE_FROM_A_HISTOGRAM, "_total"):
        name = name.removesuffix(ending)
    return name
