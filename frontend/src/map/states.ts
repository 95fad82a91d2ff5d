/**
 * Feature states of the map: only what changed is told, a few thousand features a frame.
 *
 * MapLibre rewrites a tile's paint arrays for every feature whose state changed. All of 50,000 at once
 * would hold a frame for seconds on a machine without a GPU, so changes wait in a queue, and the length
 * of the last frame says how many the next one takes.
 */

export type Attribute = 'value' | 'mark' | 'weight' | 'picked' | 'near';
export type State = Partial<Record<Attribute, number | null>>;
export type Apply = (asset: string, state: State) => void;

const FIRST = 2000;
const LEAST = 250;
const MOST = 16_000;
const SLOW_FRAME_MS = 100;
const QUICK_FRAME_MS = 40;

/** How many features the next frame takes, by how long this one took. */
export function nextChunk(size: number, frameMs: number): number {
  if (frameMs > SLOW_FRAME_MS) return Math.max(LEAST, Math.floor(size / 2));
  if (frameMs < QUICK_FRAME_MS) return Math.min(MOST, size * 2);
  return size;
}

/** What must be told so that `before` becomes `after`; null takes a value away. */
export function difference(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): Map<string, number | null> {
  const changed = new Map<string, number | null>();
  for (const [asset, value] of after) if (before.get(asset) !== value) changed.set(asset, value);
  for (const asset of before.keys()) if (!after.has(asset)) changed.set(asset, null);
  return changed;
}

export class FeatureStates {
  readonly #shown = new Map<Attribute, Map<string, number>>();
  readonly #waiting = new Map<string, State>();
  readonly #apply: Apply;
  readonly #frame: (callback: (time: number) => void) => unknown;
  #chunk = FIRST;
  #last = 0;
  #running = false;
  #stopped = false;

  constructor(apply: Apply, frame: (callback: (time: number) => void) => unknown) {
    this.#apply = apply;
    this.#frame = frame;
  }

  /** Features that are still to be told. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** All values of an attribute: those that are not named lose theirs. */
  set(attribute: Attribute, values: ReadonlyMap<string, number>): void {
    const before = this.#shown.get(attribute) ?? new Map<string, number>();
    for (const [asset, value] of difference(before, values)) this.#wait(asset, attribute, value);
    this.#shown.set(attribute, new Map(values));
    this.#start();
  }

  /** Some values of an attribute; the others stay. */
  patch(attribute: Attribute, values: Iterable<readonly [string, number]>): void {
    const shown = this.#shown.get(attribute) ?? new Map<string, number>();
    this.#shown.set(attribute, shown);
    for (const [asset, value] of values) {
      if (shown.get(asset) === value) continue;
      shown.set(asset, value);
      this.#wait(asset, attribute, value);
    }
    this.#start();
  }

  /** The map is gone: nothing more is told. */
  stop(): void {
    this.#waiting.clear();
    this.#stopped = true;
  }

  #wait(asset: string, attribute: Attribute, value: number | null): void {
    const state = this.#waiting.get(asset);
    if (state) state[attribute] = value;
    else this.#waiting.set(asset, { [attribute]: value });
  }

  #start(): void {
    if (this.#running || this.#stopped || this.#waiting.size === 0) return;
    this.#running = true;
    this.#last = 0;
    this.#frame(this.#step);
  }

  readonly #step = (time: number): void => {
    if (this.#last > 0) this.#chunk = nextChunk(this.#chunk, time - this.#last);
    this.#last = time;
    let left = this.#chunk;
    for (const [asset, state] of this.#waiting) {
      if (left-- === 0) break;
      this.#waiting.delete(asset);
      this.#apply(asset, state);
    }
    if (this.#waiting.size > 0) this.#frame(this.#step);
    else this.#running = false;
  };
}
