{#-
  The 22 indicators of the plan: baseline, target, latest full year, status (int_plan_judged), pace, projection for the
  target year and whether the target can still be met. Later years and the year to date stand beside it, marked.
-#}
select
    d.plan_id as indicator_id,
    p.seq,
    p.theme_zh,
    p.name_zh,
    p.unit,
    p.obligation,
    d.is_judged_each_year,
    {{ judged_columns() }}
from {{ ref('int_plan_judged') }} as d
inner join {{ ref('plan_indicators_2025') }} as p on d.plan_id = p.indicator_id
inner join {{ ref('status_words') }} as w on d.status = w.status
where d.plan_kind = 'indicator'
