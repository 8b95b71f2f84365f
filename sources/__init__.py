"""Where numbers come from: the feed registry, connectors, readers, cleaning and the simulated district.

Pure functions over bytes and frames. Nothing here knows Dagster, dbt or Great Expectations, nor where the
lake lies on disk: the warehouse room stores what these functions return.
"""
