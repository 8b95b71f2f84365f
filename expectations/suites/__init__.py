"""Suites as code: one declaration per published mart, found by the mart's name.

Here belongs the list of all of them. Not here: what a check is (expectations.checks) or how it is judged. A mart that
is published without a suite stops the gate, and a suite that reads a column its mart lacks does too.
"""

from collections.abc import Mapping
from types import MappingProxyType

from expectations.suites import air, cross_domain, energy, noise, returns, waste, water
from expectations.suites.common import Suite

_ALL = (*water.SUITES, *air.SUITES, *noise.SUITES, *waste.SUITES, *energy.SUITES, *returns.SUITES, *cross_domain.SUITES)

SUITES: Mapping[str, Suite] = MappingProxyType({suite.mart: suite for suite in _ALL})
