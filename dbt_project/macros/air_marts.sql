{#-
  Columns that the marts of stations and of the district share. Not here: any arithmetic.
-#}

{# The instant at which a date is over. #}
{% macro day_end(day) -%}
    {{ hours_after(day, 'cast(' ~ hours_per_day() ~ ' as integer)') }}
{%- endmacro %}

{# What the values of a day are called in columns: item of air_items, name of the value. #}
{% macro air_day_items() -%}
    {{ return(['pm2_5', 'pm10', 'so2', 'no2', 'co', 'o3_8h', 'o3_1h']) }}
{%- endmacro %}

{# What suspect readings may decide of a day's item (columns of int_air_day_item as `alias`): see suspects.sql. #}
{% macro air_day_item_compared(alias) -%}
    {{ return([
        ('attainment', alias ~ '.attains', alias ~ '.sure_attains'),
        ('validity', '(' ~ alias ~ '.concentration is null)', '(' ~ alias ~ '.sure_concentration is null)')
    ]) }}
{%- endmacro %}

{# The same of a day's index (columns of int_air_day_aqi as `alias`). #}
{% macro air_day_index_compared(alias) -%}
    {{ return([
        ('category', alias ~ '.category', alias ~ '.sure_category'),
        ('validity', '(' ~ alias ~ '.aqi is null)', '(' ~ alias ~ '.sure_aqi is null)')
    ]) }}
{%- endmacro %}

{#
  Items of a day side by side, from int_air_day_iaqi: one row per place and day. `counted` says what an item counts
  (hours, stations); an item that is not pending has its verdict and reason here, the maximum 8 h of ozone by its windows.
#}
{% macro air_day_columns(place_kind, counted) -%}
    select
        i.place_id,
        i.day,
        max(case when i.item = 'pm2_5' then i.concentration end) as pm2_5_ug_m3,
        max(case when i.item = 'pm10' then i.concentration end) as pm10_ug_m3,
        max(case when i.item = 'so2' then i.concentration end) as so2_ug_m3,
        max(case when i.item = 'no2' then i.concentration end) as no2_ug_m3,
        max(case when i.item = 'co' then i.concentration end) as co_mg_m3,
        max(case when i.item = 'o3_8h' then i.concentration end) as o3_8h_max_ug_m3,
        max(case when i.item = 'o3_1h' then i.concentration end) as o3_1h_max_ug_m3,
        max(case when i.item = 'o3_8h' then i.largest_window_end end) as o3_8h_window_end,
        {%- for item in ['pm2_5', 'pm10', 'so2', 'no2', 'co'] %}
        max(case when i.item = '{{ item }}' then i.n_valid end) as {{ item }}_n,
        {%- endfor %}
        max(case when i.item = 'o3_8h' then i.n_valid end) as o3_n,
        {%- for item in ['pm2_5', 'pm10', 'so2', 'no2', 'co', 'o3_8h'] %}
        max(case when i.item = '{{ item }}' then i.iaqi end) as {{ item }}_iaqi,
        {%- endfor %}
        {%- for item in air_day_items() %}
        max(case when i.item = '{{ item }}' then i.n_received end) as {{ item }}_received,
        max(case when i.item = '{{ item }}' then {{ validity_without_suspects(
            "case when i.concentration is null then 'insufficient' else 'valid' end", air_day_item_compared('i')
        ) }} end) as {{ item }}_validity,
        max(case when i.item = '{{ item }}' then case
            when i.concentration is null then concat(
                {{ "'8 h windows'" if item == 'o3_8h' and place_kind == 'station' else "'" ~ counted ~ "'" }}, ': ',
                i.n_counted, ' of ', i.n_countable, ', ', i.n_needed, ' needed'
            )
            else coalesce({{ suspects_reason('i.n_suspect', counted, air_day_item_compared('i')) }}, '')
        end end) as {{ item }}_reason{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ days_of(ref('int_air_day_iaqi')) }} as i
    where i.basis = 'published' and i.place_kind = '{{ place_kind }}'
    group by i.place_id, i.day
{%- endmacro %}

{#
  Verdict and reason of each item of a day, from air_day_columns() as `d`. `is_pending`: whether values of the item can
  still arrive ({item} stands for it), `pending`: what is said then.
#}
{% macro air_day_verdicts(is_pending, pending) -%}
    {%- for item in air_day_items() %}
    case
        when {{ is_pending | replace('{item}', item) }} then 'pending'
        else coalesce(d.{{ item }}_validity, 'insufficient')
    end as {{ item }}_validity,
    case
        when {{ is_pending | replace('{item}', item) }} then '{{ pending }}'
        else coalesce(d.{{ item }}_reason, 'no reading of the day')
    end as {{ item }}_reason{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{# The day's columns from air_day_columns() as `d` and int_air_day_aqi as `a`, index and verdict included. #}
{% macro air_day_result(n_suffix) -%}
    d.pm2_5_ug_m3,
    d.pm10_ug_m3,
    d.so2_ug_m3,
    d.no2_ug_m3,
    d.co_mg_m3,
    d.o3_8h_max_ug_m3,
    d.o3_1h_max_ug_m3,
    {%- for item in ['pm2_5', 'pm10', 'so2', 'no2', 'co', 'o3'] %}
    cast(d.{{ item }}_n as bigint) as {{ item }}_{{ n_suffix }},
    {%- endfor %}
    {%- for item in ['pm2_5', 'pm10', 'so2', 'no2', 'co', 'o3_8h'] %}
    cast(d.{{ item }}_iaqi as bigint) as {{ item }}_iaqi,
    {%- endfor %}
    a.aqi,
    a.category,
    a.category_zh,
    a.primary_items,
    a.primary_zh,
    a.edition,
    u.day is not null as is_dust_day,
    cast(a.n_expected as bigint) as n_expected,
    cast(a.n_valid as bigint) as n_valid,
    cast(a.n_suspect as bigint) as n_suspect,
    {{ coverage('a.n_valid', 'a.n_expected') }} as coverage
{%- endmacro %}

{# Verdict and reason of the day's index, from int_air_day_aqi as `a`; `counted` as in air_day_columns(). #}
{% macro air_day_index_verdict(is_pending, pending, missing, counted) -%}
    case
        when {{ is_pending }} then 'pending'
        when a.aqi is null then 'insufficient'
        else {{ validity_without_suspects("'valid'", air_day_index_compared('a')) }}
    end as validity,
    case
        when {{ is_pending }} then '{{ pending }}'
        when a.aqi is null then concat('{{ missing }}: ', a.symbols_missing)
        else concat_ws(
            '; ',
            case
                when a.n_items < a.n_items_expected
                    then concat('index of the other items, {{ missing }}: ', a.symbols_missing)
            end,
            {{ suspects_reason('a.n_suspect', counted, air_day_index_compared('a')) }}
        )
    end as validity_reason
{%- endmacro %}

{# Items of a period side by side, rounded as published, from int_air_period_assessed: the series with dust. #}
{% macro air_period_columns(place_kind) -%}
    select
        place_id,
        period_kind,
        period_start,
        edition,
        max(case when item = 'pm2_5' then mean_rounded end) as pm2_5_mean_ug_m3,
        max(case when item = 'pm10' then mean_rounded end) as pm10_mean_ug_m3,
        max(case when item = 'so2' then mean_rounded end) as so2_mean_ug_m3,
        max(case when item = 'no2' then mean_rounded end) as no2_mean_ug_m3,
        max(case when item = 'co' then percentile_rounded end) as co_p95_mg_m3,
        max(case when item = 'o3_8h' then percentile_rounded end) as o3_8h_p90_ug_m3,
        max(case when item = 'pm2_5' then mean_value end) as pm2_5_mean_of_available_days_ug_m3,
        max(case when item = 'pm10' then mean_value end) as pm10_mean_of_available_days_ug_m3,
        max(case when item = 'so2' then mean_value end) as so2_mean_of_available_days_ug_m3,
        max(case when item = 'no2' then mean_value end) as no2_mean_of_available_days_ug_m3,
        max(case when item = 'pm2_5' then n_valid end) as pm2_5_days,
        max(case when item = 'pm10' then n_valid end) as pm10_days,
        max(case when item = 'so2' then n_valid end) as so2_days,
        max(case when item = 'no2' then n_valid end) as no2_days,
        max(case when item = 'co' then n_valid end) as co_days,
        max(case when item = 'o3_8h' then n_valid end) as o3_8h_days,
        {%- for item in ['pm2_5', 'pm10', 'so2', 'no2', 'co', 'o3_8h'] %}
        max(case when item = '{{ item }}' then validity end) as {{ item }}_validity,
        max(case when item = '{{ item }}' then validity_reason end) as {{ item }}_reason,
        {%- endfor %}
        {{ joined("case when validity <> 'valid' then concat(symbol, ' ', validity) end", '; ', 'sort_order') }}
            as items_not_valid
    from {{ ref('int_air_period_assessed') }}
    where basis = 'published' and place_kind = '{{ place_kind }}' and variant = 'dust_included'
    group by place_id, period_kind, period_start, edition
{%- endmacro %}

{# Days by category and their shares, from int_air_period_days as `s`. #}
{% macro air_days_result() -%}
    cast(s.n_excellent as bigint) as days_excellent,
    cast(s.n_good as bigint) as days_good,
    cast(s.n_lightly as bigint) as days_lightly_polluted,
    cast(s.n_moderately as bigint) as days_moderately_polluted,
    cast(s.n_heavily as bigint) as days_heavily_polluted,
    cast(s.n_severely as bigint) as days_severely_polluted,
    cast(s.good_days_share as decimal(9, 4)) as good_days_share_pct,
    cast(s.heavy_days_share as decimal(9, 4)) as heavy_days_share_pct,
    cast(s.composite_index as decimal(9, 4)) as composite_index,
    s.composite_validity as composite_index_validity,
    s.composite_reason as composite_index_reason,
    cast(s.n_expected as bigint) as n_expected,
    cast(s.n_valid as bigint) as n_valid,
    cast(s.n_suspect as bigint) as n_suspect,
    {{ coverage('s.n_valid', 's.n_expected') }} as coverage,
    s.validity,
    s.validity_reason,
    s.index_standard as standard,
    'table 2: days by AQI category; validity by table 4 of GB 3095' as clause
{%- endmacro %}

{# A period's item, from int_air_period_assessed as `s`, as the tall marts publish it. #}
{% macro air_item_result() -%}
    s.item,
    s.item_zh,
    s.unit,
    s.variant,
    cast(s.mean_rounded as decimal(18, 6)) as mean_value,
    cast(s.percentile as bigint) as percentile,
    cast(s.percentile_rounded as decimal(18, 6)) as percentile_value,
    s.mean_value as mean_of_available_days,
    cast(s.annual_limit as decimal(18, 6)) as annual_limit,
    cast(s.daily_limit as decimal(18, 6)) as daily_limit,
    s.attains_limits,
    cast(s.n_dust_days_left_out as bigint) as n_dust_days_left_out,
    cast(s.n_months_held as bigint) as n_months_held,
    cast(s.n_expected as bigint) as n_expected,
    cast(s.n_valid as bigint) as n_valid,
    cast(s.n_suspect as bigint) as n_suspect,
    {{ coverage('s.n_valid', 's.n_expected') }} as coverage,
    s.validity,
    s.validity_reason,
    s.limits_standard as standard,
    concat('table 1, Grade II; validity: table 4; ', s.statistics_standard) as clause,
    {{ provenance_of_rank('s.provenance_rank') }} as provenance
{%- endmacro %}

{#
  Register entries of the stations of int_air_period_days (as `p`, where `condition` holds) in their periods; entry_place 1
  is the latest one that the period meets.
#}
{% macro air_site_of_period(key, condition) -%}
    select
        {%- for column in key %}
        p.{{ column }},
        {%- endfor %}
        s.name_zh,
        s.name_en,
        s.kind,
        s.network,
        s.area_code,
        s.assessed,
        row_number() over (
            partition by {% for column in key %}p.{{ column }}{{ ', ' if not loop.last }}{% endfor %}
            order by s.valid_from desc
        ) as entry_place
    from {{ ref('int_air_period_days') }} as p
    inner join {{ ref('stg_site_register') }} as s
        on
            p.place_id = s.site_id and s.feed = 'air'
            and p.scope_end >= s.valid_from and (s.valid_to is null or p.scope_start <= s.valid_to)
    where {{ condition }}
{%- endmacro %}

{# Stations x periods of the kinds given: means and percentiles of the items, days by AQI category, both with validity. #}
{% macro air_station_periods(period_kinds) -%}
with items as (
    {{ air_period_columns('station') }}
),

entries as (
    {{ air_site_of_period(
        ['place_id', 'period_kind', 'period_start', 'edition'], "p.basis = 'published' and p.place_kind = 'station'"
    ) }}
)

select
    s.place_id as site_id,
    coalesce(e.name_zh, s.place_id) as site_name_zh,
    coalesce(e.name_en, s.place_id) as site_name_en,
    e.kind as site_kind,
    e.network,
    e.area_code,
    {{ area_name('e.area_code', 'g.name_zh') }} as area_name_zh,
    coalesce(e.assessed, false) as assessed,
    s.period_kind,
    s.period_start,
    s.period_end,
    s.scope_start,
    s.scope_end,
    s.edition,
    i.pm2_5_mean_ug_m3,
    i.pm10_mean_ug_m3,
    i.so2_mean_ug_m3,
    i.no2_mean_ug_m3,
    i.co_p95_mg_m3,
    i.o3_8h_p90_ug_m3,
    cast(i.pm2_5_mean_of_available_days_ug_m3 as decimal(18, 6)) as pm2_5_mean_of_available_days_ug_m3,
    cast(i.pm10_mean_of_available_days_ug_m3 as decimal(18, 6)) as pm10_mean_of_available_days_ug_m3,
    cast(i.so2_mean_of_available_days_ug_m3 as decimal(18, 6)) as so2_mean_of_available_days_ug_m3,
    cast(i.no2_mean_of_available_days_ug_m3 as decimal(18, 6)) as no2_mean_of_available_days_ug_m3,
    cast(i.pm2_5_days as bigint) as pm2_5_days,
    cast(i.pm10_days as bigint) as pm10_days,
    cast(i.so2_days as bigint) as so2_days,
    cast(i.no2_days as bigint) as no2_days,
    cast(i.co_days as bigint) as co_days,
    cast(i.o3_8h_days as bigint) as o3_8h_days,
    {%- for item in ['pm2_5', 'pm10', 'so2', 'no2', 'co', 'o3_8h'] %}
    coalesce(i.{{ item }}_validity, case when s.is_pending then 'pending' else 'insufficient' end)
        as {{ item }}_validity,
    coalesce(
        i.{{ item }}_reason, case when s.is_pending then 'the period is not over' else 'no valid day' end
    ) as {{ item }}_reason,
    {%- endfor %}
    coalesce(i.items_not_valid, '') as items_not_valid,
    {{ air_days_result() }},
    {{ provenance_of_rank('s.provenance_rank') }} as provenance
from {{ ref('int_air_period_days') }} as s
left join items as i
    on
        s.place_id = i.place_id and s.period_kind = i.period_kind
        and s.period_start = i.period_start and s.edition = i.edition
left join entries as e
    on
        s.place_id = e.place_id and s.period_kind = e.period_kind
        and s.period_start = e.period_start and s.edition = e.edition and e.entry_place = 1
left join {{ ref('district_areas') }} as g on e.area_code = g.area_code
where s.basis = 'published' and s.place_kind = 'station' and s.period_kind in ('{{ period_kinds | join("', '") }}')
{%- endmacro %}
