/** What is happening: kept current by the server's events, kept as it was while the line is lost. */
import { reloadCity } from './city.svelte';
import { get, patch } from '../api/client';
import { listen } from '../api/events';
import type { Finding, Now, StateRow } from '../api/types';
import { sortFindings } from '../findings';
import { announce } from './toasts.svelte';
import { line, lineEvent } from './line.svelte';
import { findingText } from '../text/domain.svelte';
import { t } from '../text/words.svelte';

export type Value = { asset: string; quantity: string; value: number; at: number; simulated: boolean };
export type ValueListener = (changed: Value[]) => void;
export type EventListener = (kind: string, data: unknown) => void;

let now = $state.raw<Now | null>(null);
let findings = $state.raw<Finding[]>([]);
let loaded = $state(false);
/** Grows with every batch of values, for whoever shows one. */
let version = $state(0);

/** Not a rune: 50,000 values are told to the map as they come, not compared by the framework. */
const values = new Map<string, Value>();
const valueListeners = new Set<ValueListener>();
const eventListeners = new Set<EventListener>();

export const live = {
  get now(): Now | null {
    return now;
  },
  /** Open ones and silenced ones, the worst for people first. */
  get findings(): Finding[] {
    return findings;
  },
  get loaded(): boolean {
    return loaded;
  },
  get version(): number {
    return version;
  },
};

const keyOf = (asset: string, quantity: string): string => `${asset}\n${quantity}`;

export function valueOf(asset: string, quantity: string): Value | undefined {
  return values.get(keyOf(asset, quantity));
}

export function allValues(): Iterable<Value> {
  return values.values();
}

/** Be told of values as they come; the function that comes back ends it. */
export function onValues(listener: ValueListener): () => void {
  valueListeners.add(listener);
  return () => valueListeners.delete(listener);
}

/** Be told of any event (`screen`, `notice`, …); the function that comes back ends it. */
export function onEvent(listener: EventListener): () => void {
  eventListeners.add(listener);
  return () => eventListeners.delete(listener);
}

/** Fetch all anew. */
export async function loadLive(): Promise<void> {
  const [summary, open, silenced, state] = await Promise.all([
    get<Now>('/now'),
    get<{ findings: Finding[] }>('/findings?state=open'),
    get<{ findings: Finding[] }>('/findings?state=silenced'),
    get<{ state: StateRow[] }>('/state'),
  ]);
  now = summary;
  findings = sortFindings([...open.findings, ...silenced.findings]);
  values.clear();
  take(state.state);
  loaded = true;
}

/** Listen until the function that comes back is called. */
export function followLive(): () => void {
  return listen('/events', {
    up(missed) {
      lineEvent('up');
      if (missed) void refetch();
    },
    down: () => lineEvent('down'),
    event(kind, data) {
      // a request was lost, but events still come: the line is there
      if (line.now.state === 'reconnecting') lineEvent('up');
      if (kind === 'now') now = data as Now;
      else if (kind === 'values') take(rowsOf(data as [string, string, number, number][]));
      else if (kind === 'finding') hear(data as Finding);
      else if (kind === 'reload') {
        lineEvent('reload');
        void refetch();
        void reloadCity().catch(() => undefined);
      }
      for (const listener of eventListeners) listener(kind, data);
    },
  });
}

/** What fails here is told by the line, and comes again when the line is back. */
const refetch = (): Promise<void> => loadLive().catch(() => undefined);

export async function leadFinding(
  id: string,
  wish: { state: Finding['state']; note?: string; until?: string },
): Promise<Finding> {
  const found = await patch<Finding>(`/findings/${encodeURIComponent(id)}`, wish);
  hear(found, false);
  return found;
}

function hear(finding: Finding, aloud = true): void {
  const before = findings.find((one) => one.id === finding.id);
  const others = findings.filter((one) => one.id !== finding.id);
  findings = finding.state === 'resolved' ? others : sortFindings([...others, finding]);
  if (aloud && !before && finding.state === 'new') {
    announce(t('finding-came', { what: findingText(finding), people: Math.round(finding.people) }));
  }
}

function rowsOf(rows: [string, string, number, number][]): Value[] {
  return rows.map(([asset, quantity, value, at]) => ({
    asset,
    quantity,
    value,
    at,
    simulated: valueOf(asset, quantity)?.simulated ?? false,
  }));
}

function take(rows: Value[]): void {
  for (const { asset, quantity, value, at, simulated } of rows) {
    values.set(keyOf(asset, quantity), { asset, quantity, value, at, simulated });
  }
  version += 1;
  for (const listener of valueListeners) listener(rows);
}
