{#-
  Section x quarter: class from the means of the monthly values, never from the classes of the months. A quarter needs
  two of its three months, and has no class before it is over. An assessed
  section with fewer than the 21 items is indicative.
-#}
{{ water_section_periods(['quarter']) }}
