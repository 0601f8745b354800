/// The live picture of one centre on this screen. Tables are plain maps behind one version number each, so that a tail
/// event costs what it changes and not what is there. Knows no window; gives no orders.

import { ask } from "../wire/http";
import { linkState, type LinkFacts, type LinkState } from "../wire/link";
import { Tail } from "../wire/tail";
import type {
  AlarmRow, CallerLinkRow, CallRow, ClosureRow, Entry, HospitalRow, IncidentRow, Mode, Move, Picture, TailFacts, TailPulse, TailTracks, UnitRow,
} from "../wire/types";
import { clock } from "./clock.svelte";
import { emptyTables, foldMoves, foldPicture, foldTail, TABLE_NAMES, type TableName } from "./fold";

type EntriesListener = (entries: readonly Entry[]) => void;
type MovesListener = (moves: readonly Move[]) => void;

class Room {
  centre = $state("");
  name = $state("");
  mode = $state<Mode>("live");
  position = $state(0);
  /** False until the first picture is here. */
  ready = $state(false);
  /** This account may not see the board at all: a field unit, an auditor. */
  forbidden = $state(false);
  /** Counts pictures: what was fetched beside the board (a timeline) is fetched again when this changes. */
  generation = $state(0);
  /** False while the server's record takes no orders. */
  recording = $state(true);
  link = $state<LinkState>({ word: "behind", behind_s: 0 });
  /** Server time when the picture was last known to be true; shown while cut off. */
  true_at = $state(0);

  #versions = $state<Record<TableName, number>>({ calls: 0, incidents: 0, units: 0, alarms: 0, closures: 0, hospitals: 0, caller_links: 0 });
  #tables = emptyTables();
  #tracks = new Map<string, Move>();
  #view = "";
  #facts: LinkFacts | null = null;
  #tail: Tail | null = null;
  #timer = 0;
  #onEntries = new Set<EntriesListener>();
  #onMoves = new Set<MovesListener>();
  #signedOut: () => void = () => {};

  // Reading a table makes the reader depend on that table's version. Rows are never mutated: a changed row is a new object.
  get calls(): ReadonlyMap<string, CallRow> {
    return void this.#versions.calls, this.#tables.calls;
  }
  get incidents(): ReadonlyMap<string, IncidentRow> {
    return void this.#versions.incidents, this.#tables.incidents;
  }
  get units(): ReadonlyMap<string, UnitRow> {
    return void this.#versions.units, this.#tables.units;
  }
  get alarms(): ReadonlyMap<string, AlarmRow> {
    return void this.#versions.alarms, this.#tables.alarms;
  }
  get closures(): ReadonlyMap<string, ClosureRow> {
    return void this.#versions.closures, this.#tables.closures;
  }
  get hospitals(): ReadonlyMap<string, HospitalRow> {
    return void this.#versions.hospitals, this.#tables.hospitals;
  }
  get callerLinks(): ReadonlyMap<string, CallerLinkRow> {
    return void this.#versions.caller_links, this.#tables.caller_links;
  }
  /** Latest reported position per unit. Not reactive: listen with `onMoves`. */
  get tracks(): ReadonlyMap<string, Move> {
    return this.#tracks;
  }

  /** Fetches the picture and follows the tail until `stop`. `signedOut` is called when the session has ended. */
  async start(signedOut: () => void): Promise<void> {
    this.stop();
    this.#signedOut = signedOut;
    this.#timer = window.setInterval(() => this.#tick(), 500);
    window.addEventListener("online", this.retry);
    const fetched = await this.#fetchUntilThere();
    if (fetched === null) return;
    this.#tail = new Tail(fetched, {
      facts: (event) => this.#takeFacts(event),
      tracks: (event) => this.#takeTracks(event),
      pulse: (event) => this.#takePulse(event),
      reset: () => this.#fetch(),
      view: () => this.#view,
      signedOut: () => this.#signedOut(),
      link: (facts) => this.#takeLink(facts),
    });
    this.#facts = this.#tail.link;
    void this.#tail.run();
  }

  stop(): void {
    window.clearInterval(this.#timer);
    window.removeEventListener("online", this.retry);
    this.#tail?.stop();
    this.#tail = null;
  }

  retry = (): void => this.#tail?.retry();

  /** Every entry that arrives by the tail, in order. Returns the way to stop listening. */
  onEntries(call: EntriesListener): () => void {
    this.#onEntries.add(call);
    return () => this.#onEntries.delete(call);
  }

  /** Moves as they arrive (about once a second, conflated per unit). Returns the way to stop listening. */
  onMoves(call: MovesListener): () => void {
    this.#onMoves.add(call);
    return () => this.#onMoves.delete(call);
  }

  async #fetchUntilThere(): Promise<number | null> {
    const began = Date.now() / 1000;
    const mine = this.#timer;
    for (let attempt = 0; mine === this.#timer; attempt += 1) {
      const position = await this.#fetch();
      if (position !== null) return position;
      if (this.forbidden) return null;
      this.#facts = { heard_at: began, connected: false, lost_at: began, lagging_since: 0 };
      await new Promise((resolve) => setTimeout(resolve, Math.min(5000, 500 * 2 ** attempt)));
    }
    return null;
  }

  async #fetch(): Promise<number | null> {
    const answer = await ask<Picture>("/api/board", { timeout_ms: 30_000 });
    this.forbidden = !answer.ok && answer.status === 403;
    if (!answer.ok) return null;
    this.takePicture(answer.value);
    return answer.value.board.position;
  }

  /** Shows this picture. Public for tests and for the one who has a picture in hand. */
  takePicture(picture: Picture): void {
    clock.hear(picture.now);
    foldPicture(this.#tables, picture);
    this.#tracks.clear();
    foldMoves(this.#tracks, picture.tracks);
    const { centre, name, mode, position } = picture.board;
    Object.assign(this, { centre, name, mode, position, ready: true, true_at: picture.now });
    this.#view = picture.view ?? "";
    this.generation += 1;
    for (const table of TABLE_NAMES) this.#versions[table] += 1;
    for (const call of this.#onMoves) call(picture.tracks);
  }

  #takeFacts(event: TailFacts): void {
    for (const table of foldTail(this.#tables, event)) this.#versions[table] += 1;
    this.position = this.#tables.position;
    for (const call of this.#onEntries) call(event.entries);
  }

  #takeTracks(event: TailTracks): void {
    clock.hear(event.now);
    foldMoves(this.#tracks, event.moves);
    for (const call of this.#onMoves) call(event.moves);
  }

  #takePulse(event: TailPulse): void {
    clock.hear(event.now);
    this.recording = event.recording ?? true;
  }

  #takeLink(facts: LinkFacts): void {
    this.#facts = facts;
    this.#tick();
  }

  #tick(): void {
    this.#tail?.check();
    if (!this.#facts) return;
    const next = linkState(this.#facts, Date.now() / 1000);
    if (next.word !== this.link.word || next.behind_s !== this.link.behind_s) this.link = next;
    if (next.word === "live") this.true_at = clock.read();
  }
}

export const room = new Room();
