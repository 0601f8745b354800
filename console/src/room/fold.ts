/// The fold of one room: a picture becomes tables, a tail event replaces rows or deletes them. Pure; knows no screen,
/// no network, no clock. Picture + tail = fresh picture: tests/room/fold.test.ts compares the whole state.

import type { AlarmRow, CallerLinkRow, CallRow, ClosureRow, HospitalRow, IncidentRow, Move, Picture, Rows, TailFacts, UnitRow } from "../wire/types";

export interface Tables {
  position: number;
  calls: Map<string, CallRow>;
  incidents: Map<string, IncidentRow>;
  units: Map<string, UnitRow>;
  alarms: Map<string, AlarmRow>;
  closures: Map<string, ClosureRow>;
  hospitals: Map<string, HospitalRow>;
  caller_links: Map<string, CallerLinkRow>;
}

export type TableName = keyof Rows;
export const TABLE_NAMES: readonly TableName[] = ["calls", "incidents", "units", "alarms", "closures", "hospitals", "caller_links"];

export function emptyTables(): Tables {
  return {
    position: 0,
    calls: new Map(),
    incidents: new Map(),
    units: new Map(),
    alarms: new Map(),
    closures: new Map(),
    hospitals: new Map(),
    caller_links: new Map(),
  };
}

/** Replaces everything with what the picture shows. */
export function foldPicture(tables: Tables, picture: Picture): void {
  tables.position = picture.board.position;
  for (const name of TABLE_NAMES) {
    tables[name].clear();
    foldTable(tables[name] as Map<string, unknown>, picture.board.rows[name] ?? {});
  }
}

/** Applies one tail event; returns the tables it touched. An event at or before our position is old news: nothing. */
export function foldTail(tables: Tables, event: TailFacts): TableName[] {
  if (event.position <= tables.position) return [];
  tables.position = event.position;
  const touched: TableName[] = [];
  for (const name of TABLE_NAMES) {
    const changes = event.rows[name];
    if (changes && foldTable(tables[name] as Map<string, unknown>, changes)) touched.push(name);
  }
  return touched;
}

function foldTable(table: Map<string, unknown>, changes: Record<string, unknown>): boolean {
  let any = false;
  for (const id in changes) {
    any = true;
    const row = changes[id];
    if (row === null) table.delete(id);
    else table.set(id, row);
  }
  return any;
}

/** Keeps the latest move of each unit; an older report never replaces a newer one. Returns the units that moved. */
export function foldMoves(tracks: Map<string, Move>, moves: readonly Move[]): string[] {
  const moved: string[] = [];
  for (const move of moves) {
    const before = tracks.get(move[0]);
    if (before && before[1] > move[1]) continue;
    tracks.set(move[0], move);
    moved.push(move[0]);
  }
  return moved;
}
