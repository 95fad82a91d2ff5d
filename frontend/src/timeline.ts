/** Moments of the timeline. */

/** One press of back or forward. */
export const STEP_S = 15 * 60;
/** So near to now it is now: nobody hits the very second. */
export const NEAR_S = 90;

export type Reach = { first: number; now: number; last: number };

export function kindAt(at: number, now: number): 'past' | 'now' | 'forecast' {
  if (Math.abs(at - now) <= NEAR_S) return 'now';
  return at < now ? 'past' : 'forecast';
}

/** A moment moved, kept within what there is; null where it is now. */
export function moved(at: number, by: number, { first, now, last }: Reach): number | null {
  const next = Math.min(last, Math.max(first, at + by));
  return Math.abs(next - now) <= NEAR_S ? null : Math.round(next);
}
