{#- Clean readings by feed and the day they are for, counted by what their flag says. -#}
{%- set tables = {
    'water': ['clean_water'], 'air': ['clean_air', 'clean_dustfall', 'clean_dust_period'],
    'noise': ['clean_noise', 'clean_noise_survey'], 'waste': ['clean_waste'], 'energy': ['clean_energy'],
    'returns': ['clean_returns']
} -%}
with counted as (
    {%- for feed, names in tables.items() %}
        {%- set is_last_feed = loop.last %}
        {%- for name in names %}
            select
                '{{ feed }}' as feed,
                cast(period_start as date) as day,
                {%- if name == 'clean_water' %}
                    sum(case when method = 'automatic' then 1 else 0 end) as readings_regular,
                {%- elif name == 'clean_noise' %}
                    sum(case when period_kind = 'hour' then 1 else 0 end) as readings_regular,
                {%- elif name == 'clean_air' %}
                    count(*) as readings_regular,
                {%- else %}
                    0 as readings_regular,
                {%- endif %}
                count(*) as readings_present,
                sum(case when {{ is_usable() }} and value is not null then 1 else 0 end) as readings_used,
                sum(case when flag in ({{ suspect_flag() }}, {{ fail_flag() }}) then 1 else 0 end) as readings_flagged,
                sum(case when flag = {{ missing_flag() }} then 1 else 0 end) as readings_missing
            from {{ clean_table(name) }}
            group by cast(period_start as date)
            {% if not (loop.last and is_last_feed) %}union all{% endif %}
        {%- endfor %}
    {%- endfor %}
)

select
    feed,
    day,
    cast(sum(readings_regular) as bigint) as readings_regular,
    cast(sum(readings_present) as bigint) as readings_present,
    cast(sum(readings_used) as bigint) as readings_used,
    cast(sum(readings_flagged) as bigint) as readings_flagged,
    cast(sum(readings_missing) as bigint) as readings_missing
from counted
group by feed, day
