{#-
  Lists of places ranked by a figure: shared ranks on the values as published, changes, the state of publication.
  Not here: the figures, their rounding and their validity (models of the domain), who verified a list (the declared
  table ranking_verifications).

  A model hands over one row per list x period x place, whether the place has a figure or not, and ends with

    lists as (
        {{ ranking_of('places') }}
    )

    select list_id, … from lists

  It is a macro and no model because the lists of a domain are built, judged and held with that domain alone.

  Columns of `places`: list_id, list_name_zh, place_kind (area | site), area_level (one for a list; '' for sites), period_kind (week or a calendar period from half a
  month to a year), period_start, period_end (dates, the last day counted), place_id, place_name_zh, area_code, item, item_zh, variant
  ('' | dust_included | dust_excluded), network, method, value (rounded as published; null where its rule allows none),
  unit, n_expected, n_valid, validity, validity_reason, standard, clause, provenance. list_id holds all that makes two
  lists different: item, variant, network, method. A place that the list should show but that has no data is a row with
  value null and its reason; it is listed and not ranked.
-#}

{#
  A query: the published columns of rankings, from the relation `places`. Ranked is what has a valid or indicative value, by
  `order_by` (an expression; by default the lowest value first); equal values share a rank (1, 1, 3).
#}
{% macro ranking_of(places, order_by='value') -%}
    with ranked as (
        select
            *,
            case
                when is_ranked
                    then rank() over (
                        partition by list_id, period_kind, period_start, is_ranked order by {{ order_by }}
                    )
            end as place_rank,
            count(case when is_ranked then 1 end) over (partition by list_id, period_kind, period_start) as n_ranked
        from (
            select
                *,
                value is not null and validity in ('valid', 'indicative') as is_ranked
            from {{ places }}
        ) as judged
    )

    {{ ranking_rows('ranked') }}
{%- endmacro %}

{#
  The published columns, from the relation `ranked`: places with is_ranked, place_rank (null where not ranked) and
  n_ranked. A change needs a ranked value in both periods; in percent it needs a previous value other than 0, and has the
  decimals of rule ranking_change_decimals.
#}
{% macro ranking_rows(ranked) -%}
    select
        t.list_id,
        t.list_name_zh,
        t.place_kind,
        t.area_level,
        t.period_kind,
        t.period_start,
        t.period_end,
        t.place_id,
        t.place_name_zh,
        t.area_code,
        t.item,
        t.item_zh,
        t.variant,
        t.network,
        t.method,
        cast(t.value as decimal(18, 6)) as value,
        t.unit,
        cast(t.place_rank as bigint) as rank,
        cast(t.n_ranked as bigint) as n_ranked,
        t.previous_value,
        cast(t.previous_rank as bigint) as previous_rank,
        t.change_on_previous,
        {{ round_even_by('t.change_on_previous_quotient', 't.ranking_change_decimals') }} as change_on_previous_pct,
        t.last_year_value,
        cast(t.last_year_rank as bigint) as last_year_rank,
        t.change_on_last_year,
        {{ round_even_by('t.change_on_last_year_quotient', 't.ranking_change_decimals') }} as change_on_last_year_pct,
        cast(t.n_expected as bigint) as n_expected,
        cast(t.n_valid as bigint) as n_valid,
        {{ coverage('t.n_valid', 't.n_expected') }} as coverage,
        t.validity,
        t.validity_reason,
        t.publication_state,
        t.standard,
        t.clause,
        t.provenance
    from (
        select
            n.*,
            l.ranking_change_decimals,
            cast(p.value as decimal(18, 6)) as previous_value,
            p.place_rank as previous_rank,
            cast(y.value as decimal(18, 6)) as last_year_value,
            y.place_rank as last_year_rank,
            {%- for alias, name in [('p', 'previous'), ('y', 'last_year')] %}
            case when n.is_ranked then cast(n.value - {{ alias }}.value as decimal(18, 6)) end as change_on_{{ name }},
            case
                when n.is_ranked
                    then {{ exact_quotient('(n.value - ' ~ alias ~ '.value) * 100', alias ~ '.value') }}
            end as change_on_{{ name }}_quotient,
            {%- endfor %}
            case when v.list_id is not null then 'verified' else 'provisional' end as publication_state
        from {{ ranked }} as n
        left join {{ ranked }} as p
            on
                n.list_id = p.list_id and n.place_id = p.place_id and n.period_kind = p.period_kind
                and p.period_start = {{ previous_period('n.period_kind', 'n.period_start') }} and p.is_ranked
        left join {{ ranked }} as y
            on
                n.list_id = y.list_id and n.place_id = y.place_id and n.period_kind = y.period_kind
                and y.period_start = {{ same_period_last_year('n.period_kind', 'n.period_start') }} and y.is_ranked
        left join (
            select distinct
                list_id,
                period_kind,
                period_start
            from {{ declared('ranking_verifications') }}
            where coalesce(document_no, '') <> '' and verified_on is not null
        ) as v
            on n.list_id = v.list_id and n.period_kind = v.period_kind and n.period_start = v.period_start
        left join (
            {{ rules_side_by_side(['ranking_change_decimals']) }}
        ) as l
            on {{ in_force('n.period_end', 'l') }}
    ) as t
{%- endmacro %}

{# First day of the calendar period before the one that begins on `period_start`: date. #}
{% macro previous_period(period_kind, period_start) -%}
    case {{ period_kind }}
        when 'week' then cast({{ days_after(period_start, -7) }} as date)
        when 'month' then {{ months_after(period_start, -1) }}
        when 'quarter' then {{ months_after(period_start, -3) }}
        when 'half_year' then {{ months_after(period_start, -6) }}
        when 'year' then {{ months_after(period_start, -12) }}
        when 'half_month'
            then case
                when extract(day from {{ period_start }}) = 1
                    then {{ days_after(months_after(period_start, -1), 15) }}
                else {{ days_after(period_start, -15) }}
            end
    end
{%- endmacro %}

{#
  First day of the same period a year before: date. A week is compared with the ISO week of the same number, 52 or 53
  weeks earlier; week 53 has none when the year before had 52.
#}
{% macro same_period_last_year(period_kind, period_start) -%}
    {%- set number = 'extract(week from ' ~ period_start ~ ')' -%}
    {%- set weeks_52 = days_after(period_start, -364) -%}
    {%- set weeks_53 = days_after(period_start, -371) -%}
    case
        when {{ period_kind }} in ('half_month', 'month', 'quarter', 'half_year', 'year') then {{ months_after(period_start, -12) }}
        when {{ period_kind }} = 'week' and extract(week from {{ weeks_52 }}) = {{ number }} then {{ weeks_52 }}
        when {{ period_kind }} = 'week' and extract(week from {{ weeks_53 }}) = {{ number }} then {{ weeks_53 }}
    end
{%- endmacro %}

{# Last day of the period of a kind that begins on `period_start`: date. #}
{% macro ranking_period_end(period_kind, period_start) -%}
    cast({{ days_after(network_period_end(period_kind, period_start), -1) }} as date)
{%- endmacro %}
