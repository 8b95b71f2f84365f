"""The streams of the simulated district: those of every feed's package, and those of the simulated networks and
registers.

Here belongs finding them. Not here: what a stream is (delivery_stream.py). Standard library only.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterator, Mapping

from sources.registry import registry
from sources.simulated.delivery_stream import Stream
from sources.simulated.network_streams import network_streams
from sources.simulated.register_plan import register_streams


def _declared() -> Iterator[Stream]:
    """The streams of each feed that has simulated deliveries."""
    for feed in registry().feeds:
        name = f"sources.feeds.{feed}"
        if importlib.util.find_spec(name) and importlib.util.find_spec(f"{name}.streams"):
            yield from importlib.import_module(f"{name}.streams").STREAMS
    yield from network_streams()
    yield from register_streams()


STREAMS: Mapping[str, Stream] = {stream.name: stream for stream in _declared()}
