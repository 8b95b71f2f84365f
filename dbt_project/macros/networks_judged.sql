{#-
  Limits and grades of declared networks: whether a value holds a limit, and whether all limits of a group are held.
  Three answers: true, false, and null where a non-detect or a value above the range leaves it open.
  Not here: which limits apply (int_network_applicable), the numbers (tables declared_network_limit, declared_site_limit).
-#}

{# Whether `value` lies between the ends of row `l`, by column names that begin with `ends` (low, low_closed, …). #}
{% macro network_inside(value, l, ends='') -%}
    (
        ({{ l }}.{{ ends }}low is null or {{ value }} > {{ l }}.{{ ends }}low
            or ({{ l }}.low_closed and {{ value }} = {{ l }}.{{ ends }}low))
        and ({{ l }}.{{ ends }}high is null or {{ value }} < {{ l }}.{{ ends }}high
            or ({{ l }}.high_closed and {{ value }} = {{ l }}.{{ ends }}high))
    )
{%- endmacro %}

{#
  Whether row `c` (value, censored, the limit with applied_low and applied_high) holds its limit. Below a detection limit
  everything down to nothing is possible, above a range everything up: it holds or breaks the limit where all of that
  does. A limit of at most 0 asks for a non-detect, which holds it.
#}
{% macro network_holds(c) -%}
    {%- set inside = network_inside(c ~ '.value', c, 'applied_') -%}
    case
        when {{ c }}.word_number is not null
            then case when {{ c }}.censored is null then {{ c }}.value = {{ c }}.word_number end
        when {{ c }}.is_outside
            then case
                when {{ c }}.censored is null
                    then {{ c }}.value < {{ c }}.applied_low or {{ c }}.value > {{ c }}.applied_high
                        or ({{ c }}.low_closed and {{ c }}.value = {{ c }}.applied_low)
                        or ({{ c }}.high_closed and {{ c }}.value = {{ c }}.applied_high)
            end
        when {{ c }}.censored = '<'
            then case
                when {{ c }}.applied_low is null and {{ c }}.applied_high = 0 then true
                when {{ inside }} and coalesce({{ c }}.applied_low, 0) <= 0 then true
                when {{ c }}.value <= {{ c }}.applied_low then false
            end
        when {{ c }}.censored = '>'
            then case
                when {{ inside }} and {{ c }}.applied_high is null then true
                when {{ c }}.value >= {{ c }}.applied_high then false
            end
        else {{ inside }}
    end
{%- endmacro %}

{# Whether all of a group hold: false where one does not, null where one is open. `where` picks rows of the group. #}
{% macro all_hold(holds, where='true') -%}
    case
        when count(case when {{ where }} and {{ holds }} is false then 1 end) > 0 then false
        when count(case when {{ where }} then 1 end) > count(case when {{ where }} then {{ holds }} end) then null
        when count(case when {{ where }} then 1 end) > 0 then true
    end
{%- endmacro %}

{# Whether one of a group holds: true where one does, null where none does and one is open, or where there is none. #}
{% macro one_holds(holds, where='true') -%}
    case
        when count(case when {{ where }} and {{ holds }} then 1 end) > 0 then true
        when count(case when {{ where }} then 1 end) > count(case when {{ where }} then {{ holds }} end) then null
        when count(case when {{ where }} then 1 end) > 0 then false
    end
{%- endmacro %}

{# The months from one to another as a text like ,11,12,1, ; empty where all count. #}
{% macro months_as_text(month_from, month_to) -%}
    case
        when {{ month_from }} is null then ''
        else concat(
            ',',
            {%- for month in range(1, 13) %}
            case
                when ({{ month_from }} <= {{ month_to }} and {{ month }} between {{ month_from }} and {{ month_to }})
                    or ({{ month_from }} > {{ month_to }} and ({{ month }} >= {{ month_from }} or {{ month }} <= {{ month_to }}))
                    then '{{ month }},' else ''
            end{{ ',' if not loop.last }}
            {%- endfor %}
        )
    end
{%- endmacro %}

{# Whether `day` and the hour that `moment` begins in are of limit `l`: its dates, months and hours. #}
{% macro limit_in_force(day, moment, l) -%}
    ({{ l }}.valid_from is null or {{ day }} >= {{ l }}.valid_from)
    and ({{ l }}.valid_to is null or {{ day }} <= {{ l }}.valid_to)
    and (
        {{ l }}.months = ''
        or {{ l }}.months like concat('%,', cast(extract(month from {{ day }}) as varchar), ',%')
    )
    and (
        {{ l }}.hour_from is null
        or ({{ l }}.hour_from < {{ l }}.hour_to
            and extract(hour from {{ moment }}) >= {{ l }}.hour_from and extract(hour from {{ moment }}) < {{ l }}.hour_to)
        or ({{ l }}.hour_from >= {{ l }}.hour_to
            and (extract(hour from {{ moment }}) >= {{ l }}.hour_from or extract(hour from {{ moment }}) < {{ l }}.hour_to))
    )
{%- endmacro %}
