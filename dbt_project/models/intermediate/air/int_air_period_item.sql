{#-
  Basis x place x period x edition x item x series: mean and percentile of the daily concentrations, with validity. Series:
  dust_included, and for particles dust_excluded, which leaves notified dust days out; both are judged valid or not on
  the days of the full series, and n_valid counts the days that went in. The same without suspect readings (sure_…).
-#}
{{ config(meta={'by_day': {
    'reads': {'int_air_day_item': 'year', 'int_air_period': 'year', 'int_air_period_validity': 'year'},
    'day': 'period_start'
}}) }}
with dust_days as (
    select distinct day
    from {{ ref('int_air_dust_day') }}
),

days as (
    select
        d.basis,
        d.place_kind,
        d.place_id,
        d.day,
        d.item,
        d.concentration is not null as is_valid,
        d.concentration,
        d.sure_concentration,
        d.n_suspect,
        d.provenance_rank,
        i.has_dust_variant,
        u.day is not null as is_dust_day
    from {{ days_of(ref('int_air_day_item')) }} as d
    inner join {{ ref('air_items') }} as i on d.item = i.item
    left join dust_days as u on d.day = u.day
    where d.in_index
),

series as (
    select
        *,
        'dust_included' as variant
    from days
    where is_valid
    union all
    select
        *,
        'dust_excluded' as variant
    from days
    where is_valid and has_dust_variant and not is_dust_day
),

gathered as (
    select
        s.basis,
        s.place_kind,
        s.place_id,
        s.item,
        s.variant,
        p.period_kind,
        p.period_start,
        p.edition,
        max(p.rule_end) as rule_end,
        count(*) as n_days_used,
        sum(s.concentration) as concentration_sum,
        {{ sorted_values('s.concentration') }} as concentrations,
        count(case when s.n_suspect > 0 then 1 end) as n_suspect,
        count(s.sure_concentration) as sure_n_days_used,
        sum(s.sure_concentration) as sure_concentration_sum,
        {{ sorted_values('s.sure_concentration') }} as sure_concentrations,
        min(s.provenance_rank) as provenance_rank
    from series as s
    inner join {{ days_of(ref('int_air_period'), 'period_start') }} as p
        on s.basis = p.basis and s.day >= p.scope_start and s.day <= p.scope_end
    group by s.basis, s.place_kind, s.place_id, s.item, s.variant, p.period_kind, p.period_start, p.edition
),

ranked as (
    select
        g.*,
        case g.item
            when 'so2' then r.air_percentile_so2
            when 'no2' then r.air_percentile_no2
            when 'pm10' then r.air_percentile_pm10
            when 'pm2_5' then r.air_percentile_pm2_5
            when 'co' then r.air_percentile_co
            when 'o3_8h' then r.air_percentile_o3
        end as percentile
    from gathered as g
    inner join {{ ref('int_air_rules') }} as r on {{ in_force('g.rule_end', 'r') }}
),

reduced as (
    select
        basis,
        place_kind,
        place_id,
        item,
        variant,
        period_kind,
        period_start,
        edition,
        percentile,
        n_days_used,
        n_suspect,
        {{ carried_mean('concentration_sum', 'n_days_used') }} as mean_value,
        {{ linear_percentile('concentrations', 'n_days_used', 'percentile') }} as percentile_value,
        {{ carried_mean('sure_concentration_sum', 'sure_n_days_used') }} as sure_mean_value,
        case
            when sure_n_days_used > 0
                then {{ linear_percentile('sure_concentrations', 'sure_n_days_used', 'percentile') }}
        end as sure_percentile_value,
        provenance_rank
    from ranked
)

select
    x.place_kind,
    x.place_id,
    x.item,
    x.variant,
    p.*,
    v.n_expected,
    x.n_days_used as n_valid,
    v.n_valid - x.n_days_used as n_dust_days_left_out,
    v.n_months,
    v.n_months_held,
    x.n_suspect,
    v.validity,
    v.sure_validity,
    {{ air_period_reason('days', '(v.n_valid - x.n_days_used)') }} as validity_reason,
    x.percentile,
    x.mean_value,
    x.percentile_value,
    x.sure_mean_value,
    x.sure_percentile_value,
    x.provenance_rank
from reduced as x
inner join {{ days_of(ref('int_air_period_validity'), 'period_start') }} as v
    on
        x.basis = v.basis and x.place_kind = v.place_kind and x.place_id = v.place_id and x.item = v.item
        and x.period_kind = v.period_kind and x.period_start = v.period_start and x.edition = v.edition
inner join {{ days_of(ref('int_air_period'), 'period_start') }} as p
    on
        x.basis = p.basis and x.period_kind = p.period_kind and x.period_start = p.period_start
        and x.edition = p.edition
