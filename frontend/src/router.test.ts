import { describe, expect, it } from 'vitest';
import { format, parse } from './router';

describe('hash routes', () => {
  it('come back as they were written', () => {
    const hash = format('whatif', { s: ['water:P-12 burst 60L/s', 'a\nb'], hours: '48', none: undefined }, [
      'x/y',
    ]);
    const route = parse(hash);
    expect(route.view).toBe('whatif');
    expect(route.rest).toEqual(['x/y']);
    expect(route.query.getAll('s')).toEqual(['water:P-12 burst 60L/s', 'a\nb']);
    expect(route.query.get('hours')).toBe('48');
    expect(route.query.has('none')).toBe(false);
  });
  it('are empty where there is none, and take a stray %', () => {
    expect(parse('')).toMatchObject({ view: '', rest: [] });
    expect(parse('#/100%/a').view).toBe('100%');
  });
});
