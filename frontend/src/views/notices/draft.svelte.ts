/** The notice that is being written: kept while the reader looks at other views. */
import { cityStore } from '../../stores/city.svelte';
import { toLocal } from './zoned';
import type { Wish } from './wish';

const HOUR_S = 3600;
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
export function clear(): void {
  draft.wish = null;
}
