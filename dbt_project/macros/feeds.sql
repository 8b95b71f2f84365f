{# Made from sources/feeds/*/feed.toml by `uv run ecoledger dev generate`; a test compares. #}
{% macro declared_feeds() -%}
    {{ return({
        'air': {
            'domain': 'air',
            'indicators': 'mart_air_indicators',
            'events': 'mart_air_exceedances',
            'tables': [
                {'name': 'clean_air', 'kind': [], 'by_delivery': false, 'rhythms': [{'where': {}, 'rhythm': 'cadence'}]},
                {'name': 'clean_dustfall', 'kind': [], 'by_delivery': true, 'rhythms': [{'where': {}, 'rhythm': 'month'}]},
                {'name': 'clean_dust_period', 'kind': [], 'by_delivery': false, 'rhythms': []},
            ],
        },
        'energy': {
            'domain': 'energy',
            'indicators': 'mart_energy_indicators',
            'events': 'mart_energy_hints',
            'tables': [
                {'name': 'clean_energy', 'kind': ['flow', 'sector', 'metering'], 'by_delivery': true, 'rhythms': [{'where': {}, 'rhythm': 'length'}]},
            ],
        },
        'noise': {
            'domain': 'noise',
            'indicators': 'mart_noise_indicators',
            'events': 'mart_noise_exceedances',
            'tables': [
                {'name': 'clean_noise', 'kind': ['period_kind'], 'by_delivery': false, 'rhythms': [{'where': {'period_kind': 'hour'}, 'rhythm': 'cadence'}, {'where': {'period_kind': 'interval'}, 'rhythm': 'none'}, {'where': {}, 'rhythm': 'day'}]},
                {'name': 'clean_noise_survey', 'kind': ['survey_kind', 'survey_period'], 'by_delivery': true, 'rhythms': [{'where': {}, 'rhythm': 'year'}]},
            ],
        },
        'returns': {
            'domain': 'returns',
            'indicators': 'mart_returns_indicators',
            'events': '',
            'tables': [
                {'name': 'clean_returns', 'kind': ['plan_ref'], 'by_delivery': true, 'rhythms': [{'where': {'plan_ref': ''}, 'rhythm': 'length'}]},
            ],
        },
        'waste': {
            'domain': 'waste',
            'indicators': 'mart_waste_indicators',
            'events': 'mart_waste_hints',
            'tables': [
                {'name': 'clean_waste', 'kind': [], 'by_delivery': true, 'rhythms': [{'where': {}, 'rhythm': 'load'}]},
                {'name': 'clean_waste_transfer', 'kind': [], 'by_delivery': true, 'rhythms': [{'where': {}, 'rhythm': 'none'}]},
                {'name': 'clean_waste_total', 'kind': [], 'by_delivery': true, 'rhythms': [{'where': {}, 'rhythm': 'length'}]},
            ],
        },
        'water': {
            'domain': 'water',
            'indicators': 'mart_water_indicators',
            'events': 'mart_water_exceedances',
            'tables': [
                {'name': 'clean_water', 'kind': ['method'], 'by_delivery': false, 'rhythms': [{'where': {'method': 'automatic'}, 'rhythm': 'cadence'}, {'where': {'method': 'manual'}, 'rhythm': 'month'}]},
            ],
        },
    }) }}
{%- endmacro %}
