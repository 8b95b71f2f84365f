{#-
  What suspect readings (flag 3) may decide. They are used, but where a period's attainment, class or validity would be
  another one without them, the period is at most `indicative` and its event is a hint. One place for all domains.

  A model computes its statistic twice, over the usable readings and over those for which is_sure() holds, judges both by
  the same rule, and hands the verdicts over as `compared`: a list of (word, with suspects, without them), for example
  [('attainment', 'is_attained', 'sure_is_attained'), ('validity', 'counted_validity', 'sure_validity')]. Columns of the
  second statistic begin with `sure_`. Next to n_valid it publishes n_suspect, in the same unit.
  Not here: which flags are used at all (is_usable, project.sql), the verdicts themselves (verdicts.sql).
-#}

{# Whether a reading is suspect: used, but counted. #}
{% macro is_suspect(flag='flag') -%}
    coalesce({{ flag }} = {{ suspect_flag() }}, false)
{%- endmacro %}

{# Whether a row with is_usable and is_suspect would stay if suspect readings were left out. #}
{% macro is_sure(row='') -%}
    {{ row ~ '.' if row }}is_usable and {{ row ~ '.' if row }}is_suspect is not true
{%- endmacro %}

{# Whether one of the verdicts in `compared` would be another one without the suspect readings. #}
{% macro suspects_decide(compared) -%}
    ({% for word, found, sure in compared %}{{ found }} is distinct from {{ sure }}{{ ' or ' if not loop.last }}{% endfor %})
{%- endmacro %}

{# `validity`, but `indicative` where it is `valid` and suspect readings decide; what is less than that stays. #}
{% macro validity_without_suspects(validity, compared) -%}
    case when {{ validity }} = 'valid' and {{ suspects_decide(compared) }} then 'indicative' else {{ validity }} end
{%- endmacro %}

{#
  Why a figure is indicative: 'suspect readings in 2 hours decide attainment'. Null where none decides, so that
  concat_ws() leaves it out. `n_suspect`: how many inputs have one; `unit`: what they are, in the plural.
#}
{% macro suspects_reason(n_suspect, unit, compared) -%}
    case
        when {{ suspects_decide(compared) }} then concat(
            'suspect readings in ', {{ n_suspect }}, ' {{ unit }} decide ', concat_ws(
                ', ',
                {%- for word, found, sure in compared %}
                case when {{ found }} is distinct from {{ sure }} then '{{ word }}' end{{ ',' if not loop.last }}
                {%- endfor %}
            )
        )
    end
{%- endmacro %}

{#
  The same as a code of the seed words/reasons. `unit` and the words of `compared` are words of that seed.
  suspects_reason() is what domains use whose reasons are sentences yet.
#}
{% macro suspects_decide_reason(n_suspect, unit, compared) -%}
    {%- set decided -%}
        concat_ws(
            ', ',
            {%- for word, found, sure in compared %}
            case when {{ found }} is distinct from {{ sure }} then '@{{ word }}' end{{ ',' if not loop.last }}
            {%- endfor %}
        )
    {%- endset -%}
    case
        when {{ suspects_decide(compared) }}
            then {{ reason('suspects_decide', n_suspect, '@' ~ unit, {'words': decided}) }}
    end
{%- endmacro %}
