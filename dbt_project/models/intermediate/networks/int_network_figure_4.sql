{#- Figures of level 4: of figures of the level below. -#}
{{ network_figures_of_figures(ref('int_network_figure_3'), level='4') }}
