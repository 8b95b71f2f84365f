"""The steps of a refresh, one module each: pull, clean, build, judge, publish. None of them knows Dagster."""
