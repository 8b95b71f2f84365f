{#-
  Tables that are built by day: where only some days of what they read have changed, only those days are deleted and
  inserted again. A model says so in its configuration:

    meta={'by_day': {'reads': {'stg_air': [1, 0]}, 'open_days': 3, 'day': 'day'}}

  reads      what it reads by day, with the days before and after its own that a row's inputs can lie in, or 'year' for
             the days of its calendar year; in the model every such relation goes through days_of(ref(…), day), where
             day is the column of its day
  open_days  how long after a day its rows depend on as_of(); 0 where they never do
  day        its own day, an expression over its columns; by default the column `day`

  What else it reads is read whole: where that changes, every day is built, in slices of days (all_slices). A view that
  names one parent passes that parent's days on. Which days changed is known to schema `state` (warehouse/candidate/build_days.py).
-#}

{# What the model declares about days, or nothing. #}
{% macro by_day() -%}
    {{ return((config.get('meta') or {}).get('by_day')) }}
{%- endmacro %}

{#
  The spans of days to be built, as (first, last) in order; none where the whole table is to be built: it is not there,
  something else it depends on has changed, or so much has changed that building all of it costs less.
#}
{% macro changed_spans() -%}
    {#- What reads nothing by day only tells others its days. #}
    {%- if not (execute and var('is_planned') and (by_day() or {}).reads) or load_cached_relation(this) is none -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set id = "'" ~ model.unique_id ~ "'" -%}
    {#- One row at least: the table may be built by day, what it holds now, and each span of days. #}
    {%- set found = run_query(
        "with known as (select (select count(*) from state.fixed as f inner join state.day_built as b"
        ~ " on b.node = f.node and b.fixed = f.fixed where f.node = " ~ id ~ ") as may,"
        ~ " (select count(*) from state.days_near(" ~ id ~ ")) as there)"
        ~ " select k.may, k.there, s.first_day, s.last_day, s.n_days from known as k"
        ~ " left join state.spans(" ~ id ~ ") as s on true order by s.first_day"
    ).rows -%}
    {%- if not found[0].may -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set spans = [] -%}
    {%- for row in found if row.first_day is not none -%}
        {%- do spans.append((row.first_day, row.last_day, row.n_days)) -%}
    {%- endfor -%}
    {%- set has_no_day = spans and spans[0][0].year == 1 -%}
    {%- if has_no_day or spans | length > 40 or 2 * spans | sum(attribute=2) > found[0].there -%}
        {{ return(none) }}
    {%- endif -%}
    {{ return(spans) }}
{%- endmacro %}

{# Whether `day` (an expression) lies in one of `spans`, widened by `back` days before and `ahead` days after. #}
{% macro in_spans(day, spans, back=0, ahead=0) -%}
    (
        {%- for span in spans %}
        {{ day }} between date '{{ span[0] }}' - {{ back }} and date '{{ span[1] }}' + {{ ahead }}{{ ' or' if not loop.last }}
        {%- else %}
        false
        {%- endfor %}
    )
{%- endmacro %}

{# A relation that is read by day: only the days that are needed now, or all of it. #}
{% macro days_of(relation, day='day') -%}
    {%- if not (execute and var('is_planned') and (by_day() or {}).reads) or relation.type == 'cte' -%}
        {{ relation }}
    {%- else -%}
        {%- set spans = changed_spans() -%}
        {%- set reach = by_day().reads[relation.identifier] -%}
        {#- The spans of what reads whole years are whole years. #}
        {%- set back, ahead = (0, 0) if reach == 'year' else (reach[0], reach[1]) -%}
        {%- if spans is none -%}
            {#- sliced() puts a condition in this place. #}
            (select * from {{ relation }} where true /* slice {{ day }}|{{ back }}|{{ ahead }} */)
        {%- else -%}
            (select * from {{ relation }} where {{ in_spans(day, spans, back, ahead) }})
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{#
  The slices in which all days are built, as (first, last) in order: so many that each reads about `slice_rows` rows,
  whatever the length of history, because sorts and joins of years at once go beyond any memory limit. One slice where
  there is little, and where rows have no day. What reads whole years is sliced by years.
#}
{% macro all_slices() -%}
    {%- set id = "'" ~ model.unique_id ~ "'" -%}
    {%- set reads = (by_day() or {}).reads -%}
    {%- if not (var('is_planned') and reads) -%}
        {{ return([]) }}
    {%- endif -%}
    {%- set found = run_query(
        "select min(day), max(day), count(*), coalesce(min(day) = date '0001-01-01', true) from state.days_near(" ~ id ~ ")"
    ).rows[0] -%}
    {%- set n_rows = namespace(largest=0) -%}
    {%- for row in run_query("select parent from state.reads where is_year is not null and node = " ~ id).rows -%}
        {%- set name = row[0].split('.')[-1] -%}
        {%- set relation = source('clean', name) if row[0].startswith('source.') else ref(name) -%}
        {%- set n = run_query('select count(*) from ' ~ relation).rows[0][0] -%}
        {%- set n_rows.largest = [n_rows.largest, n] | max -%}
    {%- endfor -%}
    {%- set n_slices = n_rows.largest // var('slice_rows') -%}
    {%- if found[3] or n_slices < 2 -%}
        {{ return([]) }}
    {%- endif -%}
    {%- set by_year = 'year' in reads.values() | list -%}
    {%- set slices = [] -%}
    {%- if by_year -%}
        {%- for year in range(found[0].year, found[1].year + 1) -%}
            {%- do slices.append((year ~ '-01-01', year ~ '-12-31')) -%}
        {%- endfor -%}
    {%- else -%}
        {%- set n_days = (found[1] - found[0]).days + 1 -%}
        {%- set width = [1, n_days // n_slices] | max -%}
        {%- for at in range(0, n_days, width) -%}
            {%- set first = found[0] + modules.datetime.timedelta(days=at) -%}
            {%- set last = found[0] + modules.datetime.timedelta(days=[at + width, n_days] | min - 1) -%}
            {%- do slices.append((first, last)) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(slices) }}
{%- endmacro %}

{# The rows of one slice: the model's query with that slice's condition on everything that it reads by day. #}
{% macro sliced(code, slice) -%}
    {%- set condition = "\\1 between date '" ~ slice[0] ~ "' - \\2 and date '" ~ slice[1] ~ "' + \\3" -%}
    {%- set read = modules.re.sub('true /\\* slice (.*?)\\|(\\d+)\\|(\\d+) \\*/', condition, code) -%}
    select * from ({{ read }}) as built where {{ in_spans(by_day().get('day', 'day'), [slice]) }}
{%- endmacro %}

{# Replaces the days of `spans` in the table, in the same transaction as its notes. #}
{% macro build_days(relation, spans) -%}
    {%- set day = by_day().get('day', 'day') -%}
    {%- call statement('by_day', auto_begin=True) %}
        {{ know_reasons() }}
        delete from {{ relation }} where {{ in_spans(day, spans) }};
        insert into {{ relation }} by name (
            select * from ({{ with_words(compiled_code) }}) as built where {{ in_spans(day, spans) }}
        );
        {{ note_days(relation, spans) }}
        {{ note_built(token_of_days()) }}
    {%- endcall -%}
    {{ adapter.commit() }}
    {%- set n = spans | sum(attribute=2) -%}
    {%- call noop_statement('main', 'BY DAY ' ~ n, 'BY DAY ' ~ n, 0) -%}
        select 'only changed days'
    {%- endcall -%}
{%- endmacro %}

{# Notes what the table holds on each day (those of `spans`, or all), and what it read. #}
{% macro note_days(relation, spans=none) -%}
    {%- set id = "'" ~ model.unique_id ~ "'" -%}
    {%- set day = by_day().get('day', 'day') -%}
        delete from state.day_holds where node = {{ id }}{% if spans is not none %} and {{ in_spans('day', spans) }}{% endif %};
        insert into state.day_holds
        select {{ id }}, coalesce({{ day }}, date '0001-01-01'), {{ sums_of_rows('whole_row') }}
        from {{ relation }} as whole_row
        {% if spans is not none %}where {{ in_spans(day, spans) }}{% endif %}
        group by all;
        {{ note_days_read() }}
{%- endmacro %}

{# Notes what a view holds on each day: what its one parent holds, under the rest that it depends on. #}
{% macro note_days_of_view() -%}
    {%- set id = "'" ~ model.unique_id ~ "'" -%}
        delete from state.day_holds where node = {{ id }};
        insert into state.day_holds
        select r.node, h.day, md5(h.token || f.fixed)
        from state.reads as r
        inner join state.day_holds as h on h.node = r.parent
        inner join state.fixed as f on f.node = r.node
        where r.node = {{ id }} and r.is_year is not null;
{%- endmacro %}

{# Notes which days of which parents the table was built from, and under what else. #}
{% macro note_days_read() -%}
    {%- set id = "'" ~ model.unique_id ~ "'" -%}
        delete from state.day_reads where node = {{ id }};
        insert into state.day_reads
        select r.node, r.parent, h.day, h.token
        from state.reads as r inner join state.day_holds as h on h.node = r.parent
        where r.node = {{ id }} and r.is_year is not null;
        delete from state.day_built where node = {{ id }};
        insert into state.day_built select node, fixed, moment from state.fixed where node = {{ id }};
{%- endmacro %}

{# The token of the whole table from those of its days: what row_token() would give. #}
{% macro token_of_days() -%}
    (
        select
            coalesce(sum(cast(split_part(token, ':', 1) as bigint)), 0)
            || ':' || coalesce(bit_xor(cast(split_part(token, ':', 2) as ubigint)), 0)
            || ':' || coalesce(sum(cast(split_part(token, ':', 3) as hugeint)), 0)
        from state.day_holds where node = '{{ model.unique_id }}'
    )
{%- endmacro %}

{# `hours` (an expression), which must not exceed the days that the model reads back; else the build refuses. #}
{% macro within_reach(hours, days_back) -%}
    case
        when {{ hours }} > {{ days_back }} * {{ hours_per_day() }}
            then {{ refused("'a running mean over more than " ~ days_back ~ " days is beyond what hours are built from: lower it in [standards.rules]'") }}
        else {{ hours }}
    end
{%- endmacro %}
