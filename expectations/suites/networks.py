"""Suites of the marts of declared networks."""

from expectations.suites.common import Suite

SUITES: tuple[Suite, ...] = ()
