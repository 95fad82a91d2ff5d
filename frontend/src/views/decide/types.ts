/** What the API answers of measures and decisions; times are epoch seconds. */
import type { Factor, Range, Total } from '../../api/types';

export type Sum = Omit<Total, 'factors'>;
export type Option = {
  id: string;
  name: string;
  status: 'ok' | 'unknown';
  why_unknown: string;
  /** What it avoids each time; above zero is good. */
  avoided: Sum[];
  person_hours_avoided: Range | null;
  /** Money over the years, today's value. */
  benefit: Range | null;
  cost: Range | null;
  net: Range | null;
  chance_worth: number | null;
  chance_best: number | null;
  break_even_cost: Range | null;
  break_even_times_a_year: number | null;
};
export type Flip = { kind: 'cost' | 'frequency'; option: string; other: string; value: number; now: number };
export type ScenarioTold = {
  events: string[];
  times_a_year: Range;
  years: number;
  discount: number;
  totals: Sum[];
  hours?: number;
};
export type Answer = {
  status: string;
  currency: string;
  seconds: number;
  scenario: ScenarioTold;
  /** The best first; unknown ones last. */
  options: Option[];
  flips: Flip[];
  factors: Factor[];
};

export type DecisionState = 'proposed' | 'approved' | 'refused' | 'withdrawn';
export type Taken = { state: string; by: string; at: number; note: string };
export type Decision = {
  id: string;
  title: string;
  state: DecisionState;
  author: string;
  at: number;
  reason: string;
  chosen: string[];
  options: Option[];
  scenario: ScenarioTold;
  /** Another person than the author must approve it. */
  second: boolean;
  steps: Taken[];
};
