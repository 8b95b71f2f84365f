{#-
  The trend of each promise before its target year, from annual values of one series only (measured and reported are
  different methods): the least-squares line projected to the target year with its prediction interval, both cut off at
  what is possible (a share ends at 0 and 100 %), and the largest yearly gain seen. The series with most years counts,
  the judged one on a tie.
-#}
with points as (
    select
        v.plan_id,
        v.promise_id,
        v.variant,
        v.method,
        v.year,
        v.year - t.target_year as u,
        v.value as y,
        t.better,
        t.range_low,
        t.range_high,
        r.plan_projection_decimals as decimals,
        r.plan_projection_level as level,
        cast(r.plan_projection_min_years as bigint) as min_years,
        v.value - min(v.value) over (partition by v.plan_id, v.promise_id, v.variant) as above_least,
        lag(v.year) over (partition by v.plan_id, v.promise_id, v.variant order by v.year) as year_before,
        lag(v.value) over (partition by v.plan_id, v.promise_id, v.variant order by v.year) as y_before,
        case when v.variant = t.judged_variant then 0 else 1 end as place
    from {{ ref('int_plan_values') }} as v
    inner join {{ ref('int_plan_targets') }} as t on v.plan_id = t.plan_id and v.promise_id = t.promise_id
    inner join {{ ref('int_plan_rules') }} as r on {{ in_force(last_complete_day(), 'r') }}
    where
        v.is_usable and v.is_series and coalesce(t.target_operator, '') <> 'meets'
        and v.year < t.target_year and v.year >= t.target_year - r.plan_projection_window_years
        and (t.series_from_year is null or v.year >= t.series_from_year)
),

summed as (
    select
        plan_id,
        promise_id,
        variant,
        method,
        place,
        range_low,
        range_high,
        decimals,
        level,
        min_years,
        count(*) as n,
        min(year) as first_year,
        max(year) as last_year,
        sum(u) as sum_u,
        sum(u * u) as sum_uu,
        sum(y) as sum_y,
        sum(u * y) as sum_uy,
        max(above_least) as widest,
        sum({{ scaled_integer('above_least') }}) as sum_z,
        sum({{ scaled_integer('above_least') }} * {{ scaled_integer('above_least') }}) as sum_zz,
        sum(u * {{ scaled_integer('above_least') }}) as sum_uz,
        max(case when year_before = year - 1 then {{ gain('y - y_before', 'better') }} end) as largest_gain
    from points
    group by plan_id, promise_id, variant, method, place, range_low, range_high, decimals, level, min_years
),

chosen as (
    select
        *,
        row_number() over (partition by plan_id, promise_id order by -n, place, variant) as nth
    from summed
),

projected as (
    select
        c.*,
        q.quantile,
        case
            when c.n >= c.min_years then {{ line_at_zero('c.n', 'c.sum_u', 'c.sum_uu', 'c.sum_y', 'c.sum_uy') }}
        end as line,
        case
            when c.n >= c.min_years and c.widest < {{ widest_exact() }}
                then {{ half_width_at_zero(
                    'q.quantile', 'c.n', 'c.sum_u', 'c.sum_uu', 'c.sum_z', 'c.sum_zz', 'c.sum_uz'
                ) }}
        end as half_width
    from chosen as c
    left join {{ ref('student_t_quantiles') }} as q on c.level = q.level and c.n - 2 = q.degrees_of_freedom
    where c.nth = 1
),

rounded as (
    select
        *,
        {{ round_even_by('line', 'decimals') }} as projection,
        {{ round_even_by('line - half_width', 'decimals') }} as projection_low,
        {{ round_even_by('line + half_width', 'decimals') }} as projection_high
    from projected
)

select
    plan_id,
    promise_id,
    variant,
    method,
    n as n_years,
    cast(first_year as bigint) as first_year,
    cast(last_year as bigint) as last_year,
    -- An end of the range that is null is open.
    {%- for value in ['projection', 'projection_low', 'projection_high'] %}
        case
            when {{ value }} < range_low then range_low
            when {{ value }} > range_high then range_high
            else {{ value }}
        end as {{ value }},
    {%- endfor %}
    cast(level as decimal(9, 4)) as projection_level,
    largest_gain,
    concat_ws(
        '; ',
        case
            when n < min_years
                then concat(
                        'only ', cast(n as string), ' of ', cast(min_years as string), ' annual values, ', method
                    )
            when quantile is null
                then concat('no quantile declared for the level ', cast(cast(level as decimal(9, 4)) as string))
            when half_width is null then 'the values lie too far apart for an exact interval'
        end,
        case
            when projection < range_low or projection > range_high
                then concat('the line leads to ', {{ plain_number('projection') }}, ', cut off at what is possible')
            when projection_low < range_low or projection_high > range_high
                then 'the interval is cut off at what is possible'
        end
    ) as projection_reason
from rounded
