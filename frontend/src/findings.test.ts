import { expect, it } from 'vitest';
import type { Finding } from './api/types';
import { findingKey, sortFindings } from './findings';

const one = (id: string, rest: Partial<Finding>): Finding =>
  ({ id, state: 'new', people: 0, person_hours: 0, first: 0, ...rest }) as Finding;

it('puts the worst for people first, the silenced last', () => {
  const sorted = sortFindings([
    one('quiet', { state: 'silenced', person_hours: 99 }),
    one('old', { first: 1 }),
    one('new', { first: 2 }),
    one('worst', { person_hours: 10 }),
  ]);
  expect(sorted.map(({ id }) => id)).toEqual(['worst', 'new', 'old', 'quiet']);
});
it('finds the word of a code', () => expect(findingKey('water.off.x')).toBe('finding-water-off-x'));
