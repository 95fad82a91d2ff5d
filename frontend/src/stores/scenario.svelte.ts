/** What a view hands to another: a scenario and the measures against it, from What-if to Decide. */
import type { Measure } from '../api/types';

export type Scenario = { events: string[]; hours: number; live: boolean; measures: Measure[] };

let handed = $state.raw<Scenario | null>(null);

export const scenario = {
  get handed(): Scenario | null {
    return handed;
  },
};

export function handOver(what: Scenario | null): void {
  handed = what;
}
