{#- Figures of level 3: of figures of the level below. -#}
{{ network_figures_of_figures(ref('int_network_figure_2'), level='3') }}
