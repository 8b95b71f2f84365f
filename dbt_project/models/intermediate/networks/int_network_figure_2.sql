{#- Figures of level 2: of figures of the level below. -#}
{{ network_figures_of_figures(ref('int_network_figure_1'), level='2') }}
