/// What this person looks at on the map: what is selected, whether the map follows it, who comes and by which way. The
/// selected incident is the desk's; units, calls, closed roads and places are selected here.

import { desk } from "../panels/desk.svelte";
import { room } from "../room/room.svelte";
import { sharedSelection } from "../room/shared";
import { ask } from "../wire/http";
import type { Move, PlaceMatch, Region, Route } from "../wire/types";
import type { Group } from "./layers";
import { Motion } from "./motion";

export type Kind = "incident" | "unit" | "call" | "closure" | "resource";
export const motion = new Motion();

class View {
  kind = $state<Kind | null>(null);
  /** Of the selected unit, call, closed road or place; the incident is `desk.selected`. */
  id = $state("");
  follow = $state(true);
  trailing = $state(false);
  trail = $state.raw<Move[] | null>(null);
  routes = $state.raw<Route[]>([]);
  routes_at = $state(0);
  routes_failed = $state(false);
  shown = $state<Record<Group, boolean>>({ idle: true, incidents: true, calls: true, closures: true, resources: true });
  /** The group whose coverage is shaded; null: none is. */
  covering = $state<string | null>(null);
  region = $state.raw<Region | null>(null);
  /** What stands in the side panel besides what is selected. */
  form = $state<"" | "block" | "layers">("");
  here = $state.raw<{ lat: number; lon: number } | null>(null);
  here_words = $state("");
  #here_asked = 0;

  selectIncident(id: string): void {
    this.kind = id ? "incident" : null;
    this.id = "";
    desk.select(id);
    this.#tell();
  }

  select(kind: Exclude<Kind, "incident">, id: string): void {
    this.kind = kind;
    this.id = id;
    const incident = kind === "unit" ? room.units.get(id)?.incident : undefined;
    if (incident) desk.select(incident);
    this.#tell();
  }

  /** Listens to the other windows. Calls when what is selected has changed elsewhere. */
  share(moved: () => void): () => void {
    return sharedSelection.hear(({ incident, unit }) => {
      if (incident) desk.select(incident);
      this.kind = unit ? "unit" : incident ? "incident" : this.kind;
      this.id = unit;
      moved();
    });
  }

  #tell(): void {
    sharedSelection.tell({ incident: desk.selected, unit: this.kind === "unit" ? this.id : "" });
  }

  async readRegion(): Promise<void> {
    const answer = await ask<Region>("/api/region");
    this.region = answer.ok ? answer.value : { name: "", bbox: [0, 0, 0, 0], attribution: "", has_basemap: false, resources: [] };
  }

  async readRoutes(incident: string, now: number): Promise<void> {
    const answer = await ask<Route[]>(`/api/incidents/${encodeURIComponent(incident)}/routes`);
    if (desk.selected !== incident) return;
    this.routes_failed = !answer.ok;
    if (!answer.ok) return;
    this.routes = answer.value;
    this.routes_at = now;
  }

  forgetRoutes(): void {
    this.routes = [];
    this.routes_failed = false;
  }

  async readTrail(unit: string): Promise<void> {
    const answer = await ask<Move[]>(`/api/units/${encodeURIComponent(unit)}/trail?minutes=10`);
    if (this.kind === "unit" && this.id === unit) this.trail = answer.ok ? answer.value : [];
  }

  /** Puts words to the place under the cross. */
  async nameHere(at: { lat: number; lon: number }): Promise<void> {
    this.here = at;
    const asked = (this.#here_asked += 1);
    const answer = await ask<PlaceMatch>(`/api/places/nearest?lat=${at.lat}&lon=${at.lon}`);
    if (asked === this.#here_asked) this.here_words = answer.ok ? (answer.value.place.text ?? "") : "";
  }
}

export const view = new View();
