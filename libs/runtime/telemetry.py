"""Metrics and trace context.

Metric names end in their unit. The trace context crosses HTTP and Kafka as W3C `traceparent`; spans are exported only
where an exporter is configured (`SIMPUL_TRACE_RATIO` > 0 and OTEL_* as usual), the context travels always.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry import context as otel_context
from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from prometheus_client import Counter, Gauge, Histogram

OUTCOMES = Counter("simpul_outcomes_total", "Commands by what became of them", ["service", "aggregate", "outcome"])
DEAD_LETTERS = Counter("simpul_dead_letters_total", "Records put aside", ["service", "topic", "reason"])
BATCH_SECONDS = Histogram(
    "simpul_batch_seconds",
    "Time to handle one batch",
    ["service", "topic"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
BATCH_RECORDS = Histogram(
    "simpul_batch_records", "Records in one batch", ["service", "topic"], buckets=(1, 5, 20, 100, 500)
)
LAG_SECONDS = Gauge("simpul_lag_age_seconds", "Age of the oldest record of the last batch", ["service", "topic"])
RETRIES = Counter("simpul_batch_retries_total", "Batches tried again", ["service", "topic", "dependency"])
LOST_RACES = Counter("simpul_lost_races_total", "Compare-and-sets lost and decided again", ["service", "aggregate"])
SWEPT = Counter("simpul_swept_total", "Aggregates whose tail the sweeper relayed", ["service", "aggregate"])
SENDS = Counter("simpul_sends_total", "Sends to Kafka by result", ["service", "result"])
HTTP_SECONDS = Histogram(
    "simpul_http_seconds",
    "Time to answer",
    ["service", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.3, 1, 3, 10),
)
DELIVERIES = Counter("simpul_deliveries_total", "Deliveries by result", ["service", "channel", "result"])

QUESTIONS = Counter("simpul_questions_total", "Questions to the matcher by what became of them", ["asked_by", "result"])
FETCHES = Counter("simpul_fetches_total", "Addresses fetched by what came of them", ["result"])

_PROPAGATOR = TraceContextTextMapPropagator()
_TRACER = trace.get_tracer("simpul")


def configure(service: str, ratio: float) -> None:
    provider = TracerProvider(
        resource=Resource.create({"service.name": f"simpul-{service}"}),
        sampler=ParentBased(TraceIdRatioBased(ratio)),
    )
    trace.set_tracer_provider(provider)


def current_traceparent() -> str | None:
    carrier: dict[str, str] = {}
    _PROPAGATOR.inject(carrier)
    return carrier.get("traceparent")


@contextmanager
def span(name: str, *, traceparent: str | None = None) -> Iterator[None]:
    """A span, child of the one that `traceparent` names where there is one."""
    parent = _PROPAGATOR.extract({"traceparent": traceparent}) if traceparent else otel_context.get_current()
    with _TRACER.start_as_current_span(name, context=parent):
        yield
