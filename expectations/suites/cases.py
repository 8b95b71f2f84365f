"""Suites of the marts of registers of cases."""

from expectations.suites.common import Suite

SUITES: tuple[Suite, ...] = ()
