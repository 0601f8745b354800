/// Where a caller is, as rows say it: which reports count, which do not fit, which were replaced. Pure.

import type { AreaRow, CallRow, IncidentRow, ReportRow } from "../wire/types";

export type Standing = "used" | "disagrees" | "replaced" | "no_fix";

/** How a report stands in the area that all of them come to. */
export function standing(report: ReportRow, area: AreaRow | undefined): Standing {
  if (!report.spot) return "no_fix";
  if (area?.disagree.includes(report.id)) return "disagrees";
  if (area?.replaced.includes(report.id)) return "replaced";
  return "used";
}

/** When the caller was there, as far as anybody says. */
export const fixed = (report: ReportRow): number => Math.min(report.fixed_at ?? report.received_at, report.received_at);

/** Newest first; those that count before those that do not. */
export function ordered(reports: readonly ReportRow[], area: AreaRow | undefined): ReportRow[] {
  const rank: Record<Standing, number> = { used: 0, disagrees: 1, replaced: 2, no_fix: 3 };
  return [...reports].sort((a, b) => rank[standing(a, area)] - rank[standing(b, area)] || fixed(b) - fixed(a));
}

/** When the caller was last heard of: the newest report with a position that counts; an address on file is no moment. */
export function heardAt(reports: readonly ReportRow[], area: AreaRow): number {
  const said = reports.filter((report) => report.call === area.call && report.spot && report.source !== "registered");
  return said.length ? Math.max(...said.map(fixed)) : area.at;
}

/** The area to act on: the call's own; of an incident with several callers, of the one who was heard of last. */
export function newest(row: CallRow | IncidentRow | null): AreaRow | undefined {
  const heard = (area: AreaRow): number => heardAt(row?.reports ?? [], area);
  return row?.areas.reduce<AreaRow | undefined>((best, area) => (!best || heard(area) > heard(best) ? area : best), undefined);
}
