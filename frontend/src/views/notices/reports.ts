/** Residents' reports: which are shown, where they lie, where they may be led. */
import type { FeatureCollection } from 'geojson';
import type { Report, ReportState } from './types';

/** As the server has it; see `kopa.api.page.reports`. */
export const REPORT_WAYS: Record<ReportState, ReportState[]> = {
  new: ['seen', 'done', 'refused'],
  seen: ['done', 'refused', 'new'],
  done: ['seen'],
  refused: ['seen'],
};

/** The state that undoes a step: the one before where there is a way back, else the nearest to it. */
export function undoReport(before: ReportState, after: ReportState): ReportState | null {
  if (REPORT_WAYS[after].includes(before)) return before;
  return REPORT_WAYS[after].includes('seen') ? 'seen' : null;
}

export const FILTERS = ['open', 'closed', 'all'] as const;
export type Filter = (typeof FILTERS)[number];
const isOpen = (report: Report): boolean => report.state === 'new' || report.state === 'seen';

/** Unread ones first, then the newest. */
export function shownOf(reports: readonly Report[], filter: Filter): Report[] {
  return reports
    .filter((one) => filter === 'all' || isOpen(one) === (filter === 'open'))
    .toSorted((a, b) => Number(b.state === 'new') - Number(a.state === 'new') || b.at - a.at);
}

/** Where they lie, as pins; the one that is looked at stands out. */
export function reportPins(reports: readonly Report[], picked: string | null): FeatureCollection {
  return {
    type: 'FeatureCollection',
    features: reports
      .filter((one) => one.lon !== null && one.lat !== null)
      .map((one) => ({
        type: 'Feature',
        geometry: { type: 'Point', coordinates: [one.lon ?? 0, one.lat ?? 0] },
        properties: { id: one.id, current: one.id === picked },
      })),
  };
}

/** How many reports share each work order. */
export function ordersOf(reports: Report[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const { order } of reports) if (order) found.set(order, (found.get(order) ?? 0) + 1);
  return found;
}
