{#-
  Trend terms of sections, rivers, subdistricts and the district. Two periods (the previous one, the same of last
  year): by the change of class shares where both have five sections or more, else by steps of the grade. Several
  years: Spearman's rank correlation of the annual values with time (Daniel's test, rules water_trend_*), for each
  item of a section and for the class shares of an area. A change is positive where the water is better; a correlation
  has the sign of the value's own rise.
-#}
{%- set place = ['place_kind', 'place_id'] %}
with graded as (
    select
        'site' as place_kind,
        site_id as place_id,
        site_name_zh as place_name_zh,
        period_kind,
        period_start,
        period_end,
        is_pending,
        case when validity in ('valid', 'indicative') then grade_rank end as grade_rank,
        case when validity in ('valid', 'indicative') then grade_zh end as grade_zh,
        cast(null as decimal(18, 6)) as share_difference,
        validity,
        provenance_rank
    from {{ ref('int_water_section_class') }}
    where period_kind <> 'year_to_date'
    union all
    select
        place_kind,
        place_id,
        place_name_zh,
        period_kind,
        period_start,
        period_end,
        validity = 'pending' as is_pending,
        grade_rank,
        grade_zh,
        case when grade_method = 'class_shares' then good_share_pct - share_worse_than_v_pct end as share_difference,
        validity,
        {{ provenance_rank('provenance') }} as provenance_rank
    from {{ ref('mart_water_area_period') }}
    where period_kind <> 'year_to_date'
),

comparisons as (
    select
        n.*,
        'previous_period' as comparison,
        case n.period_kind
            when 'month' then cast(n.period_start - interval 1 month as date)
            when 'quarter' then cast(n.period_start - interval 3 month as date)
            when 'year' then cast(n.period_start - interval 1 year as date)
        end as compared_start
    from graded as n
    union all
    select
        n.*,
        'last_year' as comparison,
        {{ months_after('n.period_start', -12) }} as compared_start
    from graded as n
    where n.period_kind <> 'year'
),

-- Where only one of the two periods has the sections for shares, both are compared by their grades.
pairs as (
    select
        n.*,
        -- Without a compared grade the method is that of this period.
        n.share_difference is not null and (b.share_difference is not null or b.grade_rank is null) as is_by_shares
    from comparisons as n
    left join graded as b
        on
            n.place_kind = b.place_kind and n.place_id = b.place_id and n.period_kind = b.period_kind
            and n.compared_start = b.period_start
),

two_periods as (
    select
        n.place_kind,
        n.place_id,
        n.place_name_zh,
        n.period_kind,
        n.period_start,
        n.period_end,
        n.comparison,
        'grade' as measure,
        '水质状况' as measure_zh,
        n.compared_start,
        n.grade_zh,
        b.grade_zh as compared_grade_zh,
        case when n.is_by_shares then 'class_shares' else 'grade_steps' end as method,
        case when n.is_by_shares then n.share_difference else n.grade_rank end as value,
        case when n.is_by_shares then b.share_difference else b.grade_rank end as compared_value,
        case when n.is_by_shares then n.share_difference - b.share_difference else b.grade_rank - n.grade_rank end
            as change,
        cast(null as decimal(9, 4)) as critical_value,
        2 as n_expected,
        case when n.grade_rank is not null then 1 else 0 end + case when b.grade_rank is not null then 1 else 0 end
            as n_valid,
        n.is_pending,
        n.validity <> 'valid' or b.validity <> 'valid' as is_indicative,
        case
            when n.is_pending then {{ reason('period_kind_not_over', {'words': "concat('@', n.period_kind)"}) }}
            when n.grade_rank is null then {{ reason('no_grade') }}
            when b.grade_rank is null then {{ reason('no_grade_to_compare') }}
            when n.validity <> 'valid' or b.validity <> 'valid' then {{ reason('grade_indicative') }}
            else ''
        end as validity_reason,
        least(n.provenance_rank, b.provenance_rank) as provenance_rank
    from pairs as n
    left join graded as b
        on
            n.place_kind = b.place_kind and n.place_id = b.place_id and n.period_kind = b.period_kind
            and n.compared_start = b.period_start
),

annual as (
    select
        'site' as place_kind,
        c.site_id as place_id,
        s.site_name_zh as place_name_zh,
        c.period_start,
        c.period_end,
        c.parameter as measure,
        c.item_zh as measure_zh,
        c.assessed_value as value,
        l.limit_low is not null as is_more_better,
        s.validity,
        c.provenance_rank
    from {{ ref('int_water_item_class') }} as c
    inner join {{ ref('int_water_section_class') }} as s
        on c.period_kind = s.period_kind and c.period_start = s.period_start and c.site_id = s.site_id
    inner join {{ ref('gb3838_limits') }} as l
        on
            c.parameter = l.parameter and c.water_type = l.water_type
            and c.water_exceedance_class_rank = l.class_rank and {{ in_force('c.period_end', 'l') }}
    -- An item with two limits (pH) is not better for rising or falling.
    where
        c.period_kind = 'year' and s.validity in ('valid', 'indicative') and c.is_sufficient and c.in_class_assessment
        and (l.limit_low is null or l.limit_high is null)
    {%- for measure, measure_zh, column, is_more_better in [
        ('good_share', '优良水体比例', 'good_share_pct', 'true'),
        ('worse_than_v_share', '劣Ⅴ类断面比例', 'share_worse_than_v_pct', 'false')
    ] %}
        union all
        select
            place_kind,
            place_id,
            place_name_zh,
            period_start,
            period_end,
            '{{ measure }}' as measure,
            '{{ measure_zh }}' as measure_zh,
            {{ column }} as value,
            {{ is_more_better }} as is_more_better,
            validity,
            {{ provenance_rank('provenance') }} as provenance_rank
        from {{ ref('mart_water_area_period') }}
        where period_kind = 'year' and {{ column }} is not null
    {%- endfor %}
),

series as (
    select
        y.*,
        e.period_start as last_start,
        -- Ranks are doubled so that shared ones (the mean of their ranks) stay whole; n_equal corrects for them.
        {{ doubled_rank('y.value', 'y.place_kind, y.place_id, y.measure, e.period_start') }}
        - {{ doubled_rank('y.period_start', 'y.place_kind, y.place_id, y.measure, e.period_start') }}
            as difference,
        count(*) over (partition by y.place_kind, y.place_id, y.measure, e.period_start, y.value) as n_equal
    from annual as y
    inner join annual as e
        on
            y.place_kind = e.place_kind and y.place_id = e.place_id and y.measure = e.measure
            and y.period_start <= e.period_start
),

correlated as (
    select
        {{ place | join(', ') }},
        measure,
        last_start,
        count(*) as n_values,
        min(period_start) as first_start,
        min(case when validity = 'valid' then 1 else 0 end) = 0 as is_indicative,
        {{ rank_correlation('sum(difference * difference)', 'sum(n_equal * n_equal - 1)', 'count(*)') }} as correlation,
        min(provenance_rank) as provenance_rank
    from series
    group by {{ place | join(', ') }}, measure, last_start
),

series_lengths as (
    select distinct
        n_values,
        last_start
    from correlated
),

-- A number of years that the table lacks takes the row of the next smaller one: stricter.
table_rows as (
    select
        s.n_values,
        s.last_start,
        max(t.n_values) as table_values
    from series_lengths as s
    inner join {{ ref('water_trend_critical_values') }} as t on s.n_values >= t.n_values
    group by s.n_values, s.last_start
),

critical as (
    select
        n.n_values,
        n.last_start,
        c.critical_value
    from table_rows as n
    inner join {{ ref('int_water_rules') }} as r on {{ in_force('n.last_start', 'r') }}
    inner join {{ ref('water_trend_critical_values') }} as c
        on
            n.table_values = c.n_values and r.water_trend_significance = c.significance
            and {{ in_force('n.last_start', 'c') }}
),

several_years as (
    select
        y.place_kind,
        y.place_id,
        y.place_name_zh,
        'year' as period_kind,
        y.period_start,
        y.period_end,
        'several_years' as comparison,
        y.measure,
        y.measure_zh,
        c.first_start as compared_start,
        cast(null as varchar) as grade_zh,
        cast(null as varchar) as compared_grade_zh,
        'rank_correlation' as method,
        y.value,
        f.value as compared_value,
        case
            when c.n_values >= r.water_trend_min_years
                then {{ round_even_by('c.correlation', 'r.water_trend_decimals') }}
        end as change,
        k.critical_value,
        greatest(cast(r.water_trend_min_years as bigint), c.n_values) as n_expected,
        c.n_values as n_valid,
        false as is_pending,
        c.is_indicative,
        case
            when c.n_values < r.water_trend_min_years
                then {{ reason('annual_values', 'c.n_values', 'cast(r.water_trend_min_years as bigint)') }}
            when c.correlation is null then {{ reason('annual_values_equal') }}
            when c.is_indicative then {{ reason('annual_value_indicative') }}
            else ''
        end as validity_reason,
        c.provenance_rank,
        y.is_more_better
    from annual as y
    inner join correlated as c
        on
            y.place_kind = c.place_kind and y.place_id = c.place_id and y.measure = c.measure
            and y.period_start = c.last_start
    inner join annual as f
        on
            y.place_kind = f.place_kind and y.place_id = f.place_id and y.measure = f.measure
            and c.first_start = f.period_start
    inner join {{ ref('int_water_rules') }} as r on {{ in_force('y.period_end', 'r') }}
    left join critical as k on c.n_values = k.n_values and c.last_start = k.last_start
),

compared as (
    select
        *,
        true as is_more_better
    from two_periods
    union all
    select * from several_years
)

select
    c.place_kind,
    c.place_id,
    c.place_name_zh,
    c.period_kind,
    c.period_start,
    c.period_end,
    c.comparison,
    c.measure,
    c.measure_zh,
    c.compared_start,
    c.method,
    c.grade_zh,
    c.compared_grade_zh,
    cast(c.value as decimal(18, 6)) as value,
    cast(c.compared_value as decimal(18, 6)) as compared_value,
    cast(c.change as decimal(18, 6)) as change,
    cast(c.critical_value as decimal(18, 6)) as critical_value,
    case
        when t.size = 'none' then 'no_clear_change'
        when t.size is not null
            then concat(
                    case t.size when 'clear' then 'clearly_' else '' end,
                    case when (c.change > 0) = c.is_more_better then 'better' else 'worse' end
                )
    end as trend,
    case when (c.change > 0) = c.is_more_better then t.better_zh else t.worse_zh end as trend_zh,
    cast(c.n_expected as bigint) as n_expected,
    cast(c.n_valid as bigint) as n_valid,
    {{ coverage('c.n_valid', 'c.n_expected') }} as coverage,
    case
        when c.is_pending then 'pending'
        when c.change is null then 'insufficient'
        when c.is_indicative then 'indicative'
        else 'valid'
    end as validity,
    c.validity_reason,
    '环办〔2011〕22号' as standard,
    coalesce(t.clause, 'trend of water quality') as clause,
    {{ provenance_of_rank('c.provenance_rank') }} as provenance
from compared as c
left join {{ ref('water_trend_terms') }} as t
    on
        c.method = t.method and c.change is not null and {{ in_force('c.period_end', 't') }}
        and case
            when c.method = 'rank_correlation'
                then t.size = case when abs(c.change) >= c.critical_value then 'clear' else 'none' end
            else
                (t.change_above is null or abs(c.change) > t.change_above)
                and (t.change_up_to is null or abs(c.change) <= t.change_up_to)
        end
