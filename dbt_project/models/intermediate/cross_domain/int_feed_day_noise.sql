{#- Made from sources/feeds/*/feed.toml by `uv run ecoledger dev generate`; a test compares. -#}
{{ feed_day('noise') }}
