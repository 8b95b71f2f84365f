{#-
  Readings that are shown or judged by themselves: of networks sampled every half month or less often, and of parameters
  that have a limit for readings; and those that a limit of another parameter asks for (is_shown: false). Of several
  statistics of one sample the converted one counts, then the average, then the sum.
-#}
{{ config(meta={'by_day': {'reads': {'stg_network': [0, 0]}}}) }}
with limited as (
    select
        network_id,
        parameter
    from {{ source('clean', 'declared_network_limit') }}
    where coalesce(figure_id, '') = ''
    union
    select
        network_id,
        parameter
    from {{ source('clean', 'declared_site_limit') }}
    where coalesce(figure_id, '') = ''
    union
    select
        p.network_id,
        p.parameter
    from {{ source('clean', 'declared_network_parameter') }} as p
    inner join {{ source('clean', 'declared_network') }} as n on p.network_id = n.network_id
    where n.cadence_minutes is null
),

asked as (
    select
        network_id,
        parameter
    from {{ source('clean', 'declared_network_condition') }}
    where coalesce(parameter, '') <> ''
    union
    select
        network_id,
        high_parameter as parameter
    from {{ source('clean', 'declared_network_limit') }}
    where coalesce(high_parameter, '') <> ''
),

wanted as (
    select
        network_id,
        parameter,
        true as is_shown
    from limited
    union all
    select
        a.network_id,
        a.parameter,
        false as is_shown
    from asked as a
    where
        not exists (
            select 1 from limited as l
            where a.network_id = l.network_id and a.parameter = l.parameter
        )
),

numbered as (
    select
        r.*,
        w.is_shown,
        row_number() over (
            partition by
                r.network_id, r.site_id, r.parameter, r.method, r.fraction, r.sample, r.taxon, r.period_start,
                r.period_end
            order by
                case r.statistic when 'converted' then 0 when 'sum' then 2 else 1 end, r.statistic nulls first,
                r.period_start_utc
        ) as place
    from {{ days_of(ref('stg_network')) }} as r
    inner join wanted as w on r.network_id = w.network_id and r.parameter = w.parameter
    where coalesce(r.statistic, 'average') in ('average', 'sum', 'converted')
)

select
    network_id,
    site_id,
    parameter,
    method,
    fraction,
    sample,
    taxon,
    day,
    period_start,
    period_end,
    value,
    unit,
    censored,
    is_usable and value is not null as is_usable,
    is_usable and is_suspect as is_suspect,
    flag_tests,
    is_shown,
    {{ provenance_rank('provenance') }} as provenance_rank
from numbered
where place = 1
