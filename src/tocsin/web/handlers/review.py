"""The weekly review: a seeded sample of looks, and every broken glass, judged by a supervisor in a word.

And the counts that a centre publishes. Knows no store: the access log counts and keeps.
"""

from __future__ import annotations

import asyncio
import random
import secrets

from tocsin.desk.looks_counted import SAMPLE, Counted, week_before
from tocsin.facts.looks import WHATS, Looked, LookReviewed, LooksSampled
from tocsin.log.port import LogError
from tocsin.web.ask import Ask
from tocsin.web.bodies_looks import CountsView, ReviewDone, ReviewedLook, ReviewForm, ReviewView, WeekView
from tocsin.web.handlers.looks import view
from tocsin.web.problems import No, impossible, not_found

PUBLISHED_WEEKS = 53


async def review(ask: Ask) -> ReviewView:
    """A week's looks to review: a sample, drawn once by a seed that is recorded, and every broken glass."""
    last = week_before(ask.site.desk.now())
    week: str = ask.query.week or last
    if week > last:
        raise impossible("Only a week that has ended is reviewed.", "week", last=last)
    counted = await _counted(ask)
    if week != last and week not in counted.by_week:
        raise not_found("Nobody looked at anything in that week, as far as this log reaches.", "week")
    sample = counted.samples.get(week) or await _draw(ask, counted, week)
    wanted = [*counted.glass.get(week, ()), *sample.looks]
    entries = await asyncio.to_thread(ask.site.looks.at, wanted)
    told = [
        ReviewedLook(view(entry), *_judged(counted, entry.position), entry.fact.what == "glass") for entry in entries
    ]
    owed = (await _counted(ask)).owed(ask.site.desk.now())
    return ReviewView(week, sample.of, sample.seed, tuple(told), owed)


async def judge(ask: Ask) -> ReviewDone:
    """A supervisor has looked into it: fine, a question, or a breach; with a word. Nobody judges their own looks."""
    form: ReviewForm = ask.body
    try:
        (entry,) = await asyncio.to_thread(ask.site.looks.at, [form.look])
    except LogError:
        raise not_found("There is no such look.", "look") from None
    if not isinstance(entry.fact, Looked):
        raise not_found("This entry is no look.", "look")
    if entry.by == ask.who.account:
        raise No(403, "own_look", "Nobody reviews their own looks; ask another supervisor.", "look")
    fact = LookReviewed(ask.site.desk.now(), form.look, form.mark, form.word.strip())
    return ReviewDone(await ask.site.looks.record(fact, by=ask.who.account, seen=ask.site.desk.position()))


async def counts(ask: Ask) -> CountsView:
    """How often people's data were looked at, by week and kind: counts, nobody's name. If the centre publishes them."""
    if not ask.site.publish_looks:
        raise not_found("This centre does not publish how often people's data are looked at.")
    counted, last = await _counted(ask), week_before(ask.site.desk.now())
    weeks = [week for week in sorted(counted.by_week, reverse=True) if week <= last][:PUBLISHED_WEEKS]
    return CountsView(ask.site.desk.name, tuple(_week(counted, week) for week in weeks))


def _week(counted: Counted, week: str) -> WeekView:
    found = counted.by_week[week]
    positions = {*counted.glass.get(week, ()), *counted.single.get(week, ())}
    marks = [counted.reviews[position].mark for position in positions if position in counted.reviews]
    return WeekView(week, {what: found[what] for what in WHATS}, len(marks), marks.count("breach"))


async def _counted(ask: Ask) -> Counted:
    try:
        return await asyncio.to_thread(ask.site.looks.counted.catch_up)
    except LogError as error:
        raise No(503, "looks_unreadable", f"The access log cannot be read: {error}") from None


async def _draw(ask: Ask, counted: Counted, week: str) -> LooksSampled:
    """Draw once; whoever knows the seed can draw again and find the same."""
    single, seed = counted.single.get(week, []), secrets.randbits(32)
    drawn = draw(single, seed)
    fact = LooksSampled(ask.site.desk.now(), week, seed, drawn, len(single))
    await ask.site.looks.record(fact, by=ask.who.account, seen=ask.site.desk.position())
    return fact


def draw(positions: list[int], seed: int) -> tuple[int, ...]:
    """`SAMPLE` of these, or all when there are fewer, in order."""
    return tuple(sorted(random.Random(seed).sample(positions, min(SAMPLE, len(positions)))))


def _judged(counted: Counted, position: int) -> tuple[str, str, str]:
    found = counted.reviews.get(position)
    return ("", "", "") if found is None else (found.mark, found.word, counted.reviewed_by[position][0])
