{#-
  Tables that a user enters because no standard gives their rows: municipal targets, scopes of baselines, equal-value
  electricity by year, own energy coefficients, verified rankings, areas, composite scores; and further plans. Not here: rules and limits, which are seeds of the standards.
-#}

{#
  The rows of a declared table, by the name of its seed: the seed's (delivered with EcoLedger) and the user's own, which
  win on the same key. Reads like a table; a unit test gives all rows as the seed's.
#}
{% macro declared(name) -%}
    {%- set delivered = ref(name) -%}
    {%- if delivered.type == 'cte' -%}
        {{ delivered }}
    {%- else -%}
        {%- set entered = source('clean', 'declared_' ~ name) -%}
    (
        select * from {{ entered }}
        union all
        select delivered_row.*
        from {{ delivered }} as delivered_row
        where
            not exists (
                select 1 from {{ entered }} as entered_row
                where true
                {%- for column in declared_key(name) %} and entered_row.{{ column }} = delivered_row.{{ column }}{% endfor %}
            )
    )
    {%- endif -%}
{%- endmacro %}

{# The columns that identify a row of a declared table, as in sources/registry (declared_tables.py, plan_tables.py); a test compares them. #}
{% macro declared_key(name) -%}
    {{ return({
        'municipal_targets': ['indicator_id', 'document_date'],
        'plan_baseline_scopes': ['indicator_id', 'baseline_year'],
        'energy_equal_value': ['data_year'],
        'energy_own_factors': ['carrier', 'unit', 'valid_from'],
        'ranking_verifications': ['list_id', 'period_kind', 'period_start'],
        'areas': ['tree', 'area_code', 'valid_from'],
        'site_areas': ['feed', 'site_id', 'tree', 'valid_from'],
        'composite_scores': ['score_id'],
        'composite_parts': ['score_id', 'part_id', 'valid_from'],
        'composite_steps': ['score_id', 'part_id', 'step'],
        'waste_categories': ['category'],
        'waste_counting': ['category', 'node', 'valid_from'],
        'waste_ratios': ['indicator_id'],
        'waste_ratio_terms': ['indicator_id', 'term'],
        'plans': ['plan_id'],
        'plan_indicators': ['plan_id', 'indicator_id'],
        'plan_judgement': ['plan_id', 'indicator_id'],
        'plan_commitments': ['plan_id', 'commitment_id'],
        'commitment_judgement': ['plan_id', 'commitment_id'],
        'plan_key_projects': ['plan_id', 'project_no'],
        'plan_milestones': ['plan_id', 'project_no', 'milestone_no'],
        'plan_shared_promises': ['plan_id', 'project_no'],
        'plan_history': ['plan_id', 'indicator_id'],
        'plan_texts': ['plan_id', 'promise_id'],
        'returns_items': ['item'],
        'indicator_formulas': ['indicator_id'],
        'indicator_terms': ['indicator_id', 'term']
    }[name]) }}
{%- endmacro %}
