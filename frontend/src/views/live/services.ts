/** The state of each service, from what people lose: one row a service, the worst first. */
import type { ServiceLoss } from '../../api/types';

export type ServiceState = {
  service: string;
  state: 'ok' | 'lost' | 'soon' | 'unknown';
  people: number;
  peopleNow: number;
  /** HH:MM of the first loss and of the last. */
  from: string;
  to: string;
};

const RANK = { lost: 0, soon: 1, unknown: 2, ok: 3 };

export function serviceStates(
  services: readonly string[],
  losses: readonly ServiceLoss[] | null,
): ServiceState[] {
  const names = [...new Set([...services, ...(losses ?? []).map((one) => one.service)])];
  return names
    .map((service) => stateOf(service, losses?.filter((one) => one.service === service) ?? null))
    .toSorted((a, b) => RANK[a.state] - RANK[b.state] || b.peopleNow - a.peopleNow || b.people - a.people);
}

function stateOf(service: string, losses: readonly ServiceLoss[] | null): ServiceState {
  const row: ServiceState = { service, state: 'ok', people: 0, peopleNow: 0, from: '', to: '' };
  if (losses === null) return { ...row, state: 'unknown' };
  const [first] = losses;
  if (!first) return row;
  const peopleNow = losses.reduce((sum, one) => sum + one.people_now, 0);
  return {
    service,
    state: peopleNow > 0 ? 'lost' : 'soon',
    people: losses.reduce((sum, one) => sum + one.people, 0),
    peopleNow,
    from: first.from,
    to: losses.at(-1)?.to ?? first.to,
  };
}
