{#-
  Section x quarter: class from the means of the monthly values, never from the classes of the months. A quarter needs
  two of its three months, and has no class before it is over. An assessed section with fewer than
  the 21 items is indicative. Each value has its own verdict; `validity` is that of the class.
-#}
select *
from {{ ref('int_water_section_figures') }}
where period_kind = 'quarter'
