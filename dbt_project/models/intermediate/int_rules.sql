{#- The seed rule_values with the configuration's own values laid over it (var rule_overrides: rule id to value). -#}
select
    rule_id,
    {%- if var('rule_overrides') %}
    case rule_id
        {%- for id, number in var('rule_overrides').items() %}
        when '{{ id }}' then cast({{ number }} as decimal(18, 6))
        {%- endfor %}
        else value
    end as rule_value,
    {%- else %}
    value as rule_value,
    {%- endif %}
    unit,
    standard,
    clause,
    valid_from,
    valid_to
from {{ ref('rule_values') }}
