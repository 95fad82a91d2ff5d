/** Options side by side: their greenhouse gas, and the scales that their bars share. */
import type { Range } from '../../api/types';
import { extentOf, type Extent } from './ranges';
import type { Option } from './types';

export type Extents = { people: Extent; carbon: Extent; money: Extent };

/** Greenhouse gas that is avoided each time; null where the model says nothing of it. */
export function carbonOf(option: Option): Range | null {
  const rows = option.avoided.filter((one) => one.quantity === 'greenhouse_gas');
  if (rows.length === 0) return null;
  const sum = (end: keyof Range): number => rows.reduce((all, one) => all + one[end], 0);
  return { low: sum('low'), mid: sum('mid'), high: sum('high') };
}

export function extentsOf(options: readonly Option[]): Extents {
  return {
    people: extentOf(options.map((one) => one.person_hours_avoided)),
    carbon: extentOf(options.map(carbonOf)),
    // benefit, cost and net are of one unit: on one scale they can be held against each other
    money: extentOf(options.flatMap((one) => [one.benefit, one.cost, one.net])),
  };
}

/** The first is the best only where it is worth its cost. */
export function bestOf(options: readonly Option[]): string {
  const [first] = options;
  return first?.net && first.net.mid > 0 ? first.id : '';
}
