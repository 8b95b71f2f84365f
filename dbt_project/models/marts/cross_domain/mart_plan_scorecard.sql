{#-
  The 22 indicators of the plan: baseline, target, latest full year, status (int_plan_judged), pace, projection for the
  target year and whether the target can still be met. Later years and the year to date are next to it, marked.
-#}
select
    f.plan_id as indicator_id,
    p.seq,
    p.theme_zh,
    p.name_zh,
    p.obligation,
    {{ all_but('f', ['plan_kind', 'plan_id', 'value_item']) }}
from {{ ref('int_plan_figures') }} as f
inner join {{ ref('plan_indicators_2025') }} as p on f.plan_id = p.indicator_id
where f.plan_kind = 'indicator'
