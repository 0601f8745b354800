"""A scenario made ready to live through: ground, fleet, stations, calls of a seed, policies. Runs nothing itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

import msgspec

from tocsin.domain.cover_rules import CoverRules
from tocsin.domain.coverage import Cover, cover_of
from tocsin.facts.union import AnyEntry
from tocsin.facts.values import Instant
from tocsin.sim.twin.brain import Brain, TallyLosses, plans_of
from tocsin.sim.twin.cards import Cards, kinds_of, read_cards, typed
from tocsin.sim.twin.compiled import Rules, Sweeper
from tocsin.sim.twin.core import Twin
from tocsin.sim.twin.demand import MONDAY, Demand, Service, draw_calls, fit, level
from tocsin.sim.twin.files import read_trace
from tocsin.sim.twin.ground import Ground
from tocsin.sim.twin.history import read_history, read_table
from tocsin.sim.twin.live import LiveMoves, Watch, placed
from tocsin.sim.twin.model import Absence, TwinCall, TwinUnit, unit_ids
from tocsin.sim.twin.policies import (
    BestCover,
    Closest,
    Dispatch,
    HomeBase,
    Hybrid,
    LeastLoss,
    MoveRule,
    Relocate,
    Tally,
)
from tocsin.sim.twin.record import Keep
from tocsin.sim.twin.scenario import Loaded
from tocsin.sim.twin.shifts import absences
from tocsin.sim.twin.survey import Progress, named_nodes, survey

UTC = ZoneInfo("UTC")


class World(msgspec.Struct):
    """Everything a run needs. `weight`: demand of each node, for coverage."""

    loaded: Loaded
    ground: Ground
    weight: tuple[float, ...]
    fleet: tuple[TwinUnit, ...]
    stations: tuple[int, ...]
    start: Instant
    service: Service
    demand: Demand | None
    recorded: list[TwinCall] | None
    notes: list[str]
    cards: Cards = Cards()

    @property
    def name(self) -> str:
        """What the scenario is called."""
        return self.loaded.name

    def calls(self, seed: int) -> list[TwinCall]:
        """The calls of a seed; of a record, always the same ones."""
        return typed(self.loaded, self._calls(seed), self.cards.catalogue, seed)

    def _calls(self, seed: int) -> list[TwinCall]:
        if self.recorded is not None:
            return self.recorded
        if self.demand is None:
            raise self.loaded.wrong("calls", "has neither a record nor a demand")
        part = self.loaded.scenario.calls
        week = float(self.demand.per_hour.sum())
        count = part.count or max(1, round((part.days or 1.0) / 7 * week))
        calls = draw_calls(self.demand, self.service, seed, count, self.start, offset_s=self.offset_s)
        if part.days is None:
            return calls
        # So many are expected; the ones after the last day are dropped, and more are drawn if they end too early.
        while calls[-1].at < self.start + part.days * 86_400:
            count += count // 2 + 10
            calls = draw_calls(self.demand, self.service, seed, count, self.start, offset_s=self.offset_s)
        inside = [call for call in calls if call.at < self.start + part.days * 86_400]
        return inside or calls[:1]

    @property
    def offset_s(self) -> float:
        """Seconds local time is ahead of UTC."""
        return self.loaded.scenario.utc_offset_h * 3600

    def cover(self) -> Cover:
        """What there is to cover, by the policy's layers."""
        policy = self.loaded.scenario.policy
        limits = [(layer.minutes * 60, layer.share) for layer in policy.layers] or [(policy.late_after_min * 60, 1.0)]
        shares = sum(share for _, share in limits)
        drive_s = {node: self.ground.siren_s[node] for node in range(len(self.ground))}
        return cover_of(
            self.weight, drive_s, [(limit_s, share / shares) for limit_s, share in limits], policy.busy, len(self.fleet)
        )

    def rules(self) -> Rules:
        """The policy in numbers."""
        told = self.loaded.scenario.policy
        moves = MoveRule(
            "dispatch" in told.move_after, "release" in told.move_after, told.move_least, told.move_minute_cost
        )
        return Rules(
            told.dispatch,
            told.relocate,
            told.late_after_min * 60,
            told.loss_weight,
            told.minute_weight,
            told.home_minute_cost,
            moves,
            told.spread,
        )

    def twin(self, calls: Sequence[TwinCall], keep: Keep | None = None) -> Twin:
        """The plain twin, ready to run these calls."""
        start = min(self.start, calls[0].at) if calls else self.start
        dispatch, relocate = policies(self.rules(), self.ground, self.fleet, self.stations, self.cover())
        cards, rules = self.cards, self._rules_placed()
        watch = Watch(self.ground, self.fleet, rules, self.weight) if rules else None
        if isinstance(dispatch, Brain) and (watch or self.loaded.scenario.policy.plans):
            told = self.rules()
            plans = cards.plans if self.loaded.scenario.policy.plans else plans_of(
                told.limit_s, told.loss_weight, told.minute_weight)  # fmt: skip
            dispatch = Brain(watch or TallyLosses(Tally(self.cover())), plans)
        if watch and rules and self.loaded.scenario.policy.relocate == "live":
            relocate = live = LiveMoves(self.ground, self.fleet, rules, watch, self._minute_of)
            keep = _both(live.heard, keep)
        return Twin(
            self.ground,
            self.fleet,
            dispatch,
            relocate,
            catalogue=cards.catalogue,
            plans=cards.plans,
            lacks=dispatch.lacks if isinstance(dispatch, Brain) and self.loaded.scenario.policy.plans else None,
            start=start,
            absences=self.absences(calls),
            line=self.loaded.scenario.calls.queue,
            keep=keep,
            spread=self.loaded.scenario.policy.spread,
        )

    def _rules_placed(self) -> CoverRules | None:
        """The rules of coverage with their posts on nodes. Raises ScenarioError."""
        if self.cards.cover is None:
            return None
        try:
            return placed(self.cards.cover, self.ground, self.stations)
        except LookupError as error:
            told = str(error.args[0])
            raise self.loaded.wrong("policy.coverage", told, "name the post as a node, or move it") from None

    def _minute_of(self, now: Instant) -> int:
        """Minute of the local day."""
        return int((now + self.offset_s) // 60) % 1440

    def absences(self, calls: Sequence[TwinCall]) -> list[Absence]:
        """Who is away when, over the time these calls take."""
        until = calls[-1].at + 86_400 if calls else self.start
        return absences(self.loaded, [unit.id for unit in self.fleet], self.start, until, self.offset_s)

    def sweeper(self) -> Sweeper:
        """The compiled rules over this ground. Raises ScenarioError for what they cannot do."""
        fleet, calls = self.loaded.scenario.fleet, self.loaded.scenario.calls
        if fleet.shift or fleet.fault:
            raise self.loaded.wrong(
                "fleet", "has shifts or faults, which the compiled rules do not know", "run it plain"
            )
        if not calls.queue:
            raise self.loaded.wrong("calls.queue", "the compiled rules let calls wait", "run it plain")
        policy = self.loaded.scenario.policy
        if policy.plans or policy.coverage or fleet.kind or calls.types:
            field = "policy.plans" if policy.plans else "policy.coverage" if policy.coverage else "fleet"
            raise self.loaded.wrong(field, "the compiled rules know one kind of unit and of call", "run it plain")
        return Sweeper(self.ground, self.stations, self.cover())


def _both(heard: Callable[[list[AnyEntry]], None], keep: Keep | None) -> Keep:
    def told(entries: list[AnyEntry]) -> None:
        heard(entries)
        if keep:
            keep(entries)

    return told


def policies(
    rules: Rules, ground: Ground, fleet: Sequence[TwinUnit], stations: Sequence[int], cover: Cover
) -> tuple[Dispatch, Relocate]:
    """The plain policies of these numbers."""
    tally = Tally(cover)
    dispatch: Dispatch = Closest()
    if rules.dispatch == "dmexclp":
        dispatch = LeastLoss(tally, rules.limit_s)
    elif rules.dispatch == "hybrid":
        dispatch = Hybrid(tally, rules.limit_s, loss_weight=rules.loss_weight, minute_weight=rules.minute_weight)
    elif rules.dispatch == "brain":
        dispatch = Brain(TallyLosses(tally), plans_of(rules.limit_s, rules.loss_weight, rules.minute_weight))
    own = HomeBase({unit.id: unit.base for unit in fleet}) if rules.relocate != "dmexclp" else None
    if own and not (rules.moves.after_sent or rules.moves.after_freed):
        return dispatch, own
    return dispatch, BestCover(tally, ground, stations, minute_cost=rules.home_minute_cost, rule=rules.moves, own=own)


def prepare(loaded: Loaded, progress: Progress | None = None) -> World:
    """Read every file the scenario names. Raises ScenarioError."""
    scenario = loaded.scenario
    surveyed = survey(loaded, progress)
    ground, notes = surveyed.ground, list(surveyed.notes)
    bases = named_nodes(loaded, "fleet.bases", scenario.fleet.bases, scenario.fleet.base_column, ground.number)
    if not bases:
        raise loaded.wrong("fleet.bases", "names no unit", "one node for each unit")
    stations = named_nodes(
        loaded, "fleet.stations", scenario.fleet.stations, scenario.fleet.station_column, ground.number
    )
    ids = unit_ids(len(bases), scenario.fleet.letter)
    fleet = kinds_of(loaded, [TwinUnit(id_, base) for id_, base in zip(ids, bases, strict=True)])
    part = scenario.calls
    start = scenario.start.timestamp() if scenario.start else 0.0 if part.kind == "trace" else MONDAY
    world = World(
        loaded,
        ground,
        surveyed.weight,
        fleet,
        tuple(stations) or tuple(dict.fromkeys(bases)),
        start,
        Service(part.on_scene, part.hand_over, part.turnout, part.to_hospital),
        None,
        None,
        notes,
        read_cards(loaded),
    )
    _demand(world)
    world.absences([])
    world._rules_placed()
    return world


def _demand(world: World) -> None:
    loaded, part = world.loaded, world.loaded.scenario.calls
    if part.kind == "trace":
        files = {field: loaded.named(f"calls.files.{field}", name) for field, name in part.files.items()}
        world.recorded = read_trace(files, world.ground.number, world.start)
    elif part.kind == "csv":
        world.recorded = read_table(loaded, world.ground.number, world.start)
    elif part.kind == "model":
        world.demand = level(part.per_hour, world.weight, part.by_hour or (), part.by_day or ())
    else:
        calls, notes = read_history(loaded, world.ground, world.service, loaded.scenario.seed)
        world.notes += notes
        if part.kind == "history":
            world.recorded = calls
            if loaded.scenario.start is None:
                world.start = calls[0].at
        else:
            world.demand = fit([c.at for c in calls], [c.node for c in calls], len(world.ground), world.offset_s)
            world.weight = tuple(world.demand.share.mean(axis=0).tolist())
    if world.recorded is not None and not world.recorded:
        raise loaded.wrong("calls", "has no calls")
