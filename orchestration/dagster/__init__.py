"""Dagster: assets, checks, job, schedules, the web page, and one run of the job in this process."""
