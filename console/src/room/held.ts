/// Holding a list still. While somebody works in it nothing moves: rows change in place, new ones wait at the end, and a
/// row that left stays where it was until the list is let go. Pure.

export interface Held<T> {
  row: T;
  /** It has left the table and is kept only so that nothing moves. */
  gone: boolean;
}

export function hold<T extends { id: string }>(shown: readonly Held<T>[], fresh: readonly T[]): Held<T>[] {
  const left = new Map(fresh.map((row) => [row.id, row]));
  const kept = shown.map(({ row }) => {
    const now = left.get(row.id);
    left.delete(row.id);
    return now ? { row: now, gone: false } : { row, gone: true };
  });
  for (const row of left.values()) kept.push({ row, gone: false });
  return kept;
}

export function letGo<T>(fresh: readonly T[]): Held<T>[] {
  return fresh.map((row) => ({ row, gone: false }));
}
