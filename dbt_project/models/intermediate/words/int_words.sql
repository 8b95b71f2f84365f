{#-
  The words of all closed vocabularies, those that the registry declares (units, domains), and those of other seeds with
  names of their own.
-#}
select
    vocabulary,
    word,
    word_zh,
    word_en
from {{ ref('vocabulary_words') }}
union all
select
    vocabulary,
    word,
    word_zh,
    word_en
from {{ ref('registry_words') }}
union all
select
    'area_level' as vocabulary,
    area_level as word,
    name_zh as word_zh,
    name_en as word_en
from {{ ref('area_levels') }}
