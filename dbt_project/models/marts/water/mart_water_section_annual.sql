{#-
  Section x year, and the year to date: class from the means of the monthly values. A year needs its 12 months; from the
  number that ice-bound sections need it is indicative, below that there is no class. An assessed section
  with fewer than the 21 items is indicative. Each value has its own verdict; `validity` is that of the class.
-#}
select *
from {{ ref('int_water_section_figures') }}
where period_kind in ('year', 'year_to_date')
