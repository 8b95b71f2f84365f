{#-
  Clean readings by feed and the day they are for, counted by what their flag says: the one pass of data health over
  the clean layer. Feeds of evenly spaced readings stand by series (site × parameter), so that it shows what a day should
  have; the others by delivery, with the end of its readings: file counts know only when the latest reading starts, and
  a month or a year is not late because it began long ago.
-#}
{%- set regular = {
    'clean_water': "method = 'automatic'", 'clean_air': 'true', 'clean_noise': "period_kind = 'hour'"
} -%}
{%- set judged_by_end = ['clean_waste', 'clean_energy', 'clean_returns', 'clean_dustfall', 'clean_noise_survey'] -%}
{%- set tables = [
    ('water', 'clean_water'), ('air', 'clean_air'), ('air', 'clean_dustfall'), ('air', 'clean_dust_period'),
    ('noise', 'clean_noise'), ('noise', 'clean_noise_survey'), ('waste', 'clean_waste'), ('energy', 'clean_energy'),
    ('returns', 'clean_returns')
] -%}
{%- for feed, table in tables %}
    select
        '{{ feed }}' as feed,
        '{{ table }}' as table_name,
        {%- if table in regular %}
            site_id,
            parameter,
            '' as delivery_id,
            cast(null as timestamp) as last_end,
            cast(null as bigint) as longest_minutes,
            count(case when {{ regular[table] }} then 1 end) as readings_regular,
        {%- else %}
            '' as site_id,
            '' as parameter,
            {%- if table in judged_by_end %}
                delivery_id,
                max(period_end) as last_end,
                max({{ minutes_between('period_start', 'period_end') }}) as longest_minutes,
            {%- else %}
                '' as delivery_id,
                cast(null as timestamp) as last_end,
                cast(null as bigint) as longest_minutes,
            {%- endif %}
            cast(0 as bigint) as readings_regular,
        {%- endif %}
        cast(period_start as date) as day,
        count(*) as readings_present,
        count(case when {{ is_usable() }} and value is not null then 1 end) as readings_used,
        count(case when flag in ({{ suspect_flag() }}, {{ fail_flag() }}) then 1 end) as readings_flagged,
        count(case when flag = {{ missing_flag() }} then 1 end) as readings_missing
    from {{ clean_table(table) }}
    group by
        {{ 'site_id, parameter,' if table in regular }} {{ 'delivery_id,' if table in judged_by_end }}
        cast(period_start as date)
    {% if not loop.last %}union all{% endif %}
{%- endfor %}
