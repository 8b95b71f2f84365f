{#-
  Subdistricts ranked by particles (week, month, quarter; township micro-stations) and by dustfall (month, quarter): one
  network, method and series per list, shared ranks on rounded values, places without enough valid days listed and not
  ranked, the share of valid days printed. The series that is judged (rule air_judged_without_dust) is always there; the
  other next to it where a notified dust period touches the period. Dustfall has both series, by month and quarter: a
  sample takes a month, so the whole month is left out that a notified dust period touches, and there is no week of it.
-#}
with dust_days as (
    select distinct day
    from {{ ref('int_air_dust_day') }}
),

dust as (
    {%- for period_kind in ['week', 'month', 'quarter'] %}
        select
            '{{ period_kind }}' as period_kind,
            {{ calendar_start("'" ~ period_kind ~ "'", 'day') }} as period_start,
            count(*) as n_days
        from dust_days
        group by {{ calendar_start("'" ~ period_kind ~ "'", 'day') }}
        {% if not loop.last %}
            union all
        {% endif %}
    {% endfor %}
),

named as (
    select
        v.*,
        coalesce(i.symbol, '降尘') as symbol,
        coalesce(i.name_zh, '降尘量') as item_zh,
        coalesce(i.unit, {{ dustfall_unit() }}) as unit,
        case v.kind when 'micro_station' then 'micro_sensor' else 'gravimetric' end as method,
        case v.network when 'township' then '街乡镇' when 'district' then '区级' else v.network end as network_zh,
        case v.variant when 'dust_included' then '，含沙尘' when 'dust_excluded' then '，扣除沙尘' else '' end as variant_zh,
        coalesce(u.n_days, 0) as n_dust_days,
        case
            when v.kind = 'dustfall_point' and r.air_dustfall_judged_without_dust = 1 then 'dust_excluded'
            when v.kind <> 'dustfall_point' and r.air_judged_without_dust = 1 then 'dust_excluded'
            else 'dust_included'
        end as judged_variant,
        coalesce(b.statistics_standard, e.statistics_standard) as first_standard,
        e.statistics_standard as last_standard,
        e.limits_standard,
        f.standard as dustfall_standard
    from {{ ref('int_air_ranking_value') }} as v
    inner join {{ ref('int_air_rules') }} as r on {{ in_force('v.period_end', 'r') }}
    inner join {{ ref('air_editions') }} as e on {{ in_force('v.period_end', 'e') }}
    left join {{ ref('air_editions') }} as b on {{ in_force('v.period_start', 'b') }}
    left join {{ ref('int_rules') }} as f
        on f.rule_id = 'air_dustfall_reference_days' and {{ in_force('v.period_end', 'f') }}
    left join {{ ref('air_items') }} as i on v.item = i.item
    left join dust as u on v.period_kind = u.period_kind and v.period_start = u.period_start
),

places as (
    select
        concat_ws('_', 'air', n.item, n.network, n.method, nullif(n.variant, '')) as list_id,
        concat(
            '街道（地区）', n.symbol, case when n.kind = 'dustfall_point' then '量' else '浓度' end, '排名（', n.network_zh,
            case when n.kind = 'dustfall_point' then '降尘点' else '微型站' end, n.variant_zh, '）',
            case when n.provenance = 'simulated' then '（模拟）' else '' end
        ) as list_name_zh,
        'area' as place_kind,
        'subdistrict' as area_level,
        n.period_kind,
        n.period_start,
        n.period_end,
        n.area_code as place_id,
        {{ area_name('n.area_code', 'a.name_zh') }} as place_name_zh,
        n.area_code,
        n.item,
        n.item_zh,
        n.variant,
        n.network,
        n.method,
        n.value,
        n.unit,
        n.n_expected,
        n.n_valid,
        n.validity,
        n.validity_reason,
        case
            when n.kind = 'dustfall_point' then n.dustfall_standard
            when n.first_standard = n.last_standard then n.last_standard
            else 'mixed_standard'
        end as standard,
        case
            when n.kind = 'dustfall_point'
                then concat(
                        'mean of monthly dustfall of the points, ',
                        case
                            when n.variant = 'dust_included' then 'dust included'
                            else 'without the months that a notified dust period touches'
                        end,
                        '; judged: ', n.judged_variant, '; no weekly list: dustfall is sampled by the month'
                    )
            else concat_ws(
                    '; ', concat('mean of daily means, valid by table 4 of ', n.limits_standard),
                    concat('rounded by ', n.last_standard),
                    case when n.first_standard <> n.last_standard then concat('begins under ', n.first_standard) end,
                    case when n.n_dust_days > 0 and n.variant = 'dust_excluded'
                            then concat('notified dust days left out: ', n.n_dust_days)
                    end,
                    concat('judged: ', n.judged_variant)
                )
        end as clause,
        n.provenance
    from named as n
    left join {{ ref('stg_area_name') }} as a on n.area_code = a.area_code
),

-- Adds rank, n_ranked, the period before and last year, changes and publication_state (macros/rankings.sql); ranked is
-- what is valid or indicative.
-- Changes look at both series of every period, whether or not the period's other series is published.
lists as (
    {{ ranking_of('places') }}
)

select
    l.list_id,
    l.list_name_zh,
    l.place_kind,
    l.area_level,
    l.period_kind,
    l.period_start,
    l.period_end,
    l.place_id,
    l.place_name_zh,
    l.area_code,
    l.item,
    l.item_zh,
    l.variant,
    l.network,
    l.method,
    l.value,
    l.unit,
    l.rank,
    l.n_ranked,
    l.previous_value,
    l.previous_rank,
    l.change_on_previous,
    l.change_on_previous_pct,
    l.last_year_value,
    l.last_year_rank,
    l.change_on_last_year,
    l.change_on_last_year_pct,
    l.n_expected,
    l.n_valid,
    l.coverage,
    l.validity,
    l.validity_reason,
    l.publication_state,
    l.standard,
    l.clause,
    l.provenance
from lists as l
inner join {{ ref('int_air_rules') }} as r on {{ in_force('l.period_end', 'r') }}
left join dust as u on l.period_kind = u.period_kind and l.period_start = u.period_start
where
    l.item = 'dustfall' or u.n_days > 0
    or l.variant = case when r.air_judged_without_dust = 1 then 'dust_excluded' else 'dust_included' end
