{#-
  One judgement for all that the plan promises in figures. The status is judged on the full-year value of the target
  year: on_track or at_risk until that year is over, met or missed afterwards; a promise of each year (stable attainment,
  what is kept) on every year of the plan, and on the latest that breaks it. Later years and the year to date are next to
  it and are never compared. No status comes from insufficient data.
-#}
{#- A list is one text with '; ' between its items and is not compared whole. -#}
{%- set is_comparable_standard -%}
    position(concat('; ', t.comparable_standard, '; ') in concat('; ', f.standard, '; ')) > 0
{%- endset %}
with figures as (
    select *
    from {{ ref('int_plan_values') }}
),

targets as (
    select
        t.*,
        t.target_year_end <= {{ last_complete_day() }} as is_over,
        t.judged_operator is not null and t.judged_against is not null as is_set,
        least(t.target_year, cast(extract(year from {{ last_complete_day() }} + 1) as bigint) - 1) as last_judged_year,
        -- What is counted from zero has the year before the plan as its start.
        case when t.counts_from_zero then t.first_year - 1 else t.baseline_year end as pace_year,
        case when t.counts_from_zero then 0 else t.baseline_value end as pace_value,
        coalesce(s.domain_state, 'fresh') as domain_state
    from {{ ref('int_plan_targets') }} as t
    left join {{ ref('int_domain_states') }} as s on t.domain = s.domain
),

-- Every full year next to its target: whether it may be compared, and whether it attains it.
full_years as (
    select
        f.*,
        t.is_judged_each_year,
        t.is_over,
        t.target_year,
        t.first_year,
        t.last_judged_year,
        coalesce(
            f.method = 'measured' and t.comparable_standard is not null
            and not ({{ is_comparable_standard }}), false
        ) as is_other_standard,
        coalesce(
            f.is_usable and f.unit = t.unit and (
                f.method <> 'measured' or t.comparable_standard is null
                or {{ is_comparable_standard }}
            ), false
        ) as is_comparable,
        {{ attains('t.judged_operator', 'f.value', 't.judged_against') }} as is_attaining
    from figures as f
    inner join targets as t on f.plan_id = t.plan_id and f.promise_id = t.promise_id
    where f.is_preferred and f.period_kind = 'year'
),

latest as (
    select
        f.*,
        row_number() over (partition by f.plan_id, f.promise_id order by f.year desc) as nth
    from full_years as f
    where f.is_usable
),

-- The newest full year up to the target year: what the pace and the change still needed are counted from.
reached as (
    select
        f.*,
        row_number() over (partition by f.plan_id, f.promise_id order by f.year desc) as nth
    from full_years as f
    where f.is_usable and f.year <= f.last_judged_year
),

-- The year that is judged: the target year once it is over, until then the latest full year; of a promise of each year
-- the latest that breaks it, else the latest.
judged as (
    select
        f.*,
        row_number() over (
            partition by f.plan_id, f.promise_id
            order by
                case
                    when f.is_judged_each_year and f.is_comparable and not coalesce(f.is_attaining, true) then 0 else 1
                end,
                case when f.is_judged_each_year and not f.is_usable then 1 else 0 end,
                f.year desc
        ) as nth
    from full_years as f
    where
        (f.is_judged_each_year and f.year between f.first_year and f.last_judged_year)
        or (not f.is_judged_each_year and f.is_over and f.year = f.target_year)
        or (not f.is_judged_each_year and not f.is_over and f.is_usable and f.year < f.target_year)
),

years as (
    select cast(extract(year from period_start) as bigint) as year
    from {{ ref('int_year_periods') }}
    where period_kind = 'year'
),

every_year as (
    select
        t.plan_id,
        t.promise_id,
        {{ joined("case when not coalesce(f.is_comparable, false) then cast(y.year as string) end", ', ', 'y.year') }}
            as years_missing,
        {{ joined("case when f.is_comparable and not f.is_attaining then cast(y.year as string) end", ', ', 'y.year') }}
            as years_broken
    from targets as t
    inner join years as y on y.year between t.first_year and t.last_judged_year
    left join full_years as f on t.plan_id = f.plan_id and t.promise_id = f.promise_id and y.year = f.year
    where t.is_judged_each_year
    group by t.plan_id, t.promise_id
),

attained as (
    select
        plan_id,
        promise_id,
        min(year) as attained_year
    from full_years
    where is_comparable and is_attaining
    group by plan_id, promise_id
),

to_date as (
    select
        f.*,
        row_number() over (partition by f.plan_id, f.promise_id order by f.period_start desc) as nth
    from figures as f
    where f.is_preferred and f.period_kind = 'year_to_date'
),

not_compared as (
    -- Variants that are shown with the indicator and are never compared with its target.
    select distinct
        plan_id,
        promise_id,
        variant
    from figures
    where value is not null
),

compared as (
    select
        t.*,
        r.plan_pace_decimals as pace_decimals,
        l.year as latest_year,
        l.value as latest_value,
        l.variant as latest_variant,
        l.method as latest_method,
        j.year as judged_year,
        case when j.is_usable then j.value end as judged_value,
        coalesce(j.variant, l.variant) as value_variant,
        coalesce(j.method, l.method) as value_method,
        coalesce(j.unit, l.unit) as value_unit,
        coalesce(j.n_expected, l.n_expected) as n_expected,
        coalesce(j.n_valid, l.n_valid) as n_valid,
        case when j.promise_id is null then l.n_suspect else j.n_suspect end as n_suspect,
        coalesce(j.coverage, l.coverage) as coverage,
        coalesce(j.validity, l.validity) as validity,
        j.validity_reason,
        coalesce(j.standard, l.standard) as standard,
        coalesce(j.clause, l.clause) as clause,
        coalesce(j.provenance, l.provenance) as provenance,
        d.value as year_to_date_value,
        d.validity as year_to_date_validity,
        d.standard as year_to_date_standard,
        d.period_start as year_to_date_start,
        d.period_end as year_to_date_end,
        b.variant is not null as has_incomparable,
        e.years_missing,
        e.years_broken,
        g.attained_year,
        c.cause,
        coalesce(j.is_other_standard, false) as is_other_standard,
        j.is_attaining as is_attained,
        x.year as reached_year,
        x.value as reached_value,
        x.is_attaining as reached_attains,
        coalesce({{ attains('t.judged_operator', 't.pace_value', 't.judged_against') }}, false) as start_attains,
        t.pace_value is not null and j.year >= t.pace_year
        and not coalesce({{ attains('t.judged_operator', 't.pace_value', 't.judged_against') }}, false) as has_pace,
        {{ gain('j.value - t.pace_value', 't.better') }} * (t.target_year - t.pace_year)
        >= {{ gain('t.judged_against - t.pace_value', 't.better') }} * (j.year - t.pace_year) as is_on_pace,
        n.variant as trend_variant,
        n.method as trend_method,
        coalesce(n.n_years, 0) as trend_years,
        n.first_year as trend_first_year,
        n.last_year as trend_last_year,
        n.projection,
        n.projection_low,
        n.projection_high,
        n.projection_level,
        n.largest_gain,
        case
            when t.target_operator = 'meets' then 'a text has no trend'
            else coalesce(n.projection_reason, 'no annual values before the target year')
        end as projection_reason,
        {{ attains('t.judged_operator', 'n.projection', 't.judged_against') }} as projection_attains,
        {{ attains(
            't.judged_operator',
            "case when t.better = 'lower' then n.projection_low else n.projection_high end",
            't.judged_against'
        ) }} as interval_attains
    from targets as t
    inner join {{ ref('int_plan_rules') }} as r on {{ in_force(last_complete_day(), 'r') }}
    left join latest as l on t.plan_id = l.plan_id and t.promise_id = l.promise_id and l.nth = 1
    left join reached as x on t.plan_id = x.plan_id and t.promise_id = x.promise_id and x.nth = 1
    left join judged as j on t.plan_id = j.plan_id and t.promise_id = j.promise_id and j.nth = 1
    left join every_year as e on t.plan_id = e.plan_id and t.promise_id = e.promise_id
    left join attained as g on t.plan_id = g.plan_id and t.promise_id = g.promise_id
    left join {{ ref('int_plan_causes') }} as c
        on t.area_code = '{{ sql_text("area_code") }}' and t.promise_id = c.indicator_id and j.year = c.year
    left join to_date as d on t.plan_id = d.plan_id and t.promise_id = d.promise_id and d.nth = 1
    left join not_compared as b
        on t.plan_id = b.plan_id and t.promise_id = b.promise_id and t.incomparable_variant = b.variant
    left join {{ ref('int_plan_trend') }} as n on t.plan_id = n.plan_id and t.promise_id = n.promise_id
),

decided as (
    select
        *,
        case
            when domain_state = 'empty' then 'no_data'
            when not is_set then 'target_not_set'
            when latest_year is null and judged_year is null and has_incomparable then 'not_comparable'
            when latest_year is null and judged_year is null and unmeasured_reason is not null then 'not_measured'
            when latest_year is null and judged_year is null then 'no_data'
            when lacks_baseline_scope then 'not_comparable'
            when value_unit <> unit then 'not_comparable'
            when is_other_standard then 'not_comparable'
            when judged_value is null and has_incomparable then 'not_comparable'
            when judged_value is null then 'insufficient_data'
            when is_judged_each_year and is_attained and years_missing is not null then 'insufficient_data'
            when is_over and is_attained then 'met'
            when is_over then 'missed'
            when is_judged_each_year and not is_attained then 'at_risk'
            when is_attained or (has_pace and is_on_pace) or (not has_pace and projection_attains) then 'on_track'
            else 'at_risk'
        end as status,
        case
            when not is_set then 'the target is not set'
            when lacks_baseline_scope
                then concat('scope and factors of the baseline of ', cast(baseline_year as string), ' are not declared')
            when pace_value is null or pace_year is null then 'the plan gives no baseline'
            when reached_value is null then 'no full-year value up to the target year'
            when value_unit <> unit then concat('the value is in ', value_unit, ', the plan in ', unit)
            when reached_year <= pace_year then 'no full-year value after the baseline'
        end as no_pace_so_far,
        case
            when validity = 'indicative' then concat_ws(': ', 'the value is indicative', nullif(validity_reason, ''))
        end as caveat,
        case
            when
                reached_value is not null and reached_year < target_year and not coalesce(reached_attains, false)
                and is_set and not lacks_baseline_scope and coalesce(value_unit = unit, false)
                then {{ round_even_by(
                    exact_quotient(gain('judged_against - reached_value', 'better'), 'target_year - reached_year'),
                    'pace_decimals'
                ) }}
        end as needed_gain
    from compared
)

select
    *,
    case
        when is_set and not lacks_baseline_scope and start_attains
            then concat('already attained in ', cast(pace_year as string))
        else coalesce(no_pace_so_far, '')
    end as pace_reason,
    case
        when pace_value is not null and is_set and not lacks_baseline_scope and not start_attains
            then {{ round_even_by(
                exact_quotient('judged_against - pace_value', 'target_year - pace_year'), 'pace_decimals'
            ) }}
    end as pace_needed,
    case
        when no_pace_so_far is null
            then {{ round_even_by(
                exact_quotient('reached_value - pace_value', 'reached_year - pace_year'), 'pace_decimals'
            ) }}
    end as pace_so_far,
    case
        when is_over or not is_set or lacks_baseline_scope then null
        when reached_value is null or not coalesce(value_unit = unit, false) then null
        when is_judged_each_year and not is_attained then false
        when is_judged_each_year and years_missing is not null then null
        when reached_attains then true
        when largest_gain is null and interval_attains is null then null
        else coalesce(needed_gain <= largest_gain, false) or coalesce(interval_attains, false)
    end as can_still_be_met,
    case
        when is_over then 'target year is over'
        when not is_set then 'the target is not set'
        when lacks_baseline_scope then no_pace_so_far
        when reached_value is null or not coalesce(value_unit = unit, false)
            then 'no full-year value in the unit of the plan'
        when is_judged_each_year and not is_attained then concat('not attained in ', years_broken)
        when is_judged_each_year and years_missing is not null then concat('no value to judge of ', years_missing)
        when is_judged_each_year then 'attained in each year so far'
        when reached_attains then concat('already attained in ', cast(reached_year as string))
        when largest_gain is null and interval_attains is null then 'too few annual values of one series'
        when needed_gain <= largest_gain then 'the yearly change needed is within the largest seen'
        when interval_attains then 'the target lies within the interval of the projection'
        else 'the yearly change needed is above the largest seen and the target outside the interval'
    end as can_still_be_met_reason,
    case
        when domain_state = 'empty' then 'held'
        when status = 'target_not_set' then 'the municipality sets the number and nobody has entered it'
        when status = 'not_measured' then unmeasured_reason
        when status = 'no_data' and value_item <> ''
            then concat(
                    'no return reports it: ', value_item, ' with plan_ref ', ref_prefix, 'commitment:', promise_id
                )
        when status = 'no_data' then 'nothing feeds it yet'
        when status = 'not_comparable' and lacks_baseline_scope and is_municipal
            then concat(
                    'the entered target of ', {{ plain_number('judged_against') }}, ' ', unit, ' is judged once scope',
                    ' and factors of the baseline of ', cast(baseline_year as string),
                    ' are declared (plan_baseline_scopes)'
                )
        when status = 'not_comparable' and lacks_baseline_scope then no_pace_so_far
        when status = 'not_comparable' and value_unit <> unit
            then concat('the value is in ', value_unit, ', the plan in ', unit)
        when status = 'not_comparable' and is_other_standard
            then concat('the value follows ', standard, ', the target ', comparable_standard)
        when status = 'not_comparable' then concat('only delivered as ', incomparable_variant)
        when status = 'insufficient_data' and judged_year is null and is_over
            then concat(
                    'no full-year value of ', cast(target_year as string), '; the latest full year is ',
                    cast(latest_year as string)
                )
        when status = 'insufficient_data' and judged_year is null
            then concat('no full-year value before ', cast(target_year as string))
        when status = 'insufficient_data' and judged_value is null
            then concat_ws('; ', concat(cast(judged_year as string), ': ', validity), nullif(validity_reason, ''))
        when status = 'insufficient_data'
            then concat('attained where there is a value, but it is of each year and none is there of ', years_missing)
        when domain_state = 'held' then 'judged on the tables of an earlier release: the domain is held'
        when status = 'on_track' and not is_attained and has_pace then 'not attained yet, on or ahead of an even pace'
        when status = 'on_track' and not is_attained then 'not attained yet; its trend leads to the target'
        when status in ('at_risk', 'missed') and is_judged_each_year
            then concat_ws('; ', concat('not attained in ', years_broken), cause, caveat)
        when status = 'missed' and cause is not null then concat_ws('; ', cause, caveat)
        when status = 'at_risk' and has_pace then concat_ws('; ', 'not attained yet, behind an even pace', cause)
        when status = 'at_risk' and start_attains
            then concat_ws(
                    '; ',
                    concat('attained in ', cast(pace_year as string), ', not in ', cast(judged_year as string)),
                    cause
                )
        when status = 'at_risk' and projection is null
            then concat_ws('; ', concat('not attained yet; ', projection_reason), cause)
        when status = 'at_risk' then concat_ws('; ', 'not attained yet, and no trend leads to the target', cause)
        else coalesce(caveat, validity_reason, '')
    end as status_reason
from decided
