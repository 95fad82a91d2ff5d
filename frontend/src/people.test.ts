import { expect, it } from 'vitest';
import { personName } from './people';

it('leaves out what kind of account it is', () => {
  expect(personName('account:anna')).toBe('anna');
  expect(personName('anna')).toBe('anna');
  expect(personName('key:water:intake')).toBe('water:intake');
});
