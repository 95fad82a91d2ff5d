import { expect, it } from 'vitest';
import type { ServiceLoss } from '../../api/types';
import { serviceStates } from './services';

const loss = (service: string, people: number, now: number): ServiceLoss => ({
  domain: 'places',
  service,
  people,
  people_now: now,
  person_hours: 1,
  from: '08:00',
  to: '09:00',
});

it('tells each service, those lost now first', () => {
  const rows = serviceStates(
    ['road', 'water', 'electricity'],
    [loss('water', 50, 0), loss('electricity', 20, 5), loss('electricity', 10, 0)],
  );
  expect(rows.map((row) => [row.service, row.state, row.peopleNow, row.people])).toEqual([
    ['electricity', 'lost', 5, 30],
    ['water', 'soon', 0, 50],
    ['road', 'ok', 0, 0],
  ]);
});
it('does not call well what is not known', () => {
  expect(serviceStates(['water'], null)[0]?.state).toBe('unknown');
});
