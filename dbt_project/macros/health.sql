{#-
  How clean readings are counted for data health: by series and day, and how often a series should give one.
  Not here: what is missing (int_feed_series and the marts), lateness of each rhythm (seed reading_rhythms).
-#}

{# The condition of a declared rhythm: every column of `where` holds its text; a null is an empty text. #}
{% macro rhythm_condition(where) -%}
    {%- for column, text in where.items() -%}
        coalesce({{ column }}, '') = '{{ text | replace("'", "''") }}'{{ ' and ' if not loop.last }}
    {%- else -%}
        true
    {%- endfor -%}
{%- endmacro %}

{#
  An expression by the rhythm of a table's readings (macros/feeds.sql): `words` gives the word for each; the first whose
  condition holds counts; `otherwise` where there is none.
#}
{% macro by_rhythm(rhythms, words, otherwise) -%}
    {%- if rhythms and not rhythms[0].where -%}
        {{ words.get(rhythms[0].rhythm, otherwise) }}
    {%- elif rhythms -%}
        case
            {%- for each in rhythms %}
            when {{ rhythm_condition(each.where) }} then {{ words.get(each.rhythm, otherwise) }}
            {%- endfor %}
            else {{ otherwise }}
        end
    {%- else -%}
        {{ otherwise }}
    {%- endif -%}
{%- endmacro %}

{# The rhythm of readings as long as these: `longer_end` is the end of one longer than a day, else null. #}
{% macro rhythm_of_length() -%}
    case
        when longer_end is null and {{ minutes_of_day() }} % shortest_minutes = 0 then 'day'
        {%- for rhythm, length in [('month', '1 month'), ('quarter', '3 month'), ('year', '1 year')] %}
        when
            first_start = cast(date_trunc('{{ rhythm }}', day) as timestamp)
            and longer_end = first_start + interval {{ length }} then '{{ rhythm }}'
        {%- endfor %}
        else 'none'
    end
{%- endmacro %}

{# Minutes of a day: the step of a series that gives one reading a day. #}
{% macro minutes_of_day() -%}
    (24 * 60)
{%- endmacro %}

{# Calendar cadences with the hours of their longest period, shortest first: CADENCE_HOURS of sources (a test compares). #}
{% macro calendar_cadence_hours() -%}
    {{ return({'half_month': 384, 'month': 744, 'quarter': 2208, 'half_year': 4416, 'year': 8784}) }}
{%- endmacro %}

{#
  A query: the clean readings of a feed by series, delivery where that matters, and the day they are for (period_start),
  counted by flag. `rhythm` is day, month, quarter, year, load or none; `step_minutes` the time between two readings of
  a day, null where it is the feed's cadence; `is_dated`: the period that a reading is expected for begins on its day.
#}
{% macro feed_day(feed) -%}
    {%- set reads = {} -%}
    {%- set tables = declared_feeds()[feed].tables -%}
    {%- for table in tables -%}
        {%- do reads.update({table.name: [0, 0]}) -%}
    {%- endfor -%}
    {{ config(meta={'by_day': {'reads': reads}}) }}
    {%- for table in tables %}
    {%- set by_length = table.rhythms and table.rhythms[0].rhythm == 'length' %}
    {%- set keys = ['site_id', 'parameter'] + table.kind + (['delivery_id'] if table.by_delivery else []) %}
    {%- set longer_end = 'case when period_end > period_start + interval 1 day then period_end end' %}
    {%- set minutes = minutes_between('period_start', 'period_end') %}
    select
        '{{ feed }}' as feed,
        '{{ table.name }}' as table_name,
        site_id,
        parameter,
        {{ "concat_ws('/', " ~ table.kind | join(', ') ~ ')' if table.kind else "''" }} as kind,
        {{ 'delivery_id' if table.by_delivery else "''" }} as delivery_id,
        day,
        {{ by_rhythm(table.rhythms, {
            'cadence': "'day'", 'day': "'day'", 'month': "'month'", 'year': "'year'", 'load': "'load'",
            'length': rhythm_of_length()
        }, "'none'") }} as rhythm,
        cast({{ by_rhythm(table.rhythms, {
            'day': minutes_of_day(), 'length': 'case when longer_end is null then shortest_minutes end'
        }, 'null') }} as bigint) as step_minutes,
        {{ by_rhythm(table.rhythms, {'cadence': 'true', 'day': 'true', 'length': 'true'}, 'false') }} as is_dated,
        first_start,
        last_end,
        longest_minutes,
        provenance_rank,
        readings_present,
        readings_used,
        readings_suspect,
        readings_failed,
        readings_missing
    from (
        select
            {{ keys | join(', ') }},
            cast(period_start as date) as day,
            {%- if by_length %}
            {{ longer_end }} as longer_end,
            min(case when period_end > period_start then {{ minutes }} end) as shortest_minutes,
            {%- endif %}
            min(period_start) as first_start,
            max(period_end) as last_end,
            {{ 'max(' ~ minutes ~ ')' if table.by_delivery else 'cast(null as bigint)' }} as longest_minutes,
            min({{ provenance_rank('provenance') }}) as provenance_rank,
            count(*) as readings_present,
            count(case when {{ is_usable() }} and value is not null then 1 end) as readings_used,
            count(case when flag = {{ suspect_flag() }} then 1 end) as readings_suspect,
            count(case when flag = {{ fail_flag() }} then 1 end) as readings_failed,
            count(case when flag = {{ missing_flag() }} then 1 end) as readings_missing
        from {{ days_of(source('clean', table.name), 'cast(period_start as date)') }}
        group by {{ keys | join(', ') }}, cast(period_start as date){{ ', ' ~ longer_end if by_length }}
    ) as counted
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
{%- endmacro %}

{# The instant after the day, month, quarter or year that begins on `day`; `rhythm` is a column. #}
{% macro rhythm_end(day, rhythm) -%}
    case {{ rhythm }}
        when 'month' then cast({{ day }} + interval 1 month as timestamp)
        when 'quarter' then cast({{ day }} + interval 3 month as timestamp)
        when 'year' then cast({{ day }} + interval 1 year as timestamp)
        else cast({{ day }} + interval 1 day as timestamp)
    end
{%- endmacro %}
