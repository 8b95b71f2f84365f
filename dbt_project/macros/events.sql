{#-
  Exceedances and hints as events: periods of one series, merged over short gaps. One place for all domains; a macro and
  no model, because the events of a domain are built, judged and held with that domain alone.
  Not here: limits and what exceeds them (models of the domain), how long a gap is bridged (rules event_gap_*).

  A model hands over periods and ends with {{ events_from('periods', 'air') }}. Columns of `periods`: kind (exceedance |
  hint), site_id, parameter, parameter_zh, averaging, period_start, period_end (timestamps), exceeds (boolean; rows
  where it is not true are ignored and may be left out), value, badness (decimal, the larger the worse: the value
  itself, or its negative where a low value is the fault; decides the peak), unit, limit_value, limit_text, has_multiple
  (boolean: whether (C - L) / L has a meaning), readings (clean readings behind the period), last_complete_start
  (timestamp: start of the last complete period of the averaging), reason (why a hint is one; the peak's counts for the
  event), standard, clause, provenance.

  Declared networks hand over network_id and step_minutes as well (by_network): the network belongs to the series, and the
  site's register is that of the network; step_minutes is the time between two of its samples, null where it is days.

  An identifier is the series and the start, so that equal readings give equal identifiers in whatever order they were
  delivered. Late data may move the start: a case that names the old one finds its event by the moment
  (mart_case_answers), and mart_event_changes says what became of every identifier that was published.

  A series is kind x site x parameter x averaging against one limit: where limit_value, limit_text, unit or standard
  changes, an event ends and another begins, so limit_text must not carry what varies from period to period. Name, area
  and unit to notify come from the site register of the domain's feed, in force on the day the event starts.
-#}

{#
  The published columns of events. Two exceeding periods belong to one event if at most event_gap_<averaging> periods
  lie between them (without a rule: none), whatever was or was not measured there. An event is open while a next
  exceeding period could still be merged into it: no more periods than that are complete after its last one.
#}
{% macro events_from(periods, domain, by_network=false) -%}
    {%- set step = 'step_minutes' if by_network -%}
    {%- set series = ('network_id, ' if by_network else '') ~ 'kind, site_id, parameter, averaging, limit_value, limit_text, unit, standard' -%}
    select
        e.event_id,
        e.kind,
        e.site_id,
        coalesce(s.name_zh, e.site_id) as site_name_zh,
        s.area_code,
        {{ area_name('s.area_code', 'a.name_zh') }} as area_name_zh,
        e.parameter,
        e.parameter_zh,
        e.averaging,
        e.event_start,
        e.event_end,
        cast(e.n_periods as bigint) as n_periods,
        cast(e.last_number - e.first_number + 1 - e.n_numbers as bigint) as n_periods_between,
        cast(e.peak_value as decimal(18, 6)) as peak_value,
        e.peak_at,
        e.unit,
        cast(e.limit_value as decimal(18, 6)) as limit_value,
        e.limit_text,
        {{ round_even_by('e.multiple', 'm.event_multiple_decimals') }} as multiple,
        cast(e.readings_behind as bigint) as readings_behind,
        e.last_complete_number - e.last_number <= e.gap as is_open,
        s.unit_to_notify,
        e.reason,
        e.standard,
        e.clause,
        e.provenance{{ ',
        e.network_id' if by_network }}
    from (
        select
            *,
            cast(event_start as date) as event_day,
            concat_ws(':', '{{ domain }}', {{ 'network_id, ' if by_network }}site_id, parameter, averaging, {{ minute_text('event_start') }}) as event_id,
            case
                when has_multiple then {{ exact_quotient('(peak_value - limit_value)', 'limit_value') }}
            end as multiple
        from (
            select
                {{ series }},
                event_number,
                min(period_start) as event_start,
                max(period_end) as event_end,
                min(period_number) as first_number,
                max(period_number) as last_number,
                max(last_complete_number) as last_complete_number,
                max(case when is_last then gap end) as gap,
                count(*) as n_periods,
                count(distinct period_number) as n_numbers,
                sum(readings) as readings_behind,
                max(case when is_peak then value end) as peak_value,
                max(case when is_peak then period_start end) as peak_at,
                max(case when is_peak then reason end) as reason,
                max(parameter_zh) as parameter_zh,
                bool_and(has_multiple) as has_multiple,
                max(clause) as clause,
                {{ least_provenance('provenance') }} as provenance
            from (
                select
                    *,
                    row_number() over (
                        partition by {{ series }}, event_number order by badness desc, period_start
                    ) = 1 as is_peak,
                    row_number() over (
                        partition by {{ series }}, event_number order by period_start desc
                    ) = 1 as is_last
                from (
                    select
                        *,
                        sum(case when period_number - previous_number - 1 <= gap then 0 else 1 end) over (
                            partition by {{ series }} order by period_number
                            rows between unbounded preceding and current row
                        ) as event_number
                    from (
                        select
                            n.*,
                            coalesce(g.rule_value, 0) as gap,
                            lag(n.period_number) over (
                                partition by {{ series }} order by n.period_number
                            ) as previous_number
                        from (
                            select
                                *,
                                {{ period_number('averaging', 'period_start', step) }} as period_number,
                                {{ period_number('averaging', 'last_complete_start', step) }} as last_complete_number
                            from {{ periods }}
                            where exceeds
                        ) as n
                        left join (
                            select
                                rule_id,
                                rule_value,
                                valid_from,
                                valid_to
                            from {{ ref('int_rules') }}
                        ) as g
                            on
                                g.rule_id = concat('event_gap_', n.averaging)
                                and {{ in_force('cast(n.period_start as date)', 'g') }}
                    ) as gaps
                ) as numbered
            ) as placed
            group by {{ series }}, event_number
        ) as merged
    ) as e
    left join (
        select
            *,
            lead(valid_from) over (partition by feed, site_id order by valid_from) as next_from
        from {{ ref('stg_site_register') }}
        {{ "where feed = '" ~ domain ~ "'" if not by_network }}
    ) as s
        on
            {{ 'e.network_id = s.feed and ' if by_network }}e.site_id = s.site_id and {{ in_force('e.event_day', 's') }}
            and (s.next_from is null or e.event_day < s.next_from)
    left join {{ ref('stg_area_name') }} as a on s.area_code = a.area_code
    left join (
        {{ rules_side_by_side(['event_multiple_decimals']) }}
    ) as m
        on {{ in_force('e.event_day', 'm') }}
{%- endmacro %}

{#
  Consecutive number of the period of an averaging that `moment` lies in, by its date where it is a part of a day. Samples
  that come every `step_minutes` (a column, null where none do) are counted by these.
#}
{% macro period_number(averaging, moment, step_minutes=none) -%}
    case
        {%- if step_minutes %}
        when {{ averaging }} = 'sample' and {{ step_minutes }} is not null
            then {{ integer_quotient(minutes_between("timestamp '1900-01-01 00:00:00'", moment), step_minutes) }}
        {%- endif %}
        when {{ averaging }} in ('1h', 'hour')
            then {{ integer_quotient(minutes_between("timestamp '1900-01-01 00:00:00'", moment), 60) }}
        when {{ averaging }} = 'week'
            then {{ integer_quotient(days_in("date '1900-01-01'", "date_trunc('week', " ~ moment ~ ")"), 7) }}
        when {{ averaging }} in ('month', 'month_class')
            then extract(year from {{ moment }}) * 12 + extract(month from {{ moment }})
        when {{ averaging }} = 'half_month'
            then (extract(year from {{ moment }}) * 12 + extract(month from {{ moment }})) * 2
                + case when extract(day from {{ moment }}) >= 16 then 1 else 0 end
        when {{ averaging }} = 'quarter'
            then extract(year from {{ moment }}) * 4 + extract(quarter from {{ moment }})
        when {{ averaging }} = 'half_year'
            then extract(year from {{ moment }}) * 2 + case when extract(month from {{ moment }}) >= 7 then 1 else 0 end
        when {{ averaging }} = 'year' then extract(year from {{ moment }})
        else {{ days_in("date '1900-01-01'", 'cast(' ~ moment ~ ' as date)') }}
    end
{%- endmacro %}

{# A moment to the minute as text that sorts: 2026-03-01T05:00. #}
{% macro minute_text(moment) -%}
    replace(substr(cast(cast({{ moment }} as timestamp) as varchar(30)), 1, 16), ' ', 'T')
{%- endmacro %}

{# The two parts of an event's identifier: its series with a colon, and the minute_text of its start. #}
{% macro event_series(event_id) -%}
    left({{ event_id }}, greatest(length({{ event_id }}) - 16, 0))
{%- endmacro %}

{% macro event_moment(event_id) -%}
    right({{ event_id }}, 16)
{%- endmacro %}
