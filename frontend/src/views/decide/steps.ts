/** Where a decision may be led, and how a step is undone. */
import type { DecisionState } from './types';

/** As the server has it; see `kopa.api.page.decisions`. */
const WAYS: Record<DecisionState, DecisionState[]> = {
  proposed: ['approved', 'refused', 'withdrawn'],
  approved: ['withdrawn'],
  refused: ['proposed'],
  withdrawn: ['proposed'],
};

export const waysOf = (state: DecisionState): DecisionState[] => WAYS[state];

/** The state that undoes a step; null where none does: what was approved is approved again by a person. */
export function undoOf(before: DecisionState, after: DecisionState): DecisionState | null {
  if (before === 'proposed') return 'proposed';
  if (after === 'proposed') return before === 'withdrawn' ? 'withdrawn' : 'refused';
  return null;
}
