/** The notice that is being written: kept while the reader looks at other views. */
import { post } from '../../api/client';
import { cityStore } from '../../stores/city.svelte';
import type { Notice, Proposal } from './types';
import { fromLocal, toLocal } from './zoned';
import type { Wish } from './wish';

const HOUR_S = 3600;
const DAY_S = 86_400;
export const zone = (): string => cityStore.city?.timezone ?? 'UTC';

function blank(): Wish {
  // the next full hour, for two hours
  const start = Math.ceil(Date.now() / 1000 / HOUR_S) * HOUR_S;
  return {
    kind: 'works',
    title: {},
    text: {},
    services: [],
    changes: [],
    updates: '',
    from: toLocal(start, zone()),
    to: toLocal(start + 2 * HOUR_S, zone()),
  };
}

export const draft = $state<{ wish: Wish | null }>({ wish: null });

/** The draft, begun anew where there is none. */
export function wished(): Wish {
  draft.wish ??= blank();
  return draft.wish;
}
/** Begin an alert of a finding, in words that Kopa proposes, for the day ahead. */
export async function warnOf(finding: string): Promise<void> {
  const from = Math.floor(Date.now() / 1000 / 60) * 60;
  await propose({ finding, from, to: from + DAY_S }, { ...blank(), kind: 'alert' });
}

/** Let Kopa write what the draft leaves open, from its changes. */
export async function proposeWords(wish: Wish): Promise<void> {
  const [from, to] = [fromLocal(wish.from, zone()), fromLocal(wish.to, zone())];
  await propose({ changes: wish.changes, from, to }, wish);
}

async function propose(asked: Record<string, unknown>, into: Wish): Promise<void> {
  const told = await post<Proposal>('/page/notices/proposal', asked);
  const written = (texts: Record<string, string>): Record<string, string> =>
    Object.fromEntries(Object.entries(texts).filter(([, text]) => text.trim() !== ''));
  draft.wish = {
    ...into,
    changes: told.changes,
    services: into.services.length > 0 ? into.services : told.services,
    title: { ...told.title, ...written(into.title) },
    text: { ...told.text, ...written(into.text) },
    ...(typeof asked['finding'] === 'string'
      ? { from: toLocal(Number(asked['from']), zone()), to: toLocal(Number(asked['to']), zone()) }
      : {}),
  };
}

/** Begin an alert that replaces one that was published. */
export function update(notice: Notice): void {
  const { id, kind, title, text, services, changes, from, to } = notice;
  draft.wish = {
    kind,
    title: { ...title },
    text: { ...text },
    services: [...services],
    changes: [...changes],
    updates: id,
    from: toLocal(from, zone()),
    to: toLocal(to, zone()),
  };
}
export function clear(): void {
  draft.wish = null;
}
