/** What is asked: up to four scenarios side by side. It lives in the address, so that it can be shared. */
import { format, type Route } from '../../router';

export const MOST_SCENARIOS = 4;
export const HOURS = [6, 12, 24, 48, 72];

export type Plan = {
  scenarios: string[][];
  /** Index of the scenario that is worked on. */
  active: number;
  hours: number;
  /** From the city as it is now, or from a usual day. */
  live: boolean;
  /** Picked for the next change. */
  asset: string | null;
  compare: boolean;
};

/** Between the changes of a scenario: no id holds a line break. */
const BREAK = '\n';

export function readPlan({ query }: Route): Plan {
  const scenarios = query
    .getAll('s')
    .slice(0, MOST_SCENARIOS)
    .map((text) => text.split(BREAK).filter(Boolean));
  if (scenarios.length === 0) scenarios.push([]);
  const active = Number(query.get('n') ?? 1) - 1;
  const hours = Number(query.get('hours') ?? 24);
  return {
    scenarios,
    active: scenarios[active] ? active : 0,
    hours: Number.isInteger(hours) && hours >= 1 && hours <= 24 * 14 ? hours : 24,
    live: query.get('day') !== 'usual',
    asset: query.get('asset'),
    compare: query.get('view') === 'compare' && scenarios.length > 1,
  };
}

export function planQuery(plan: Plan): Record<string, string | string[] | undefined> {
  // an empty scenario is kept where others follow: its place is its name
  const scenarios = plan.scenarios.map((changes) => changes.join(BREAK) || BREAK);
  return {
    s: scenarios.length === 1 && scenarios[0] === BREAK ? [] : scenarios,
    n: plan.active > 0 ? String(plan.active + 1) : undefined,
    hours: plan.hours === 24 ? undefined : String(plan.hours),
    day: plan.live ? undefined : 'usual',
    asset: plan.asset ?? undefined,
    view: plan.compare ? 'compare' : undefined,
  };
}

export const planHash = (plan: Plan): string => format('whatif', planQuery(plan));

/** Two scenarios with one key have one answer. */
export function questionKey(changes: readonly string[], plan: Pick<Plan, 'hours' | 'live'>): string {
  return JSON.stringify([changes, plan.hours, plan.live]);
}

export function withChange(plan: Plan, text: string): Plan {
  const scenarios = plan.scenarios.map((changes, index) =>
    index === plan.active ? [...changes, text] : changes,
  );
  return { ...plan, scenarios, asset: null };
}

export function withoutChange(plan: Plan, at: number): Plan {
  const scenarios = plan.scenarios.map((changes, index) =>
    index === plan.active ? changes.filter((_, number) => number !== at) : changes,
  );
  return { ...plan, scenarios };
}

/** Another scenario, begun as a copy of the one that is worked on. */
export function withScenario(plan: Plan): Plan {
  if (plan.scenarios.length >= MOST_SCENARIOS) return plan;
  const scenarios = [...plan.scenarios, [...(plan.scenarios[plan.active] ?? [])]];
  return { ...plan, scenarios, active: scenarios.length - 1 };
}

export function withoutScenario(plan: Plan, at: number): Plan {
  const scenarios = plan.scenarios.filter((_, index) => index !== at);
  if (scenarios.length === 0) scenarios.push([]);
  const active = Math.min(plan.active > at ? plan.active - 1 : plan.active, scenarios.length - 1);
  return { ...plan, scenarios, active, compare: plan.compare && scenarios.length > 1 };
}
