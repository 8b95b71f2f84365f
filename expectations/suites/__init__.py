"""Suites as code: one declaration per published mart, found by the mart's name.

Here belongs putting all of them together. Not here: what a check is (expectations.checks) or how it is judged. A mart
that is published without a suite stops the gate, and a suite that reads a column its mart lacks does too.
"""

from collections.abc import Iterator, Mapping
from importlib import import_module
from types import MappingProxyType

from expectations.suites import cross_domain
from expectations.suites.common import Suite
from sources.registry import registry


def _declared() -> Iterator[Suite]:
    """The suites of every domain, each in the module of its name, and of the marts across domains."""
    for domain in registry().domains:
        yield from import_module(f"expectations.suites.{domain}").SUITES
    yield from cross_domain.SUITES


SUITES: Mapping[str, Suite] = MappingProxyType({suite.mart: suite for suite in _declared()})
