"""Numbers about the service for who watches it: requests, how long they took, and what the house says of itself.

Counted by the rule of a route, the method and the class of the status; nothing by organisation, nothing by person. They
live in the memory of one process and begin at nought with it: ``recruitment serve`` runs one worker process, and with
more each would tell only of itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask import Blueprint, Response, current_app
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily

from recruitment.core.actor import Permission
from recruitment.web.gate import allow
from recruitment.web.logs import method_of_request, route_of_request, seconds_of_request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from flask import Flask
    from prometheus_client.core import Metric

    Gauges = Callable[[], Mapping[str, tuple[str, float | None]]]

_EXTENSION = "recruitment.metrics"
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

metrics = Blueprint("metrics", __name__)


class Numbers:
    """The counters of one app, in a registry of their own."""

    def __init__(self, gauges: Gauges) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "recruitment_requests", "Answered requests.", ("route", "method", "status"), registry=self.registry
        )
        self.seconds = Histogram(
            "recruitment_request_seconds",
            "How long requests took.",
            ("route", "method"),
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self.registry.register(_House(gauges))

    def count(self, status: int) -> None:
        """Count the request at hand with the status of its answer."""
        route, method = route_of_request(), method_of_request()
        self.requests.labels(route, method, f"{status // 100}xx").inc()
        self.seconds.labels(route, method).observe(seconds_of_request())


class _House:
    """What the house says of itself, asked anew each time."""

    def __init__(self, gauges: Gauges) -> None:
        self._gauges = gauges

    def describe(self) -> Iterable[Metric]:
        """Tell nothing beforehand: registering must not ask the database."""
        return ()

    def collect(self) -> Iterable[Metric]:
        for name, (about, value) in self._gauges().items():
            if value is not None:
                yield GaugeMetricFamily(name, about, value=value)


def install(app: Flask, gauges: Gauges) -> None:
    """Count every answer of ``app``. ``gauges`` returns name, sentence and number of what the house says of itself.

    A number that is None is left out. Call it right after ``logs.install``, which takes the time.
    """
    numbers = app.extensions[_EXTENSION] = Numbers(gauges)

    @app.after_request
    def count(response: Response) -> Response:
        numbers.count(response.status_code)
        return response


@metrics.get("/metrics")
@allow(Permission.READ_METRICS)
def exposition() -> Response:
    """Answer with all numbers, in the text format of Prometheus. Who may: whoever may read metrics."""
    numbers = cast("Numbers", current_app.extensions[_EXTENSION])
    return Response(generate_latest(numbers.registry), content_type=CONTENT_TYPE_LATEST)
