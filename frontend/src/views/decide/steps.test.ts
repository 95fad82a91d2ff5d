import { expect, it } from 'vitest';
import { undoOf, waysOf } from './steps';

it('leads a decision on, and back', () => {
  expect(waysOf('proposed')).toEqual(['approved', 'refused', 'withdrawn']);
  expect(undoOf('proposed', 'approved')).toBe('proposed');
  expect(undoOf('withdrawn', 'proposed')).toBe('withdrawn');
  expect(undoOf('refused', 'proposed')).toBe('refused');
});

it('does not approve by undoing a withdrawal', () => {
  expect(undoOf('approved', 'withdrawn')).toBeNull();
});
