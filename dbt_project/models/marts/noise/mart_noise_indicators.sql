{#- Indicators 13 and 14 of the plan: the daytime means of the yearly regional and road surveys. -#}
with surveys as (
    select
        *,
        case survey_kind when 'grid' then 'regional_noise' else 'road_traffic_noise' end as indicator_id
    from {{ ref('mart_noise_survey_annual') }}
    where survey_period = 'day'
)

select
    s.indicator_id,
    coalesce(i.name_zh, s.indicator_id) as indicator_name_zh,
    s.area_code,
    s.area_name_zh,
    'year' as period_kind,
    s.period_start,
    s.period_end,
    '' as variant,
    cast(s.mean_db as decimal(18, 6)) as value,
    'dB(A)' as unit,
    s.n_expected,
    s.n_valid,
    s.n_suspect,
    s.coverage,
    s.validity,
    s.validity_reason_code as validity_reason,
    coalesce(s.standard, r.standard) as standard,
    coalesce(s.clause, r.clause) as clause,
    s.provenance
from surveys as s
left join {{ ref('plan_indicators') }} as i on s.indicator_id = i.indicator_id
left join {{ ref('int_rules') }} as r on r.rule_id = 'noise_level_decimals' and {{ in_force('s.period_start', 'r') }}
