{#-
  The indicators of each plan: baseline, target, latest full year, status (int_plan_judged), pace, projection for the
  target year and whether the target can still be met. Later years and the year to date are next to it, marked.
-#}
select
    f.plan_id,
    f.plan_name_zh,
    f.promise_id as indicator_id,
    p.seq,
    p.theme_zh,
    p.name_zh,
    p.obligation,
    {{ all_but('f', ['plan_id', 'plan_name_zh', 'promise_kind', 'promise_id', 'value_item']) }}
from {{ ref('int_plan_figures') }} as f
inner join {{ declared('plan_indicators') }} as p on f.plan_id = p.plan_id and f.promise_id = p.indicator_id
where f.promise_kind = 'indicator'
