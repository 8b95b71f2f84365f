{#-
  Validity of air statistics over months and years (GB 3095 table 4). One place for concentrations and for the index.
  Not here: the days themselves (int_air_day_*), the calendar (int_air_period).
-#}

{#
  Verdicts over `days` (columns: basis, key…, day, is_valid, is_sure: valid without suspect readings as well; relation or
  CTE) per basis and period: n_valid, n_expected, months held, and validity, and of the sure days the same (sure_…). A
  month needs its days; a year its days and every month; a part of a year (one of two editions, the year to date) has no
  rule of its own: its complete months must hold, and it is indicative.
-#}
{% macro air_period_validity(days, key) -%}
    select
        c.basis,
        {% for column in key %}c.{{ column }}, {% endfor %}
        c.period_kind,
        c.period_start,
        c.edition,
        max(c.n_expected) as n_expected,
        max(c.n_months) as n_months,
        {%- for name in ['', 'sure_'] %}
        sum(c.{{ name }}n_valid) as {{ name }}n_valid,
        sum(case when c.{{ name }}month_holds then 1 else 0 end) as {{ name }}n_months_held,
        case
            when bool_or(c.is_pending) then 'pending'
            when max(c.period_kind) = 'month' and bool_and(c.is_whole)
                then case when sum(c.{{ name }}n_valid) >= max(c.min_days) then 'valid' else 'insufficient' end
            when max(c.period_kind) = 'year' and bool_and(c.is_whole)
                then case
                    when
                        sum(c.{{ name }}n_valid) >= max(c.air_year_min_days)
                        and sum(case when c.{{ name }}month_holds then 1 else 0 end) = max(c.n_months)
                        then 'valid'
                    else 'insufficient'
                end
            when
                sum(case when c.{{ name }}month_holds then 1 else 0 end) >= max(c.n_months)
                and sum(c.{{ name }}n_valid) > 0
                then 'indicative'
            else 'insufficient'
        end as {{ name }}validity{{ ',' if not loop.last }}
        {%- endfor %}
    from (
        select
            m.*,
            {%- for name in ['', 'sure_'] %}
            m.{{ name }}n_valid >= m.min_days and m.month_is_whole as {{ name }}month_holds{{ ',' if not loop.last }}
            {%- endfor %}
        from (
            select
                d.basis,
                {% for column in key %}d.{{ column }}, {% endfor %}
                p.period_kind,
                p.period_start,
                p.edition,
                p.is_pending,
                p.is_whole,
                r.air_year_min_days,
                p.scope_end - p.scope_start + 1 as n_expected,
                {{ months_between('p.scope_start', 'p.scope_end + 1') }} as n_months,
                sum(case when d.is_valid then 1 else 0 end) as n_valid,
                sum(case when d.is_sure then 1 else 0 end) as sure_n_valid,
                case
                    when extract(month from date_trunc('month', d.day)) = 2 then max(r.air_february_min_days)
                    else max(r.air_month_min_days)
                end as min_days,
                cast(last_day(date_trunc('month', d.day)) as date) <= p.scope_end as month_is_whole
            from {{ days }} as d
            inner join {{ days_of(ref('int_air_period'), 'period_start') }} as p
                on d.basis = p.basis and d.day >= p.scope_start and d.day <= p.scope_end
            inner join {{ ref('int_air_rules') }} as r on {{ in_force('p.rule_end', 'r') }}
            group by
                d.basis, {% for column in key %}d.{{ column }}, {% endfor %}
                p.period_kind, p.period_start, p.edition, p.is_pending, p.is_whole, p.scope_start, p.scope_end,
                r.air_year_min_days, date_trunc('month', d.day)
        ) as m
    ) as c
    group by c.basis, {% for column in key %}c.{{ column }}, {% endfor %}c.period_kind, c.period_start, c.edition
{%- endmacro %}

{#
  Why an air statistic is not simply valid, from the columns of air_period_validity() as `v` and the period `p`.
  `left_out`: how many of the valid days a notice leaves out (they lower no validity).
-#}
{% macro air_period_reason(unit_word, left_out='0') -%}
    case
        when v.validity = 'pending' then 'the period is not over'
        when v.validity = 'insufficient'
            then concat(
                '{{ unit_word }}: ', v.n_valid, ' of ', v.n_expected,
                case when {{ left_out }} > 0 then concat(' (', {{ left_out }}, ' left out by notice)') else '' end, ', complete months that hold: ',
                v.n_months_held, ' of ', v.n_months
            )
        when v.validity = 'indicative' and p.is_whole then 'year to date: the annual rule does not apply yet'
        when v.validity = 'indicative' then 'part of a year under one edition: the annual rule does not apply'
        else ''
    end
{%- endmacro %}

{# Month boundaries between two days: bigint. #}
{% macro months_between(first_day, last_day) -%}
    {{ adapter.dispatch('months_between')(first_day, last_day) }}
{%- endmacro %}

{% macro default__months_between(first_day, last_day) -%}
    date_diff('month', {{ first_day }}, {{ last_day }})
{%- endmacro %}

{% macro spark__months_between(first_day, last_day) -%}
    cast(months_between(trunc({{ last_day }}, 'MM'), trunc({{ first_day }}, 'MM')) as bigint)
{%- endmacro %}
