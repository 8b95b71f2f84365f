{#-
  How the project itself hangs together: schema names, the clean layer, what was admitted.
  Not here: arithmetic (arithmetic.sql), sound levels (sound.sql), provenance and validity (verdicts.sql).
-#}

{# The declared schema name as it is, without the profile's prefix: readers see `candidate`, not `main_candidate`. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name | trim if custom_schema_name else target.schema }}
{%- endmacro %}

{#
  A domain mart as the release will hold it: the lineage is ref()'s, the schema is the one the warehouse fills.
  Cross-domain models read domain marts only through this.
#}
{% macro admitted(model_name) -%}
    {%- set relation = ref(model_name) -%}
    {%- if relation.type == 'cte' or not execute -%}
        {{ relation }}
    {%- else -%}
        {{ api.Relation.create(
            database=relation.database, schema=var('admitted_schema'), identifier=relation.identifier
        ) }}
    {%- endif -%}
{%- endmacro %}

{#
  The figures of every domain's indicators from the admitted tables, one under the other, each with its `domain`. What is
  computed across domains is not in it.
#}
{% macro admitted_indicators() -%}
    {%- for published in published_by_domains('indicators') %}
        select
            '{{ published.domain }}' as domain,
            indicator_id,
            indicator_name_zh,
            area_code,
            area_name_zh,
            period_kind,
            period_start,
            period_end,
            variant,
            value,
            unit,
            n_expected,
            n_valid,
            n_suspect,
            coverage,
            validity,
            validity_reason,
            standard,
            clause,
            provenance
        from {{ admitted(published.mart) }}
        {%- if not loop.last %}
        union all
        {%- endif %}
    {%- endfor %}
{%- endmacro %}

{# In a select list: every column of the relation `alias` but those named. #}
{% macro all_but(alias, columns) -%}
    {{ adapter.dispatch('all_but')(alias, columns) }}
{%- endmacro %}

{% macro default__all_but(alias, columns) -%}
    {{ alias }}.* exclude ({{ columns | join(', ') }})
{%- endmacro %}

{% macro spark__all_but(alias, columns) -%}
    {{ alias }}.* except ({{ columns | join(', ') }})
{%- endmacro %}

{#
  A text that the configuration chooses, for use inside a quoted text of SQL: whatever it holds stays text. It may come
  as a list of one: dbt renders a variable that is a text as Jinja, and leaves a list as it is.
#}
{% macro sql_text(name) -%}
    {%- set given = var(name) -%}
    {{ (given if given is string else given[0]) | replace("'", "''") }}
{%- endmacro %}

{# The moment everything is judged against: the latest delivery that landed. #}
{% macro as_of() -%}
    cast('{{ var("as_of") }}' as timestamp)
{%- endmacro %}

{# Whether `day` lies in the dated entry `alias` (valid_from, valid_to; an open end is null). #}
{% macro in_force(day, alias) -%}
    {{ day }} >= {{ alias }}.valid_from and ({{ alias }}.valid_to is null or {{ day }} <= {{ alias }}.valid_to)
{%- endmacro %}

{# Whether a reading's flag lets it into statistics: the rule rows `usable_flag` (by default 1, 2 and 3). #}
{% macro is_usable(flag='flag') -%}
    coalesce({{ flag }} in (
        select cast(r.rule_value as tinyint) from {{ ref('int_rules') }} as r where r.rule_id = 'usable_flag'
    ), false)
{%- endmacro %}

{#
  The rules of a domain side by side: one row per span of days in which none of them changes (valid_from, valid_to;
  an open end is null), one column per rule. Models join it with in_force(); a rule that does not hold is null.
#}
{% macro rules_side_by_side(rule_ids) -%}
with chosen as (
    select rule_id, rule_value, valid_from, valid_to
    from {{ ref('int_rules') }}
    where rule_id in ('{{ rule_ids | join("', '") }}')
),

bounds as (
    select valid_from as day from chosen
    union
    select valid_to + 1 as day from chosen where valid_to is not null
),

spans as (
    select
        day as valid_from,
        lead(day) over (order by day) - 1 as valid_to
    from bounds
)

select
    s.valid_from,
    s.valid_to,
    {%- for id in rule_ids %}
    max(case when c.rule_id = '{{ id }}' then c.rule_value end) as {{ id }}{{ ',' if not loop.last }}
    {%- endfor %}
from spans as s
inner join chosen as c on s.valid_from >= c.valid_from and (c.valid_to is null or s.valid_from <= c.valid_to)
group by s.valid_from, s.valid_to
{%- endmacro %}

{# The part of a period that lies behind as_of(): the last complete day. #}
{% macro last_complete_day() -%}
    (cast({{ as_of() }} as date) - 1)
{%- endmacro %}

{# An expression that refuses: the statement fails with the text of `message` (an expression). #}
{% macro refused(message) -%}
    {{ adapter.dispatch('refused')(message) }}
{%- endmacro %}

{% macro default__refused(message) -%}
    error({{ message }})
{%- endmacro %}

{% macro spark__refused(message) -%}
    raise_error({{ message }})
{%- endmacro %}
