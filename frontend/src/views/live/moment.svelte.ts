/** The moment that the live view shows: now, as it comes, or another that the server is asked for. */
import { get, withQuery } from '../../api/client';
import type { Finding, Moment, ServiceLoss } from '../../api/types';
import { live } from '../../stores/live.svelte';

const WAIT_MS = 150;
const TICK_MS = 30_000;
const REACH_MS = 600_000;
const DAY_S = 86_400;

export class Shown {
  /** Null while it is now. */
  at = $state<number | null>(null);
  now = $state(Date.now() / 1000);
  other = $state.raw<Moment | null>(null);
  trouble = $state.raw<unknown>(null);
  #first = $state<number | null>(null);
  #last = $state<number | null>(null);
  #asked: AbortController | null = null;
  #wait: ReturnType<typeof setTimeout> | undefined;

  get first(): number {
    return Math.min(this.#first ?? this.now - 3600, this.now - 3600);
  }
  /** Before the first look there is no forecast: a day is kept free for it. */
  get last(): number {
    return this.#last !== null && this.#last > this.now + 3600 ? this.#last : this.now + DAY_S;
  }
  get findings(): Finding[] {
    return this.at === null ? live.findings : (this.other?.findings ?? []);
  }
  get services(): ServiceLoss[] | null {
    return this.at === null ? (live.now?.services ?? null) : (this.other?.services ?? null);
  }
  /** Asked for, and not here yet. */
  get waiting(): boolean {
    return this.at !== null && this.other === null && this.trouble === null;
  }

  /** Keep the clock, and learn how far back and ahead one can go; the function that comes back ends it. */
  start(): () => void {
    void this.#reach();
    const timer = setInterval(() => (this.now = Date.now() / 1000), TICK_MS);
    const reach = setInterval(() => void this.#reach(), REACH_MS);
    return () => {
      clearInterval(timer);
      clearInterval(reach);
      clearTimeout(this.#wait);
      this.#asked?.abort();
    };
  }

  go(at: number | null): void {
    this.at = at;
    this.now = Date.now() / 1000;
    clearTimeout(this.#wait);
    this.#asked?.abort();
    this.trouble = null;
    if (at === null) this.other = null;
    // who drags the slider asks once, where they let go
    else this.#wait = setTimeout(() => void this.#load(at), WAIT_MS);
  }

  async #load(at: number): Promise<void> {
    const control = (this.#asked = new AbortController());
    try {
      this.#take(await get<Moment>(withQuery('/page/moment', { at: Math.round(at) }), control.signal));
    } catch (error) {
      if (!control.signal.aborted) this.trouble = error;
    }
  }

  async #reach(): Promise<void> {
    const found = await get<Moment>(withQuery('/page/moment', { at: Math.round(this.now) })).catch(
      () => null,
    );
    if (!found) return;
    this.#first = found.first;
    this.#last = found.last;
  }

  #take(found: Moment): void {
    this.other = found;
    this.#first = found.first;
    this.#last = found.last;
  }
}
