{#-
  When the readings of a delivery end, for tables whose readings are not evenly spaced: file counts know only when the
  latest reading starts, and a month or a year is not late because it began long ago.
-#}
with ends as (
    {%- for table in ['clean_waste', 'clean_energy', 'clean_returns', 'clean_dustfall', 'clean_noise_survey'] %}
        select
            raw_sha256 as sha256,
            period_start,
            period_end
        from {{ clean_table(table) }}
        {% if not loop.last %}union all{% endif %}
    {%- endfor %}
)

select
    sha256,
    max(period_end) as last_end,
    max({{ minutes_between('period_start', 'period_end') }}) as longest_minutes
from ends
group by sha256
