/** A story as rows: what charts, tables and comparisons show of it. */
import type { Lens, Step, Story, StoryLoss } from '../../api/types';

/** At most this many lose something at once: one who loses two services is one person. */
export function mostPeople(story: Story): number {
  return Math.max(0, ...story.services.map((one) => one.people));
}

export function isHarmless(story: Story): boolean {
  return story.losses.length === 0 && story.status === 'ok';
}

export type Without = { service: string; at: number[]; values: number[] };

/** People without each service over time; a step's number holds until the next, so the last is told twice. */
export function withoutRows({ services, window }: Story): Without[] {
  return services
    .filter((one) => one.without.some((people) => people > 0))
    .map(({ service, without }) => ({
      service,
      at: [...without.map((_, step) => window.start + step * window.step_s), window.end],
      values: [...without, without.at(-1) ?? 0],
    }));
}

export function lossKey(loss: StoryLoss, index: number): string {
  return `${index} ${loss.service} ${loss.worst}`;
}

/** One line of a comparison: a number of each scenario, and which is the least. */
export type Compared = {
  key: string;
  name: { service: string } | { lens: Lens; quantity: string; service: string };
  unit: string;
  values: (number | null)[];
  /** Index of the scenario with the least harm; -1 where none stands out. */
  best: number;
};

export function comparison(stories: readonly (Story | null)[]): Compared[] {
  const rows = new Map<string, Compared>();
  const put = (key: string, name: Compared['name'], unit: string, column: number, value: number): void => {
    let row = rows.get(key);
    if (!row) {
      // who has an answer without this row loses nothing of it
      row = { key, name, unit, values: stories.map((story) => (story ? 0 : null)), best: -1 };
      rows.set(key, row);
    }
    row.values[column] = value;
  };
  stories.forEach((story, column) => {
    for (const one of story?.services ?? []) {
      put(`service ${one.service}`, { service: one.service }, 'people', column, one.people);
    }
    for (const { lens, quantity, service, unit, mid } of story?.totals ?? []) {
      put(`${lens} ${quantity} ${service} ${unit}`, { lens, quantity, service }, unit, column, mid);
    }
  });
  return [...rows.values()].map((row) => ({ ...row, best: bestOf(row.values) }));
}

function bestOf(values: readonly (number | null)[]): number {
  const known = values.filter((value) => value !== null);
  if (known.length < 2) return -1;
  const least = Math.min(...known);
  const first = values.indexOf(least);
  return values.lastIndexOf(least) === first ? first : -1;
}

/** Names of the assets that a story tells of: changes and losses name theirs by id alone. */
export function namesIn(story: Story | null): ReadonlyMap<string, string> {
  const steps = story?.losses.flatMap((loss) => loss.cause) ?? [];
  return new Map(steps.flatMap((step) => step.assets).map(({ asset, name }) => [asset, name]));
}

/** What was changed, as steps: the path of a story in which nobody loses anything. */
export function changeSteps(story: Story | null): Step[] {
  return (story?.changes ?? []).map(({ asset, kind, lon, lat, from, to }) => ({
    domain: asset.slice(0, asset.indexOf(':')),
    what: kind,
    kind: '',
    assets: [{ asset, name: '', lon, lat }],
    more: 0,
    from,
    to,
  }));
}
