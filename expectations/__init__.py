"""The gate: suites as code, the judge, verdicts and waivers. It reads a candidate and writes gate records.

Great Expectations judges small frames that DuckDB reduced; verdicts are computed from each expectation's own result
and severity. Nothing here changes data, and nothing imports great_expectations before there is something to judge.
"""
