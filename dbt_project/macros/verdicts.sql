{#-
  What is next to a figure: provenance, coverage, validity, ordered lists.
  Not here: the numbers a verdict compares with (seed rule_values), arithmetic (arithmetic.sql).
-#}

{# Rank of a provenance by trust, least first: simulated, plan, reported, observed. #}
{% macro provenance_rank(expr) -%}
    case {{ expr }} when 'simulated' then 0 when 'plan' then 1 when 'reported' then 2 when 'observed' then 3 end
{%- endmacro %}

{# The provenance of a rank; null stays null. #}
{% macro provenance_of_rank(expr) -%}
    case {{ expr }} when 0 then 'simulated' when 1 then 'plan' when 2 then 'reported' when 3 then 'observed' end
{%- endmacro %}

{# The least trustworthy provenance inside a group. #}
{% macro least_provenance(expr) -%}
    {{ provenance_of_rank('min(' ~ provenance_rank(expr) ~ ')') }}
{%- endmacro %}

{# The less trustworthy of two provenances in one row; null counts as absent. #}
{% macro lesser_provenance(a, b) -%}
    {{ provenance_of_rank('least(' ~ provenance_rank(a) ~ ', ' ~ provenance_rank(b) ~ ')') }}
{%- endmacro %}

{#
  Share of valid in expected inputs, two counts, 0 to 1 and beyond where more arrive than declared: decimal(9, 4), half
  to even.
#}
{% macro coverage(n_valid, n_expected) -%}
    {{ adapter.dispatch('coverage')(n_valid, n_expected) }}
{%- endmacro %}

{% macro default__coverage(n_valid, n_expected) -%}
    cast({{ exact_ratio(n_valid, n_expected, 4) }} as decimal(9, 4))
{%- endmacro %}

{# Counts are divided in 64 bits: see carried_mean(). #}
{% macro duckdb__coverage(n_valid, n_expected) -%}
    {%- set n = 'cast(' ~ n_valid ~ ' as bigint) * 10000' -%}
    {%- set d = 'cast(' ~ n_expected ~ ' as bigint)' -%}
    {%- set q = integer_quotient(n, d) -%}
    {%- set twice_rest = '(' ~ n ~ ' - ' ~ q ~ ' * ' ~ d ~ ') * 2' -%}
    cast(cast((
        {{ q }} + case
            when {{ twice_rest }} > {{ d }} or {{ twice_rest }} = {{ d }} and {{ q }} % 2 = 1 then 1
            else 0
        end
    ) as decimal(18, 0)) * cast(0.0001 as decimal(4, 4)) as decimal(9, 4))
{%- endmacro %}

{# Verdict over inputs: pending while more can arrive, valid when enough did, else insufficient. #}
{% macro validity(n_valid, n_required, is_pending='false') -%}
    case
        when {{ n_valid }} >= {{ n_required }} and not ({{ is_pending }}) then 'valid'
        when {{ is_pending }} then 'pending'
        else 'insufficient'
    end
{%- endmacro %}

{# The worst verdict of a group: insufficient, then pending, indicative, valid. Null counts as valid. #}
{% macro worst_validity(expr) -%}
    case max(case {{ expr }} when 'insufficient' then 3 when 'pending' then 2 when 'indicative' then 1 else 0 end)
        when 3 then 'insufficient'
        when 2 then 'pending'
        when 1 then 'indicative'
        else 'valid'
    end
{%- endmacro %}

{# Text values of a group in a declared order, one string. #}
{% macro joined(expr, separator, order_by) -%}
    {{ adapter.dispatch('joined')(expr, "'" ~ separator ~ "'", order_by) }}
{%- endmacro %}

{% macro default__joined(expr, separator, order_by) -%}
    string_agg({{ expr }}, {{ separator }} order by {{ order_by }})
{%- endmacro %}

{% macro spark__joined(expr, separator, order_by) -%}
    array_join(transform(array_sort(collect_list(struct({{ order_by }}, {{ expr }} as text))), x -> x.text), {{ separator }})
{%- endmacro %}

{#
  The entries of all lists in a group as one list, each once, in order. A list is one text with its entries between
  separators: such a text is never compared whole. Null where every text is.
#}
{% macro merged_lists(expr, separator) -%}
    {{ adapter.dispatch('merged_lists')(expr, "'" ~ separator ~ "'") }}
{%- endmacro %}

{% macro default__merged_lists(expr, separator) -%}
    list_aggregate(list_sort(list_distinct(flatten(
        list(string_split({{ expr }}, {{ separator }})) filter (({{ expr }}) <> '')
    ))), 'string_agg', {{ separator }})
{%- endmacro %}

{% macro spark__merged_lists(expr, separator) -%}
    array_join(
        array_sort(array_distinct(flatten(collect_list(split(nullif({{ expr }}, ''), {{ separator }}))))), {{ separator }}
    )
{%- endmacro %}

{# Whether inputs of a part can still arrive: it is not over, or it is incomplete within the lateness allowed in hours. #}
{% macro still_arriving(part_end, n_received, n_expected, lateness_hours) -%}
    {{ part_end }} > {{ as_of() }}
    or ({{ n_received }} < {{ n_expected }} and {{ hours_after(part_end, lateness_hours) }} > {{ as_of() }})
{%- endmacro %}
