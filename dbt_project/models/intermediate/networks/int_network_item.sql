{#-
  Everything that has a value of its own, readings (figure_id empty) and figures, in one shape, numbered: what limits are
  looked up for. `judged_on` is the day whose limits hold: a reading's own, the last day of a figure's period. A figure of
  each sample of an automatic network is only there where it has a limit: what is made of it has its own rows.
-#}
with limited as (
    select distinct
        network_id,
        figure_id,
        parameter
    from {{ ref('int_network_limit') }}
    where figure_id <> ''
),

by_hand as (
    select network_id
    from {{ source('clean', 'declared_network') }}
    where cadence_minutes is null
),

items as (
    select
        network_id,
        figure_id,
        parameter,
        site_id,
        method,
        fraction,
        sample,
        taxon,
        period_kind,
        period_start,
        period_end,
        cast(period_end - interval 1 minute as date) as judged_on,
        value,
        sure_value,
        cast(null as varchar) as censored,
        unit,
        n_expected,
        n_valid,
        n_suspect,
        n_nondetects,
        readings,
        validity,
        validity_reason,
        provenance_rank
    from {{ ref('int_network_figure') }}
    where
        period_kind <> 'sample'
        or network_id in (select h.network_id from by_hand as h)
        or (network_id, figure_id, parameter) in (select (l.network_id, l.figure_id, l.parameter) from limited as l)
    union all
    select
        network_id,
        '' as figure_id,
        parameter,
        site_id,
        method,
        fraction,
        sample,
        taxon,
        'sample' as period_kind,
        period_start,
        period_end,
        day as judged_on,
        case when is_usable then value end as value,
        case when is_usable and not is_suspect then value end as sure_value,
        case when is_usable then censored end as censored,
        unit,
        1 as n_expected,
        case when is_usable then 1 else 0 end as n_valid,
        case when is_suspect then 1 else 0 end as n_suspect,
        case when is_usable and censored = '<' then 1 else 0 end as n_nondetects,
        1 as readings,
        case when is_usable then 'valid' else 'insufficient' end as validity,
        case
            when is_usable then ''
            when value is null and coalesce(flag_tests, '') = '' then 'no value'
            else concat('not used: ', coalesce(nullif(flag_tests, ''), 'flag'))
        end as validity_reason,
        provenance_rank
    from {{ ref('int_network_reading') }}
    where is_shown
)

select
    row_number() over (
        order by
            network_id, figure_id, parameter, site_id, method, fraction, sample, taxon, period_start, period_end
    ) as item_no,
    *
from items
