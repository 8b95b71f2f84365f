{#- Every limit that a value can be held to: those of the networks, and the numbers of single sites (site_id). -#}
with conditions as (
    select
        network_id,
        limit_id,
        count(*) as n_conditions
    from {{ source('clean', 'declared_network_condition') }}
    group by network_id, limit_id
)

select
    l.network_id,
    cast(null as varchar) as site_id,
    l.limit_id,
    l.parameter,
    coalesce(l.figure_id, '') as figure_id,
    nullif(l.grade, '') as grade,
    case when nullif(l.grade, '') is not null then l.grade_rank end as grade_rank,
    l.limit_text,
    l.low,
    coalesce(l.low_closed, false) as low_closed,
    l.high,
    coalesce(l.high_closed, false) as high_closed,
    coalesce(l.is_outside, false) as is_outside,
    l.word_number,
    coalesce(l.high_parameter, '') as high_parameter,
    l.high_factor,
    -- The number of another parameter is the upper end, or the lower one where the operator is >=.
    l.low is null and coalesce(l.low_closed, false) and not coalesce(l.high_closed, false) as is_low_end,
    coalesce(l.months, '') as months,
    l.hour_from,
    l.hour_to,
    l.unit,
    l.standard,
    l.clause,
    l.valid_from,
    l.valid_to,
    l.certainty,
    l.effect,
    coalesce(c.n_conditions, 0) as n_conditions
from {{ source('clean', 'declared_network_limit') }} as l
left join conditions as c on l.network_id = c.network_id and l.limit_id = c.limit_id
union all
select
    s.network_id,
    s.site_id,
    concat_ws(
        ':', 'site', s.site_id, s.parameter, coalesce(s.figure_id, ''), s.operator,
        coalesce(cast(s.month_from as varchar), ''), cast(s.valid_from as varchar)
    ) as limit_id,
    s.parameter,
    coalesce(s.figure_id, '') as figure_id,
    cast(null as varchar) as grade,
    null as grade_rank,
    concat(s.operator, ' ', {{ plain_number('s.value') }}) as limit_text,
    case when s.operator in ('>=', '>') then s.value end as low,
    s.operator = '>=' as low_closed,
    case when s.operator in ('<=', '<') then s.value end as high,
    s.operator = '<=' as high_closed,
    false as is_outside,
    null as word_number,
    '' as high_parameter,
    null as high_factor,
    false as is_low_end,
    {{ months_as_text('s.month_from', 's.month_to') }} as months,
    null as hour_from,
    null as hour_to,
    coalesce(f.unit, p.unit) as unit,
    coalesce(nullif(s.document, ''), 'entered for the site') as standard,
    'own number of the site' as clause,
    s.valid_from,
    s.valid_to,
    'high' as certainty,
    'exceedance' as effect,
    0 as n_conditions
from {{ source('clean', 'declared_site_limit') }} as s
inner join {{ source('clean', 'declared_network_parameter') }} as p
    on s.network_id = p.network_id and s.parameter = p.parameter
left join {{ source('clean', 'declared_network_figure') }} as f
    on s.network_id = f.network_id and s.parameter = f.parameter and s.figure_id = f.figure_id
