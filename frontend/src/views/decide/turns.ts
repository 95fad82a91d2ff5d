/** What would flip the choice, as sentences that are still without words. */
import type { Flip, Option } from './types';

/** The key of its sentence, `decide-turn-<key>`. */
export type TurnKey =
  | 'cost-nothing'
  | 'cost-only'
  | 'cost-other'
  | 'cost-catch'
  | 'often-nothing'
  | 'often-only'
  | 'often-other-below'
  | 'often-other-above';
export type Turn = {
  key: TurnKey;
  option: string;
  other: string;
  /** Money, or times a year. */
  value: number;
  now: number;
};

/** What the server says of the best option, and what each other one must cost to be better than it. */
export function turnsOf(flips: readonly Flip[], options: readonly Option[]): Turn[] {
  return [...flips.map(turnOf), ...catchUps(options)];
}

function turnOf({ kind, option, other, value, now }: Flip): Turn {
  const above = value >= now;
  const key: TurnKey =
    kind === 'cost'
      ? other
        ? 'cost-other'
        : above
          ? 'cost-nothing'
          : 'cost-only'
      : other
        ? above
          ? 'often-other-above'
          : 'often-other-below'
        : above
          ? 'often-only'
          : 'often-nothing';
  return { key, option, other, value, now };
}

function catchUps(options: readonly Option[]): Turn[] {
  const [best, ...others] = options.filter((one) => one.net !== null && one.cost !== null);
  const found: Turn[] = [];
  for (const one of others) {
    if (!best?.net || !one.net || !one.cost) continue;
    const value = one.cost.mid - (best.net.mid - one.net.mid);
    if (value > 0 && value < one.cost.mid) {
      found.push({ key: 'cost-catch', option: one.id, other: best.id, value, now: one.cost.mid });
    }
  }
  return found;
}

/** Services that an option brings back to people, while no price of them is known: its worth leaves them out. */
export function unpriced(option: Option): string[] {
  const priced = new Set(
    option.avoided.filter((one) => one.quantity === 'social_cost').map((one) => one.service),
  );
  return option.avoided
    .filter((one) => one.quantity === 'person_hours' && one.mid > 0 && !priced.has(one.service))
    .map((one) => one.service);
}
