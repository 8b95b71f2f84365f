"""Running dbt: the process, its project as nodes of the build plan, and the plan of one run."""
