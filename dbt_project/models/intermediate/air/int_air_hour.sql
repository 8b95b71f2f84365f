{#-
  Reference station x hour, without gaps from its first to its last day: usable 1 h values side by side, the running means
  that their rule allows (ozone 8 h; particles and SO2 24 h). Readings flagged suspect are counted, and a mean that has
  some is there without them as well (sure_…; null where it has none). For sand dust, sum and count of PM10 over the
  hours before (pm10_before_…; null without a rule). No micro-stations.
-#}
{#- No running mean reaches further back: within_reach() below refuses a rule that asks for more. -#}
{%- set days_back = 3 %}
{{ config(meta={'by_day': {'reads': {'stg_air': [days_back, 0], 'int_air_station_days': [days_back, 0]}}}) }}
{%- set pollutants = ['pm2_5', 'pm10', 'so2', 'no2', 'co', 'o3'] %}
{%- set over_24h = ['pm2_5', 'pm10', 'so2'] %}
{%- set running_24h = [
    ('pm2_5_24h', 'air_day_min_hours'), ('pm10_24h', 'air_day_min_hours'), ('so2_24h', 'air_day_min_hours')
] %}
with stations as (
    select distinct site_id
    from {{ days_of(ref('int_air_station_days')) }}
),

readings as (
    select
        a.site_id,
        a.day,
        a.hour_label,
        {%- for pollutant in pollutants %}
            max(case when a.parameter = '{{ pollutant }}' and a.is_usable then a.value end) as {{ pollutant }},
            max(case when a.parameter = '{{ pollutant }}' and a.is_usable and a.is_suspect then 1 else 0 end)
                as {{ pollutant }}_suspect,
        {%- endfor %}
        count(*) as n_received,
        min({{ provenance_rank('a.provenance') }}) as provenance_rank
    from {{ days_of(ref('stg_air')) }} as a
    inner join stations as s on a.site_id = s.site_id
    where a.parameter in (
            '{{ pollutants | join("', '") }}'
        )
    group by a.site_id, a.day, a.hour_label
),

labels as (
    select {{ each_hour_label() }} as hour_label
),

hours as (
    select
        d.site_id,
        d.day,
        l.hour_label,
        {{ hours_after('d.day', 'l.hour_label - 1') }} as period_start,
        {{ hours_after('d.day', 'l.hour_label') }} as period_end,
        d.n_received as n_received_of_day,
        d.provenance_rank
    from {{ days_of(ref('int_air_station_days')) }} as d
    cross join labels as l
),

numbered as (
    select
        h.site_id,
        h.day,
        h.hour_label,
        h.period_start,
        h.period_end,
        {{ minutes_between("timestamp '1980-01-01 00:00:00'", 'h.period_start') }} // 60 as hour_no,
        {%- for pollutant in pollutants %}
            r.{{ pollutant }},
            coalesce(r.{{ pollutant }}_suspect, 0) as {{ pollutant }}_suspect,
        {%- endfor %}
        {%- for pollutant in over_24h + ['o3'] %}
            sum(case when r.{{ pollutant }}_suspect = 1 then r.{{ pollutant }} else 0 end) over (
                partition by h.site_id order by h.period_start rows between unbounded preceding and current row
            ) as {{ pollutant }}_suspect_sum,
            sum(coalesce(r.{{ pollutant }}_suspect, 0)) over (
                partition by h.site_id order by h.period_start rows between unbounded preceding and current row
            ) as {{ pollutant }}_suspect_n,
            sum(coalesce(r.{{ pollutant }}, 0)) over (
                partition by h.site_id order by h.period_start rows between unbounded preceding and current row
            ) as {{ pollutant }}_sum,
            count(r.{{ pollutant }}) over (
                partition by h.site_id order by h.period_start rows between unbounded preceding and current row
            ) as {{ pollutant }}_n,
        {%- endfor %}
        coalesce(r.n_received, 0) as n_received,
        h.n_received_of_day,
        coalesce(r.provenance_rank, h.provenance_rank) as provenance_rank
    from hours as h
    left join readings as r on h.site_id = r.site_id and h.day = r.day and h.hour_label = r.hour_label
),

dated as (
    select
        n.*,
        e.edition,
        e.limits_standard,
        e.index_standard,
        {{ air_rule_day('n.day', 'e') }} as rule_day
    from numbered as n
    inner join {{ ref('int_air_edition') }} as e on e.basis = 'published' and {{ in_force('n.day', 'e') }}
),

running as (
    select
        h.*,
        {{ within_reach('r.air_8h_window_hours', days_back) }} as air_8h_window_hours,
        r.air_8h_min_hours,
        {{ within_reach('r.air_day_expected_hours', days_back) }} as air_day_expected_hours,
        r.air_day_min_hours,
        case
            when r.air_dust_previous_hours is not null
                then
                    (h.pm10_n - case when h.pm10 is null then 0 else 1 end)
                    - (coalesce(b.pm10_n, 0) - case when b.pm10 is null then 0 else 1 end)
        end as pm10_before_n,
        case
            when r.air_dust_previous_hours is not null
                then (h.pm10_sum - coalesce(h.pm10, 0)) - (coalesce(b.pm10_sum, 0) - coalesce(b.pm10, 0))
        end as pm10_before_sum,
    {%- for part in ['n', 'sum', 'suspect_n', 'suspect_sum'] %}
        h.o3_{{ part }} - coalesce(w.o3_{{ part }}, 0) as o3_8h_{{ part }},
        {%- set is_last_part = loop.last %}
    {%- for pollutant in over_24h %}
        h.{{ pollutant }}_{{ part }} - coalesce(d.{{ pollutant }}_{{ part }}, 0)
            as {{ pollutant }}_24h_{{ part }}{{ ',' if not (is_last_part and loop.last) }}
    {%- endfor %}
    {%- endfor %}
    from dated as h
    inner join {{ ref('int_air_rules') }} as r on {{ in_force('h.rule_day', 'r') }}
    left join numbered as w
        on h.site_id = w.site_id and h.hour_no - cast(r.air_8h_window_hours as bigint) = w.hour_no
    left join numbered as d
        on h.site_id = d.site_id and h.hour_no - cast(r.air_day_expected_hours as bigint) = d.hour_no
    left join numbered as b
        on
            h.site_id = b.site_id
            and h.hour_no - cast({{ within_reach('r.air_dust_previous_hours', days_back) }} as bigint) = b.hour_no
)

select
    site_id,
    day,
    hour_label,
    period_start,
    period_end,
    hour_no,
    edition,
    limits_standard,
    index_standard,
    rule_day,
    {%- for pollutant in pollutants %}
        {{ pollutant }},
        {{ pollutant }}_suspect,
    {%- endfor %}
    {%- for measure, hours in [('o3_8h', 'air_8h_min_hours')] + running_24h %}
        {{ measure }}_n,
        {{ measure }}_suspect_n as {{ measure }}_suspect,
        case
            when {{ measure }}_n >= {{ hours }} then {{ carried_mean(measure ~ '_sum', measure ~ '_n') }}
        end as {{ measure }},
        case
            when {{ measure }}_suspect_n > 0 and {{ measure }}_n - {{ measure }}_suspect_n >= {{ hours }}
                then {{ carried_mean(
                    '(' ~ measure ~ '_sum - ' ~ measure ~ '_suspect_sum)',
                    '(' ~ measure ~ '_n - ' ~ measure ~ '_suspect_n)'
                ) }}
        end as sure_{{ measure }},
    {%- endfor %}
    air_8h_window_hours,
    air_8h_min_hours,
    air_day_expected_hours,
    air_day_min_hours,
    pm10_before_n,
    pm10_before_sum,
    n_received,
    n_received_of_day,
    provenance_rank
from running
