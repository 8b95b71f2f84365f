"""Whether the words of a network's declaration go together: every name is declared, every figure can be made.

Here belong mistakes that only several words together make, each with its place and the nearest word. Not here: shape
(sources.config.structure) or reading (read_declaration.py).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable

from sources.config import shipped
from sources.config.locate import Path
from sources.config.problems import Problems, nearest
from sources.networks.check_limits import limit_mistakes
from sources.networks.declaration import MOST_LEVELS, WITH_ARGUMENT, WITH_SECOND, Declaration, Figure
from sources.networks.figures import known_figures
from sources.registry import Registry
from sources.registry.name_patterns import NAME, TEAM

_Say = tuple[Path, str, str]


def check_declaration(declared: Declaration, n_inline: int, registry: Registry, problems: Problems) -> None:
    """Adds every mistake; the first `n_inline` limits are in the file itself, the others in CSVs."""
    _check_names(declared, registry, problems)
    _check_parameters(declared, registry, problems)
    _check_figures(declared, registry, problems)
    _check_scale(declared, problems)
    for number, limit in enumerate(declared.limits):
        place: Path = ("limits", number) if number < n_inline else ("limits_files",)
        for step, message, hint in limit_mistakes(declared, limit, registry):
            where = "" if number < n_inline else f"{limit.parameter}, {limit.grade or limit.clause}: "
            problems.add((*place, step) if number < n_inline else place, where + message, hint)
    _check_lists(declared, problems)
    _check_areas(declared, problems)


def _check_names(declared: Declaration, registry: Registry, problems: Problems) -> None:
    for kind, names in (
        ("", [declared.name]),
        ("parameters", declared.parameters),
        ("attributes", declared.attributes),
        ("vocabularies", declared.vocabularies),
    ):
        for name in names:
            if not NAME.fullmatch(name):
                place = (kind, name) if kind else ("name",)
                problems.add(place, f"'{name}' is not a name", "use a-z, 0-9 and _, beginning with a letter")
    packaged = {name for name, feed in registry.feeds.items() if not feed.declared}
    if declared.name in packaged:
        problems.add(("name",), f"'{declared.name}' is a feed", "give the network another name")
    if not TEAM.fullmatch(declared.owner_team):
        problems.add(("owner_team",), f"'{declared.owner_team}' is not lower-case words joined by hyphens")
    if not declared.site_kinds:
        problems.add(("site_kinds",), "no kind of site is named", 'write site_kinds = ["point"]')
    for name, attribute in declared.attributes.items():
        if bool(attribute.values) == bool(attribute.unit):
            problems.add(
                ("attributes", name), "one of values and unit is expected", 'write values = ["…"] or unit = "m2"'
            )


def _check_parameters(declared: Declaration, registry: Registry, problems: Problems) -> None:
    if not declared.parameters:
        problems.add(("parameters",), "no parameter is declared", "add [parameters.<code>]")
    names = Counter(n for p in declared.parameters.values() for n in {p.name_zh, *p.aliases, p.hj_code} if n)
    for code, parameter in declared.parameters.items():
        place: Path = ("parameters", code)
        if registry.unit(parameter.unit) is None:
            units = [n for u in registry.units.values() for n in (u.code, *u.aliases)]
            problems.add((*place, "unit"), f"the unit '{parameter.unit}' is not known", nearest(parameter.unit, units))
        elif parameter.unit not in registry.units:
            code_of = registry.unit(parameter.unit)
            problems.add((*place, "unit"), f"'{parameter.unit}' is an alias", f"write '{code_of and code_of.code}'")
        if parameter.vocabulary and parameter.vocabulary not in declared.vocabularies:
            hint = nearest(parameter.vocabulary, declared.vocabularies)
            problems.add((*place, "vocabulary"), f"there is no vocabulary '{parameter.vocabulary}'", hint)
        if parameter.vocabulary and parameter.unit != "-":
            problems.add((*place, "unit"), "words have no unit", "leave it out")
        if twice := [n for n in (parameter.name_zh, *parameter.aliases) if names[n] > 1]:
            problems.add(place, f"'{twice[0]}' names two parameters", "a file could mean either: rename one")
    for name, vocabulary in declared.vocabularies.items():
        received = Counter(t for word, w in vocabulary.items() for t in {word, w.name_zh, *w.received})
        if twice := [text for text, n in received.items() if n > 1]:
            problems.add(("vocabularies", name), f"'{twice[0]}' means two words", "leave it with one of them")


def _check_figures(declared: Declaration, registry: Registry, problems: Problems) -> None:
    known = known_figures(declared)
    seen: set[tuple[str, str]] = set()
    for i, figure in enumerate(declared.figures):
        place: Path = ("figures", i)
        for step, message, hint in _figure_mistakes(declared, figure, known, registry):
            problems.add((*place, *step), message, hint)
        for code in figure.of_parameters:
            if (figure.id, code) in seen:
                problems.add((*place, "id"), f"'{figure.id}' of {code} is declared already", "give it another id")
            seen.add((figure.id, code))


def _figure_mistakes(
    declared: Declaration, figure: Figure, known: Collection[tuple[str, str]], registry: Registry
) -> Iterable[_Say]:
    if not NAME.fullmatch(figure.id):
        yield ("id",), f"'{figure.id}' is not a name", "use a-z, 0-9 and _, beginning with a letter"
    if bool(figure.parameter) == bool(figure.parameters):
        yield (), "one of parameter and parameters is expected", ""
        return
    codes = declared.parameters
    named = [("parameter", c) for c in figure.of_parameters] + ([("second", figure.second)] if figure.second else [])
    for step, code in named:
        if code not in codes:
            yield (step if figure.parameter else "parameters",), f"there is no parameter '{code}'", nearest(code, codes)
            return
    for code in figure.of_parameters:
        if figure.of and (figure.of, code) not in known:
            yield ("of",), f"there is no figure '{figure.of}' of {code}", nearest(figure.of, [i for i, _ in known])
        elif _depth(declared, figure, code) > MOST_LEVELS:
            yield ("of",), "figures of figures go too deep, or in a circle", f"at most {MOST_LEVELS} levels"
    by_id = {(f.id, code): f for f in declared.figures for code in f.of_parameters}
    weekly = [code for code in figure.of_parameters if (of := by_id.get((figure.of, code))) and of.period == "week"]
    if weekly and figure.period != "week":
        yield (
            ("of",),
            f"'{figure.of}' is by week, and a week may lie in two of the periods",
            "make it of a finer figure",
        )
    if (figure.statistic in WITH_SECOND) != bool(figure.second):
        said = "needs a second parameter" if figure.statistic in WITH_SECOND else "uses no second parameter"
        yield ("second",), f"{figure.statistic} {said}", "write second = …" if not figure.second else "leave it out"
    if (figure.statistic in WITH_ARGUMENT) != (figure.argument is not None):
        said = "needs an argument" if figure.statistic in WITH_ARGUMENT else "takes no argument"
        yield ("argument",), f"{figure.statistic} {said}", "write argument = …" if figure.argument is None else ""
    if figure.statistic == "percentile" and figure.argument is not None and not 0 < figure.argument < 100:
        yield ("argument",), f"{figure.argument} is not a percentile", "write a number between 0 and 100"
    if figure.statistic == "oxygen_corrected" and figure.argument is not None and not 0 <= figure.argument < 21:
        yield ("argument",), f"{figure.argument} % is not a reference oxygen", "write a number from 0 to below 21"
    if (figure.statistic == "oxygen_corrected") != (figure.period == ""):
        yield ("period",), "only oxygen_corrected has no period, because each sample is one", "name a period"
    if not 0 <= figure.min_share <= 1:
        yield ("min_share",), f"{figure.min_share} is not a share", "write 0.75 for 75 %"
    if figure.unit and registry.unit(figure.unit) is None:
        yield ("unit",), f"the unit '{figure.unit}' is not known", nearest(figure.unit, registry.units)
    if figure.factor != 1 and not figure.unit:
        yield ("factor",), "a factor changes the unit", "name the result's unit"


def _depth(declared: Declaration, figure: Figure, code: str) -> int:
    by_id = {(f.id, c): f for f in declared.figures for c in f.of_parameters}
    depth, at = 1, figure
    while at.of and depth <= MOST_LEVELS:
        depth, at = depth + 1, by_id.get((at.of, code), Figure(id="-", statistic="mean"))
    return depth


def _check_scale(declared: Declaration, problems: Problems) -> None:
    scale = declared.scale
    if scale is None:
        return
    ids = [grade.id for grade in scale.grades]
    if len(ids) < 2 or len(ids) != len(set(ids)):
        problems.add(("scale", "grades"), "at least two different grades are expected", "from the best to the worst")
    if scale.target and scale.target not in ids:
        problems.add(("scale", "target"), f"there is no grade '{scale.target}'", nearest(scale.target, ids))
    if scale.target_attribute and scale.target_attribute not in declared.attributes:
        hint = nearest(scale.target_attribute, declared.attributes)
        problems.add(("scale", "target_attribute"), f"there is no attribute '{scale.target_attribute}'", hint)


def _check_lists(declared: Declaration, problems: Problems) -> None:
    known = known_figures(declared)
    for i, entry in enumerate(declared.lists):
        if entry.parameter not in declared.parameters:
            hint = nearest(entry.parameter, declared.parameters)
            problems.add(("lists", i, "parameter"), f"there is no parameter '{entry.parameter}'", hint)
        elif (entry.figure, entry.parameter) not in known:
            hint = nearest(entry.figure, [f for f, code in known if code == entry.parameter])
            message = f"there is no figure '{entry.figure}' of {entry.parameter}"
            problems.add(("lists", i, "figure"), message, hint)
        if (entry.place == "area") != bool(entry.level):
            problems.add(("lists", i, "level"), "a list of areas needs a level, one of sites has none")
        elif entry.place == "area":
            _check_level(entry.tree, entry.level, ("lists", i), problems)


def _check_areas(declared: Declaration, problems: Problems) -> None:
    known = known_figures(declared)
    for i, entry in enumerate(declared.areas):
        place: Path = ("areas", i)
        _check_level(entry.tree, entry.level, place, problems)
        of_values = entry.statistic in ("mean", "sum", "worst", "weighted_mean")
        if entry.parameter and (entry.figure, entry.parameter) not in known:
            hint = nearest(entry.figure, [f for f, code in known if code == entry.parameter])
            problems.add((*place, "figure"), f"there is no figure '{entry.figure}' of {entry.parameter}", hint)
        elif of_values and not entry.parameter:
            problems.add((*place, "parameter"), f"{entry.statistic} needs a parameter and its figure")
        weighted = entry.statistic.startswith("weighted")
        if weighted and entry.weight not in declared.attributes:
            hint = nearest(entry.weight, declared.attributes)
            problems.add((*place, "weight"), f"there is no attribute '{entry.weight}'", hint)
        elif weighted and not declared.attributes[entry.weight].unit:
            problems.add((*place, "weight"), f"'{entry.weight}' is not a number", "name an attribute with a unit")


def _check_level(tree: str, level: str, place: Path, problems: Problems) -> None:
    """Adds a tree that there is none of, or a level that the tree has not."""
    trees = shipped.trees()
    if tree not in trees:
        problems.add((*place, "tree"), f"there is no tree '{tree}'", nearest(tree, trees))
    elif level not in trees[tree]:
        problems.add((*place, "level"), f"{tree} has no level '{level}'", nearest(level, trees[tree]))
