{#-
  The 22 indicators of the plan: baseline, target, latest full year, status. The status is judged on the full-year
  value of the target year: on_track or at_risk until that year is over, met or missed afterwards. Later years and the
  year to date stand beside it and are never compared. No status comes from insufficient data.
-#}
with figures as (
    select *
    from {{ ref('mart_indicator_values') }}
    where area_code = '{{ var("area_code") }}'
),

full_years as (
    select
        f.*,
        extract(year from f.period_start) as year,
        f.value is not null and f.validity in ('valid', 'indicative') as is_usable
    from figures as f
    where f.is_preferred and f.period_kind = 'year'
),

targets as (
    select
        t.*,
        t.target_year_end <= {{ last_complete_day() }} as is_over,
        t.judged_operator is not null and t.judged_against is not null as is_set,
        coalesce(s.domain_state, 'fresh') as domain_state
    from {{ ref('int_plan_targets') }} as t
    left join {{ ref('int_domain_states') }} as s on t.domain = s.domain
),

latest as (
    select
        f.*,
        row_number() over (partition by f.indicator_id order by f.year desc) as nth
    from full_years as f
    where f.is_usable
),

-- The year that is judged: the target year once it is over, until then the latest full year.
judged as (
    select
        f.*,
        row_number() over (partition by f.indicator_id order by f.year desc) as nth
    from full_years as f
    inner join targets as t on f.indicator_id = t.indicator_id
    where (t.is_over and f.year = t.target_year) or (not t.is_over and f.is_usable and f.year < t.target_year)
),

to_date as (
    select
        f.*,
        row_number() over (partition by f.indicator_id order by f.period_start desc) as nth
    from figures as f
    where f.is_preferred and f.period_kind = 'year_to_date'
),

beside as (
    -- Variants that stand beside the indicator and are never compared with its target.
    select distinct
        f.indicator_id,
        f.variant
    from figures as f
    where f.value is not null
),

compared as (
    select
        t.*,
        l.year as latest_year,
        l.value as latest_value,
        j.year as judged_year,
        case when j.is_usable then j.value end as judged_value,
        coalesce(j.variant, l.variant) as value_variant,
        coalesce(j.unit, l.unit) as value_unit,
        coalesce(j.coverage, l.coverage) as coverage,
        coalesce(j.validity, l.validity) as validity,
        j.validity_reason,
        coalesce(j.standard, l.standard) as standard,
        coalesce(j.clause, l.clause) as clause,
        coalesce(j.provenance, l.provenance) as provenance,
        d.value as year_to_date_value,
        d.period_start as year_to_date_start,
        d.period_end as year_to_date_end,
        b.variant is not null as has_incomparable,
        case t.judged_operator
            when '<=' then j.value <= t.judged_against
            when '<' then j.value < t.judged_against
            when '>=' then j.value >= t.judged_against
            when '>' then j.value > t.judged_against
        end as is_attained,
        case
            when t.baseline_value is null or t.baseline_year is null or j.year < t.baseline_year then false
            when t.better = 'lower'
                then (j.value - t.baseline_value) * (t.target_year - t.baseline_year)
                    <= (t.judged_against - t.baseline_value) * (j.year - t.baseline_year)
            else (j.value - t.baseline_value) * (t.target_year - t.baseline_year)
                >= (t.judged_against - t.baseline_value) * (j.year - t.baseline_year)
        end as is_on_pace
    from targets as t
    left join latest as l on t.indicator_id = l.indicator_id and l.nth = 1
    left join judged as j on t.indicator_id = j.indicator_id and j.nth = 1
    left join to_date as d on t.indicator_id = d.indicator_id and d.nth = 1
    left join beside as b on t.indicator_id = b.indicator_id and t.incomparable_variant = b.variant
),

decided as (
    select
        *,
        case
            when domain_state = 'empty' then 'no_data'
            when not is_set then 'target_not_set'
            when latest_year is null and judged_year is null and has_incomparable then 'not_comparable'
            when latest_year is null and judged_year is null then 'no_data'
            when lacks_baseline_scope then 'not_comparable'
            when value_unit <> unit then 'not_comparable'
            when judged_value is null and has_incomparable then 'not_comparable'
            when judged_value is null then 'insufficient_data'
            when is_over and is_attained then 'met'
            when is_over then 'missed'
            when is_attained or is_on_pace then 'on_track'
            else 'at_risk'
        end as status
    from compared
)

select
    d.indicator_id,
    d.seq,
    d.theme_zh,
    d.name_zh,
    d.unit,
    d.obligation,
    d.baseline_year,
    d.baseline_value,
    case when d.baseline_value is not null then 'plan' end as baseline_provenance,
    d.target_year,
    d.target_operator,
    cast(d.judged_against as decimal(18, 6)) as target_value,
    d.judged_operator,
    d.target_text_zh,
    d.target_source,
    cast(d.latest_year as bigint) as latest_year,
    d.latest_value,
    cast(d.judged_year as bigint) as judged_year,
    d.judged_value,
    d.value_variant,
    d.year_to_date_value,
    d.year_to_date_start,
    d.year_to_date_end,
    d.status,
    w.name_zh as status_zh,
    case
        when d.domain_state = 'empty' then 'held'
        when d.status = 'target_not_set' then 'the municipality sets the number and nobody has entered it'
        when d.status = 'no_data' then 'nothing feeds it yet'
        when d.status = 'not_comparable' and d.lacks_baseline_scope
            then concat('scope and factors of the baseline of ', cast(d.baseline_year as string), ' are not declared')
        when d.status = 'not_comparable' and d.value_unit <> d.unit
            then concat('the value is in ', d.value_unit, ', the plan in ', d.unit)
        when d.status = 'not_comparable' then concat('only delivered as ', d.incomparable_variant)
        when d.status = 'insufficient_data' and d.judged_year is null and d.is_over
            then concat(
                    'no full-year value of ', cast(d.target_year as string), '; the latest full year is ',
                    cast(d.latest_year as string)
                )
        when d.status = 'insufficient_data' and d.judged_year is null
            then concat('no full-year value before ', cast(d.target_year as string))
        when d.status = 'insufficient_data'
            then concat(cast(d.judged_year as string), ': ', d.validity, '; ', d.validity_reason)
        when d.domain_state = 'held' then 'judged on the tables of an earlier release: the domain is held'
        when d.status = 'on_track' and not d.is_attained then 'not attained yet, on or ahead of an even pace'
        else coalesce(d.validity_reason, '')
    end as status_reason,
    d.note_zh,
    d.coverage,
    d.validity,
    d.standard,
    d.clause,
    d.domain,
    d.domain_state,
    coalesce(d.provenance, 'plan') as provenance
from decided as d
inner join {{ ref('status_words') }} as w on d.status = w.status
