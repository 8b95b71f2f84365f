{#-
  Basis x place x period x edition: days by AQI category, shares of good and heavy days among the valid ones (dust kept),
  and the composite index, each with its own verdict. Every day is placed by the edition that the basis gives it. Where
  the days would not suffice without suspect readings, the shares are indicative.
-#}
{{ config(meta={'by_day': {
    'reads': {
        'int_air_day_aqi': 'year', 'int_air_period': 'year', 'int_air_period_validity': 'year',
        'int_air_period_assessed': 'year'
    },
    'day': 'period_start'
}}) }}
{%- set compared = [('validity', 'v.validity', 'v.sure_validity')] %}
with expected as (
    select count(*) as n_items
    from {{ ref('air_items') }}
    where in_index
),

days as (
    select
        a.*,
        a.aqi is not null as is_valid,
        coalesce(a.aqi <= r.air_good_day_max, false) as is_good,
        coalesce(a.aqi > r.air_heavy_day_above, false) as is_heavy
    from {{ days_of(ref('int_air_day_aqi')) }} as a
    inner join {{ ref('int_air_rules') }} as r on {{ in_force('a.rule_day', 'r') }}
),

counts as (
    select
        d.basis,
        d.place_kind,
        d.place_id,
        p.period_kind,
        p.period_start,
        p.edition,
        sum(case when d.category = 'excellent' then 1 else 0 end) as n_excellent,
        sum(case when d.category = 'good' then 1 else 0 end) as n_good,
        sum(case when d.category = 'lightly_polluted' then 1 else 0 end) as n_lightly,
        sum(case when d.category = 'moderately_polluted' then 1 else 0 end) as n_moderately,
        sum(case when d.category = 'heavily_polluted' then 1 else 0 end) as n_heavily,
        sum(case when d.category = 'severely_polluted' then 1 else 0 end) as n_severely,
        sum(case when d.is_good then 1 else 0 end) as n_good_days,
        sum(case when d.is_heavy then 1 else 0 end) as n_heavy_days,
        count(case when d.is_valid and d.n_suspect > 0 then 1 end) as n_suspect,
        min(d.provenance_rank) as provenance_rank
    from days as d
    inner join {{ days_of(ref('int_air_period'), 'period_start') }} as p
        on d.basis = p.basis and d.day >= p.scope_start and d.day <= p.scope_end
    group by d.basis, d.place_kind, d.place_id, p.period_kind, p.period_start, p.edition
),

shares as (
    select
        basis,
        place_kind,
        place_id,
        period_kind,
        period_start,
        edition,
        case when count(composite_share) = max(e.n_items) then sum(composite_share) end as composite_sum,
        min(n_valid) as composite_n_valid,
        max(n_suspect) as composite_n_suspect,
        case
            when bool_or(validity = 'pending') then 'pending'
            when count(composite_share) < max(e.n_items) then 'insufficient'
            when bool_or(validity = 'indicative') then 'indicative'
            else 'valid'
        end as composite_validity,
        case
            when edition = 'mixed' then 'two editions: their limits differ'
            when count(composite_share) < max(e.n_items)
                then concat('items with a figure: ', count(composite_share), ' of ', max(e.n_items))
            else max(case when validity = 'indicative' then validity_reason end)
        end as composite_reason
    from {{ days_of(ref('int_air_period_assessed'), 'period_start') }}
    cross join expected as e
    where variant = case when judged_without_dust then 'dust_excluded' else 'dust_included' end
    group by basis, place_kind, place_id, period_kind, period_start, edition
)

select
    p.*,
    c.place_kind,
    c.place_id,
    c.n_excellent,
    c.n_good,
    c.n_lightly,
    c.n_moderately,
    c.n_heavily,
    c.n_severely,
    c.n_good_days,
    c.n_heavy_days,
    case
        when v.validity in ('valid', 'indicative')
            then {{ round_even_by(exact_quotient('c.n_good_days * 100', 'v.n_valid'), 'r.air_share_decimals') }}
    end as good_days_share,
    case
        when v.validity in ('valid', 'indicative')
            then {{ round_even_by(exact_quotient('c.n_heavy_days * 100', 'v.n_valid'), 'r.air_share_decimals') }}
    end as heavy_days_share,
    {{ round_even_by('s.composite_sum', 'r.air_composite_decimals') }} as composite_index,
    coalesce(s.composite_n_valid, 0) as composite_n_valid,
    coalesce(s.composite_n_suspect, 0) as composite_n_suspect,
    coalesce(s.composite_validity, 'insufficient') as composite_validity,
    case coalesce(s.composite_validity, 'insufficient')
        when 'pending' then 'the period is not over'
        when 'insufficient' then coalesce(s.composite_reason, 'no item has a valid day')
        when 'indicative' then s.composite_reason
        else ''
    end as composite_reason,
    v.n_expected,
    v.n_valid,
    c.n_suspect,
    {{ validity_without_suspects('v.validity', compared) }} as validity,
    concat_ws(
        '; ', nullif({{ air_period_reason('days with an AQI') }}, ''),
        case
            when v.validity in ('valid', 'indicative') then {{ suspects_reason('c.n_suspect', 'days', compared) }}
        end
    ) as validity_reason,
    c.provenance_rank
from counts as c
inner join {{ days_of(ref('int_air_period_validity'), 'period_start') }} as v
    on
        c.basis = v.basis and c.place_kind = v.place_kind and c.place_id = v.place_id and v.item = 'aqi'
        and c.period_kind = v.period_kind and c.period_start = v.period_start and c.edition = v.edition
inner join {{ days_of(ref('int_air_period'), 'period_start') }} as p
    on
        c.basis = p.basis and c.period_kind = p.period_kind and c.period_start = p.period_start
        and c.edition = p.edition
inner join {{ ref('int_air_rules') }} as r on {{ in_force('p.rule_end', 'r') }}
left join shares as s
    on
        c.basis = s.basis and c.place_kind = s.place_kind and c.place_id = s.place_id
        and c.period_kind = s.period_kind and c.period_start = s.period_start and c.edition = s.edition
