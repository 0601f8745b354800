"""The comparison as one page that a chief can read and print: no script, no request to anywhere. Knows results only."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from tocsin.sim.twin import svg
from tocsin.sim.twin.compare import MEASURES, Difference, pareto, summary
from tocsin.sim.twin.figures import Ran
from tocsin.sim.twin.world import World

STYLE = """
:root { color-scheme: light }
body { font: 15px/1.5 system-ui, sans-serif; color: #1a1a1a; max-width: 46rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.5rem } h2 { font-size: 1.15rem; margin-top: 2.2rem }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
th, td { padding: .3rem .5rem; border-bottom: 1px solid #ccc; text-align: right; vertical-align: top }
th:first-child, td:first-child { text-align: left }
td + td { white-space: nowrap } .words td + td, .words th { text-align: left; white-space: normal }
.maps { display: grid; grid-template-columns: 1fr 1fr; gap: 0 1.5rem } .maps figure { margin: .5rem 0 }
.maps h3 { font-size: 1rem; margin: .8rem 0 0 } .lead li { margin: .35rem 0 }
svg { width: 100%; height: auto; font: 12px system-ui, sans-serif } svg .axis { stroke: #222; fill: none }
svg .grid { stroke: #e2e2e2; fill: none } figure { margin: 1rem 0; break-inside: avoid }
figcaption, .note { color: #555; font-size: .9rem }
@page { margin: 16mm }
@media print {
  body { margin: 0; padding: 0; max-width: none; font-size: 11pt }
  h2, h3 { break-after: avoid } tr, li { break-inside: avoid } figure { max-width: 15cm }
}
"""


def page(worlds: Sequence[World], runs: Sequence[Sequence[Ran]], found: Sequence[Difference], compiled: bool) -> str:
    """The whole document."""
    means = [summary(one) for one in runs]
    names = [world.name for world in worlds]
    seeds = len(runs[0])
    calls = sum(ran.figures.calls for ran in runs[0])
    how = "compiled rules, shown equal to the plain ones by the tests" if compiled else "the desk's own decisions"
    body = [
        f"<h1>{escape(names[0])}, and {_many(len(names) - 1)}</h1>",
        f"<p>{calls:,} calls in each scenario over {seeds} {'seed' if seeds == 1 else 'seeds'}, through {how}. "
        f"Late is a response of more than {_limits(worlds)}; a call that nobody came to is late. Response is from the "
        "call to the first unit on scene. Figures are means over the seeds.</p>",
        _lead(found),
        _table(names, means),
        _compared(worlds),
        _trade(names, means),
        _found(found),
        _spread(names, runs),
        _maps(worlds, runs),
        _notes(runs),
    ]
    title = escape("Twin: " + " against ".join(names))
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head>\n<body>\n'
        + "\n".join(body)
        + "\n</body></html>\n"
    )


def _many(others: int) -> str:
    return "one other way" if others == 1 else f"{others} other ways"


def _lead(found: Sequence[Difference]) -> str:
    """What it comes to, in sentences: the first thing that is read."""
    if not found:
        return ""
    told = []
    for name in dict.fromkeys(d.scenario for d in found):
        mine = {d.measure: d for d in found if d.scenario == name}
        late, mean, driven = (mine[m] for m in ("late_share", "mean_min", "relocation_min_per_unit_day"))
        words = [
            _said(late, 100.0, "{:.2f} points fewer calls late", "{:.2f} points more calls late", "as many late"),
            _said(mean, 60.0, "help {:.0f} s sooner on average", "help {:.0f} s later on average", "as soon"),
            _said(driven, 1.0, "{:.0f} min less driving to bases a unit and day",
                  "{:.0f} min more driving to bases a unit and day", "as much driving to bases"),
        ]  # fmt: skip
        told.append(f"<li><strong>{escape(name)}</strong>: {'; '.join(words)}.</li>")
    return f"<h2>What it comes to</h2><p>Against {escape(found[0].against)}:</p><ul class=lead>{''.join(told)}</ul>"


def _said(found: Difference, scale: float, less: str, more: str, same: str) -> str:
    size = abs(found.mean) * scale
    if found.low is None or found.high is None:
        return (less if found.mean < 0 else more).format(size) + " (one run: how sure is not known)"
    low, high = sorted((abs(found.low) * scale, abs(found.high) * scale))
    if not found.sure:
        return f"{same}, as far as can be told"
    words = less if found.mean < 0 else more
    digits = words[words.index("{") : words.index("}") + 1]
    return f"{words.format(size)} ({digits.format(low)} to {digits.format(high)})"


def _compared(worlds: Sequence[World]) -> str:
    rows = "".join(
        f"<tr><td>{escape(world.name)}</td><td>{len(world.fleet)} units on {len(world.stations)} stations</td>"
        f"<td>{escape(_policy(world))}</td><td>{escape(_calls(world))}</td></tr>"
        for world in worlds
    )
    head = "<tr><th>Scenario</th><th>Fleet</th><th>Policy</th><th>Calls</th></tr>"
    return f'<h2>What was compared</h2><table class="words"><thead>{head}</thead><tbody>{rows}</tbody></table>'


DISPATCH = {
    "closest": "the closest goes",
    "dmexclp": "of those in time, the one that leaves least uncovered",
    "hybrid": "late, lost coverage and minutes weighed",
    "brain": "the desk's recommendation",
}


def _policy(world: World) -> str:
    told = world.loaded.scenario.policy
    homes = {
        "home": "each unit back to its own base",
        "dmexclp": "freed units where they add most coverage",
        "live": "each unit back to its own base, moved up as the desk proposes",
    }
    home = homes[told.relocate]
    moves = f"; move-ups after each {' and '.join(told.move_after)}" if told.move_after else ""
    return f"{DISPATCH[told.dispatch]}; {home}{moves}"


def _calls(world: World) -> str:
    told = world.loaded.scenario.calls
    kinds = {"model": f"drawn, {told.per_hour:g} an hour", "fitted": f"drawn like those of {told.file}",
             "history": f"as recorded in {told.file}", "csv": f"as in {told.file}", "trace": "a trace"}  # fmt: skip
    fleet = world.loaded.scenario.fleet
    more = [f"{len(fleet.shift)} shifts"] * bool(fleet.shift) + [f"{len(fleet.fault)} faults"] * bool(fleet.fault)
    return "; ".join([kinds[told.kind], *more])


def _limits(worlds: Sequence[World]) -> str:
    told = sorted({world.loaded.scenario.policy.late_after_min for world in worlds})
    return " or ".join(f"{minutes:g}" for minutes in told) + " min"


def shown(measure: str, value: float) -> str:
    """A figure as a person reads it."""
    return f"{100 * value:.2f} %" if measure == "late_share" else f"{value:.2f}"


def _table(names: Sequence[str], means: Sequence[dict[str, float]]) -> str:
    head = "".join(f"<th>{escape(words)}</th>" for words in MEASURES.values())
    rows = "".join(
        f"<tr><td>{escape(name)}</td>" + "".join(f"<td>{shown(m, mean[m])}</td>" for m in MEASURES) + "</tr>"
        for name, mean in zip(names, means, strict=True)
    )
    return f"<h2>At a glance</h2><table><thead><tr><th>Scenario</th>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _trade(names: Sequence[str], means: Sequence[dict[str, float]]) -> str:
    def plot(a: str, b: str) -> str:
        points = [(100 * m[a] if a == "late_share" else m[a], m[b]) for m in means]
        ringed = pareto(points)
        marks = [svg.Mark(x, y, name, r) for (x, y), name, r in zip(points, names, ringed, strict=True)]
        label = "late share, %" if a == "late_share" else MEASURES[a]
        title = f"{MEASURES[b]} against {label}"
        return f"<figure>{svg.scatter(marks, label, MEASURES[b], title)}</figure>"

    return (
        "<h2>What is traded for what</h2><p>Down and to the left is better. Ringed scenarios are not beaten in both "
        "by any other.</p>" + "".join(plot("late_share", other) for other in list(MEASURES)[1:])
    )


def _found(found: Sequence[Difference]) -> str:
    if not found:
        return ""
    parts = [
        f"<h2>Differences</h2><p>Each scenario minus {escape(found[0].against)}, on the same calls: "
        f"{escape(found[0].how)}, "
        "95 % intervals. An interval that leaves out 0 is a difference; one that holds it may be chance.</p>"
    ]
    for measure, words in MEASURES.items():
        scale, unit = (100.0, "late share, percentage points") if measure == "late_share" else (1.0, words)
        rows = [
            (d.scenario, d.mean * scale, *(None if v is None else v * scale for v in (d.low, d.high)))
            for d in found
            if d.measure == measure
        ]
        parts.append(f"<figure>{svg.intervals(rows, unit, f'Differences in {words}')}</figure>")  # type: ignore[arg-type]
    first = next(iter(MEASURES))
    rows_ = "".join(
        f"<tr><td>{escape(d.scenario) if d.measure == first else ''}</td><td>{escape(MEASURES[d.measure])}</td>"
        f"<td>{_signed(d.measure, d.mean)}</td><td>{_range(d)}</td><td>{'yes' if d.sure else 'no'}</td></tr>"
        for d in found
    )
    head = "<tr><th>Scenario</th><th>Measure</th><th>Difference</th><th>95 % interval</th><th>Sure</th></tr>"
    return "".join(parts) + f"<table><thead>{head}</thead><tbody>{rows_}</tbody></table>"


def _signed(measure: str, value: float) -> str:
    return f"{100 * value:+.2f} points" if measure == "late_share" else f"{value:+.2f}"


def _range(found: Difference) -> str:
    if found.low is None or found.high is None:
        return "not known"
    return f"{_signed(found.measure, found.low)} to {_signed(found.measure, found.high)}"


def _spread(names: Sequence[str], runs: Sequence[Sequence[Ran]]) -> str:
    series = []
    for name, one in zip(names, runs, strict=True):
        minutes = np.sort(np.concatenate([ran.response_s for ran in one])) / 60
        shares = np.linspace(0.005, 0.995, 100)
        at = minutes[np.minimum((shares * len(minutes)).astype(int), len(minutes) - 1)]
        series.append((name, [(float(a), float(100 * s)) for a, s in zip(at, shares, strict=True) if np.isfinite(a)]))
    plot = svg.lines(series, "minutes from the call", "% of calls reached", "Share of calls reached by minutes")
    return f"<h2>How soon callers are reached</h2><figure>{plot}</figure>"


def _maps(worlds: Sequence[World], runs: Sequence[Sequence[Ran]]) -> str:
    drawn = "".join(_map(world, one) for world, one in zip(worlds, runs, strict=True))
    return (
        "<h2>Where calls are late</h2><p>Larger: more calls. Darker: more of them late (white none, darkest half or "
        f'more). Crosses: stations.</p><div class="maps">{drawn}</div>'
    )


def _map(world: World, runs: Sequence[Ran]) -> str:
    nodes = len(world.ground)
    node, response_s = (np.concatenate([getattr(ran, name) for ran in runs]) for name in ("node", "response_s"))
    late = response_s > world.loaded.scenario.policy.late_after_min * 60
    calls = np.bincount(node, minlength=nodes)
    share = np.bincount(node, weights=late, minlength=nodes) / np.maximum(calls, 1)
    drawn = svg.places(
        world.ground.x_m,
        world.ground.y_m,
        calls.tolist(),
        (share / 0.5).tolist(),
        world.stations,
        f"Map of {world.name}",
    )
    return f"<div><h3>{escape(world.name)}</h3><figure>{drawn}</figure></div>"


def _notes(runs: Sequence[Sequence[Ran]]) -> str:
    notes = list(dict.fromkeys(note for one in runs for ran in one for note in ran.notes))
    if not notes:
        return ""
    return "<h2>Assumed</h2><ul>" + "".join(f'<li class="note">{escape(note)}</li>' for note in notes) + "</ul>"
