{#-
  Section x year, and the year to date: class from the means of the monthly values. A year needs its 12 months; from the
  number that ice-bound sections need it is indicative, below that there is no class. An assessed
  section with fewer than the 21 items is indicative.
-#}
{{ water_section_periods(['year', 'year_to_date']) }}
