/** What is being weighed: kept while the reader looks at other views. */
import { get } from '../../api/client';
import type { Measure, Range } from '../../api/types';
import { scenario, handOver } from '../../stores/scenario.svelte';
import { measureText } from '../../text/domain.svelte';
import { words } from '../../text/words.svelte';
import { BLANK, readRange, type RangeText } from './ranges';
import type { Answer, Decision } from './types';

export type MeasureDraft = Omit<Measure, 'cost' | 'text'> & {
  name: string;
  cost: RangeText;
  on: boolean;
  own: boolean;
};

export const MOST_YEARS = 100;
export const draft = $state({
  events: [] as string[],
  hours: 24,
  live: false,
  often: { ...BLANK },
  years: 20,
  measures: [] as MeasureDraft[],
  shortlist: [] as string[],
});

let answer = $state.raw<Answer | null>(null);
/** What was asked when the answer came: another question makes it old. */
let asked = $state('');
export const answered = {
  get answer(): Answer | null {
    return answer;
  },
  get old(): boolean {
    return answer !== null && asked !== JSON.stringify(question());
  },
};

export function takeAnswer(found: Answer | null, of: unknown): void {
  answer = found;
  asked = JSON.stringify(of);
  draft.shortlist = draft.shortlist.filter((id) => found?.options.some((one) => one.id === id));
}

export function draftOf(measure: Measure): MeasureDraft {
  const { id, kind, changes, events, protect, cost } = measure;
  const told = cost
    ? { low: String(cost.low), mid: String(cost.mid), high: String(cost.high) }
    : { ...BLANK };
  return { id, kind, changes, events, protect, name: measureText(measure), cost: told, on: true, own: false };
}

/** Proposals take the place of earlier ones; what somebody wrote, and costs of what stays, are kept. */
export function propose(measures: readonly Measure[]): void {
  const costOf = (name: string): RangeText | undefined =>
    draft.measures.find((one) => one.name === name)?.cost;
  const fresh = measures.map(draftOf).map((one) => ({ ...one, cost: costOf(one.name) ?? one.cost }));
  draft.measures = [...fresh, ...draft.measures.filter((one) => one.own)];
}

/** Take what What-if handed over, once. */
export function takeHanded(): void {
  const { handed } = scenario;
  if (!handed) return;
  handOver(null);
  Object.assign(draft, { events: [...handed.events], hours: handed.hours, live: handed.live });
  propose(handed.measures);
  takeAnswer(null, '');
}

/** A name that no other measure has. */
export function freeId(): string {
  let number = 1;
  while (draft.measures.some((one) => one.id === `own-${number}`)) number += 1;
  return `own-${number}`;
}

export const rangeOf = (text: RangeText): Range | null | 'wrong' => readRange(text, words.language);
export const chosen = (): MeasureDraft[] => draft.measures.filter((one) => one.on);

/** What the server is asked; null as long as something is missing or wrong. */
export function question(): Record<string, unknown> | null {
  const often = rangeOf(draft.often);
  const measures = chosen().map(({ id, name, kind, changes, events, protect, cost }) => ({
    id,
    name,
    kind,
    changes,
    events,
    protect,
    cost: rangeOf(cost),
  }));
  const whole = Number.isInteger(draft.years) && draft.years >= 1 && draft.years <= MOST_YEARS;
  if (!often || often === 'wrong' || often.high === 0 || !whole) return null;
  if (draft.events.length === 0 || measures.length === 0) return null;
  if (measures.some((one) => one.cost === 'wrong')) return null;
  const { events, hours, live, years } = draft;
  return { events: [...events], hours, live, times_a_year: often, years, measures };
}

export const loadDecisions = async (): Promise<Decision[]> =>
  (await get<{ decisions: Decision[] }>('/page/decisions')).decisions;
