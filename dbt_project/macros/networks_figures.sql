{#-
  Figures of declared networks, put together in two steps. The first adds readings, or figures of the level below, up:
  `network_sums`. The second makes a value of the sums: `network_figures`. Every sum is there twice, over all values that
  are usable and, as `sure_…`, over those that are not suspect (suspects.sql).
  Not here: what one value counts as, and which periods there are (networks.sql).
-#}

{#
  The sums over rows, which have v and sure_v (value, null where it does not count), w and sure_w (weight), moment (what
  is counted once where `may_repeat`), last_at, family, argument and the columns of network_counts().
#}
{% macro network_sums() -%}
    {%- for sure in ['', 'sure_'] %}
    {%- set v = sure ~ 'v' %}
    count(case when {{ v }} is not null and not may_repeat then 1 end)
    + count(distinct case when {{ v }} is not null and may_repeat then moment end) as {{ sure }}n_moments,
    count({{ v }}) as {{ sure }}n_values,
    sum({{ v }}) as {{ sure }}sum_v,
    max({{ v }}) as {{ sure }}max_v,
    min({{ v }}) as {{ sure }}min_v,
    sum(case when {{ v }} is not null and family = 'weighted' then {{ sure }}w end) as {{ sure }}sum_w,
    sum(case when family = 'weighted' then cast({{ v }} as decimal(19, 7)) * {{ sure }}w end) as {{ sure }}sum_wv,
    sum(case when family = 'energy_mean' then {{ sound_energy(v) }} end) as {{ sure }}sum_energy,
    count(case when family = 'days' and {{ v }} > argument then 1 end) as {{ sure }}n_above,
    {{ sorted_values("case when family = 'percentile' then " ~ v ~ " end") }} as {{ sure }}sorted_v,
    max(case when {{ v }} is not null then last_at end) as {{ sure }}last_at,
    {{ latest(v, 'last_at') }} as {{ sure }}last_v,
    {%- endfor %}
    {{ network_counts() }}
{%- endmacro %}

{# What is only counted: suspect values, readings behind, non-detects, values without a weight or oxygen, or with air's oxygen. #}
{% macro network_counts() -%}
    sum(n_suspect) as n_suspect,
    sum(readings) as readings,
    sum(n_nondetects) as n_nondetects,
    sum(n_without_second) as n_without_second,
    sum(n_near_air) as n_near_air,
    min(provenance_rank) as provenance_rank
{%- endmacro %}

{# The value of a group with the latest moment; of several the largest. Null where none has one. #}
{% macro latest(value, moment) -%}
    {{ adapter.dispatch('latest')(value, moment) }}
{%- endmacro %}

{% macro default__latest(value, moment) -%}
    arg_max({{ value }}, case when {{ value }} is not null then row({{ moment }}, {{ value }}) end)
{%- endmacro %}

{% macro spark__latest(value, moment) -%}
    max_by({{ value }}, case when {{ value }} is not null then struct({{ moment }}, {{ value }}) end)
{%- endmacro %}

{# All values of the lists of a group, smallest first: an array. #}
{% macro sorted_lists(expr) -%}
    {{ adapter.dispatch('sorted_lists')(expr) }}
{%- endmacro %}

{% macro default__sorted_lists(expr) -%}
    list_sort(flatten(list({{ expr }})))
{%- endmacro %}

{% macro spark__sorted_lists(expr) -%}
    array_sort(flatten(collect_list({{ expr }})))
{%- endmacro %}

{# `expr`, of at most `scale` decimals, as an integer of units 10^-scale: in two parts, so that large sums fit. #}
{% macro scaled_in_parts(expr, scale) -%}
    (
        cast(trunc({{ expr }}) as {{ wide_integer() }}) * {{ '1' ~ '0' * scale }}
        + {{ scaled_integer('(' ~ expr ~ ' - trunc(' ~ expr ~ '))', scale) }}
    )
{%- endmacro %}

{#
  A sum of products : the sum of weights, carried to 6 decimals as carried_mean() does; null where the weights are nothing
  or the quotient is too large.
#}
{% macro carried_of_products(products, weights, scale) -%}
    {%- set n = scaled_in_parts(products, scale) ~ ' * 1000000' -%}
    {%- set d = scaled_in_parts(weights, scale) -%}
    case
        when {{ weights }} > 0 and abs({{ products }}) < 1000000000000000000 and abs({{ products }}) < 1000000000 * {{ weights }}
            then {{ carried_quotient(n, d, integer_quotient(n, d), 'sign(' ~ products ~ ')') }}
    end
{%- endmacro %}

{# `expr` as decimal(18, 6), null where it is too large for that. #}
{% macro published_decimal(expr) -%}
    try_cast({{ expr }} as decimal(18, 6))
{%- endmacro %}

{#
  The value of a figure from its sums, before its factor, carried to 6 decimals and not rounded: decimal(24, 6). `sure` is
  '' or 'sure_'.
#}
{% macro network_value(sure) -%}
    case
        when {{ sure }}n_values = 0 then null
        when statistic = 'mean' or statistic = 'oxygen_corrected'
            then {{ carried_mean(sure ~ 'sum_v', sure ~ 'n_values', 7) }}
        when statistic = 'sum' then {{ published_decimal(round_even(sure ~ 'sum_v', 6)) }}
        when statistic = 'maximum' then {{ published_decimal(round_even(sure ~ 'max_v', 6)) }}
        when statistic = 'minimum' then {{ published_decimal(round_even(sure ~ 'min_v', 6)) }}
        when statistic = 'last' then {{ published_decimal(round_even(sure ~ 'last_v', 6)) }}
        when statistic = 'count' then cast({{ sure }}n_values as decimal(18, 6))
        when statistic = 'days' then cast({{ sure }}n_above as decimal(18, 6))
        when statistic = 'percentile'
            then {{ linear_percentile(sure ~ 'sorted_v', sure ~ 'n_values', 'argument') }}
        when statistic = 'weighted_mean' then {{ carried_of_products(sure ~ 'sum_wv', sure ~ 'sum_w', 13) }}
        when statistic = 'load' then try_cast({{ round_even(sure ~ 'sum_wv', 6) }} as decimal(24, 6))
        when statistic = 'energy_mean' then {{ energy_level(sure ~ 'sum_energy', sure ~ 'n_values') }}
    end
{%- endmacro %}

{#
  The end of a query that has a relation `figures` (network_declared_figures) and one of sums with a row for each figure,
  site, sample and period: the figures. A value that its rule does not allow is null with its reason.
#}
{% macro network_figures(summed) -%}
{%- set compared = [('validity', 'counted_validity', 'sure_validity')] -%}
placed as (
    select
        s.*,
        f.statistic,
        f.argument,
        f.period_kind,
        f.second_parameter,
        f.min_share,
        f.min_count,
        f.factor,
        f.unit,
        f.decimals,
        f.lateness_allowed_hours,
        f.value_minutes,
        f.value_every,
        coalesce(s.sample_end, {{ network_period_end('f.period_kind', 's.period_start') }}) as period_end
    from {{ summed }} as s
    inner join figures as f
        on s.network_id = f.network_id and s.figure_id = f.figure_id and s.parameter = f.parameter
),

expected as (
    select
        *,
        {{ network_expected('period_kind', 'period_start', 'period_end', 'value_minutes', 'value_every') }}
            as n_expected
    from placed
),

valued as (
    select
        *,
        {{ still_arriving('period_end', 'n_moments', 'n_expected', 'lateness_allowed_hours') }} as is_pending,
        {%- for sure in ['', 'sure_'] %}
        {{ published_decimal(round_even(network_value(sure) ~ ' * cast(factor as decimal(20, 6))', 6)) }} as {{ sure }}found{{ ',' if not loop.last }}
        {%- endfor %}
    from expected
),

judged as (
    select
        *,
        {%- for sure, word in [('', 'counted'), ('sure_', 'sure')] %}
        case
            when is_pending then 'pending'
            when {{ sure }}found is null then 'insufficient'
            when min_count is not null and {{ sure }}n_moments >= min_count then 'valid'
            when min_count is null and {{ sure }}n_moments >= min_share * n_expected then 'valid'
            else 'insufficient'
        end as {{ word }}_validity{{ ',' if not loop.last }}
        {%- endfor %}
    from valued
)

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
    case when counted_validity = 'valid' then found end as carried,
    case when counted_validity = 'valid' then {{ round_even_by('found', 'decimals') }} end as value,
    case when sure_validity = 'valid' then sure_found end as sure_carried,
    case when sure_validity = 'valid' then {{ round_even_by('sure_found', 'decimals') }} end as sure_value,
    unit,
    cast(n_expected as bigint) as n_expected,
    cast(n_moments as bigint) as n_valid,
    cast(n_suspect as bigint) as n_suspect,
    cast(n_nondetects as bigint) as n_nondetects,
    cast(readings as bigint) as readings,
    {{ validity_without_suspects('counted_validity', compared) }} as validity,
    case
        when is_pending then 'the period is not over or may still be delivered'
        when counted_validity = 'insufficient'
            then concat_ws(
                '; ',
                concat(n_moments, ' of ', n_expected, ' values'),
                case when n_without_second > 0 then concat(n_without_second, ' without ', second_parameter) end,
                case when n_near_air > 0 then concat(n_near_air, ' with oxygen too near that of air') end,
                case when found is null and n_values > 0 then 'no value can be computed of them' end
            )
        else coalesce({{ suspects_reason('n_suspect', 'values', compared) }}, '')
    end as validity_reason,
    provenance_rank
from judged
{%- endmacro %}

{#
  A query: the declared figures of one level with what the network says, their family, and how often they get a value:
  every value_minutes, or once each value_every.
#}
{% macro network_declared_figures(level) -%}
    select
        f.network_id,
        f.figure_id,
        f.parameter,
        f.of_figure,
        f.statistic,
        {{ network_family('f.statistic') }} as family,
        f.period_kind,
        case when f.period_kind in ('hour', 'sample') then f.period_kind else 'day' end as part_kind,
        coalesce(f.second_parameter, '') as second_parameter,
        f.argument,
        case when f.statistic in ('days', 'oxygen_corrected') then f.argument end as part_argument,
        f.min_share,
        f.min_count,
        coalesce(f.factor, 1) as factor,
        f.unit,
        f.decimals,
        f.keeps_sample,
        n.lateness_allowed_hours,
        case
            when coalesce(b.period_kind, 'sample') = 'sample' then n.cadence_minutes
            else {{ network_kind_minutes('b.period_kind') }}
        end as value_minutes,
        case when coalesce(b.period_kind, 'sample') = 'sample' then n.cadence else b.period_kind end as value_every
    from {{ source('clean', 'declared_network_figure') }} as f
    inner join {{ source('clean', 'declared_network') }} as n on f.network_id = n.network_id
    left join {{ source('clean', 'declared_network_figure') }} as b
        on f.network_id = b.network_id and f.parameter = b.parameter and f.of_figure = b.figure_id
    where f.level = {{ level }}
{%- endmacro %}

{#
  A query: figures of figures, from the relation `lower` of the level below; `level` is their own. Only what is valid
  below counts.
#}
{% macro network_figures_of_figures(lower, level) -%}
with figures as (
    {{ network_declared_figures(level) }}
),

seconds as (
    select
        network_id,
        figure_id,
        parameter,
        site_id,
        sample,
        period_start,
        period_end,
        max(carried) as carried,
        max(sure_carried) as sure_carried
    from {{ lower }}
    group by network_id, figure_id, parameter, site_id, sample, period_start, period_end
),

counted as (
    select
        f.network_id,
        f.figure_id,
        f.parameter,
        f.family,
        f.argument,
        r.site_id,
        r.method,
        r.fraction,
        case when f.keeps_sample then r.sample else '' end as sample,
        case when f.keeps_sample then r.taxon else '' end as taxon,
        {{ network_period_start('f.period_kind', 'r.period_start') }} as period_start,
        case when f.period_kind = 'sample' then r.period_end end as sample_end,
        not f.keeps_sample and (r.sample <> '' or r.taxon <> '') as may_repeat,
        r.period_start as moment,
        r.period_start as last_at,
        {%- for sure in ['', 'sure_'] %}
        case
            when f.family = 'oxygen_corrected'
                then {{ oxygen_corrected(
                    'r.' ~ sure ~ 'carried', 's.' ~ sure ~ 'carried', 'f.argument', 'u.network_air_oxygen_pct',
                    'u.network_air_oxygen_gap_pct'
                ) }}
            when f.family = 'energy_mean' and not {{ is_level('r.' ~ sure ~ 'carried') }} then null
            when f.second_parameter = '' or {{ can_weigh('r.' ~ sure ~ 'carried', 's.' ~ sure ~ 'carried') }}
                then cast(r.{{ sure }}carried as decimal(24, 7))
        end as {{ sure }}v,
        s.{{ sure }}carried as {{ sure }}w,
        {%- endfor %}
        r.n_suspect,
        r.readings,
        r.n_nondetects,
        case when r.carried is not null and f.second_parameter <> '' and s.carried is null then 1 else 0 end
            as n_without_second,
        case
            when
                f.family = 'oxygen_corrected'
                and u.network_air_oxygen_pct - s.carried < u.network_air_oxygen_gap_pct then 1
            else 0
        end as n_near_air,
        r.provenance_rank
    from {{ lower }} as r
    inner join figures as f
        on r.network_id = f.network_id and r.parameter = f.parameter and r.figure_id = f.of_figure
    inner join {{ ref('int_network_rules') }} as u on {{ in_force('cast(r.period_start as date)', 'u') }}
    left join seconds as s
        on
            f.second_parameter <> '' and r.network_id = s.network_id and r.figure_id = s.figure_id
            and f.second_parameter = s.parameter and r.site_id = s.site_id and r.sample = s.sample
            and r.period_start = s.period_start and r.period_end = s.period_end
),

summed as (
    select
        network_id,
        figure_id,
        parameter,
        site_id,
        method,
        fraction,
        sample,
        taxon,
        period_start,
        sample_end,
        {{ network_sums() }}
    from counted
    group by
        network_id, figure_id, parameter, site_id, method, fraction, sample, taxon, period_start, sample_end
),

{{ network_figures('summed') }}
{%- endmacro %}
