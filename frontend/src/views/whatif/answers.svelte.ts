/** Answers of the server to the scenarios, kept by what was asked. */
import { post } from '../../api/client';
import type { Story } from '../../api/types';
import { questionKey, type Plan } from './plan';

export type Answer = { story: Story | null; trouble: unknown; busy: boolean; asked: number };

const MOST_KEPT = 24;
let answers = $state.raw<ReadonlyMap<string, Answer>>(new Map());

export function answerTo(changes: readonly string[], plan: Pick<Plan, 'hours' | 'live'>): Answer | null {
  return answers.get(questionKey(changes, plan)) ?? null;
}

/** Ask, unless it was asked already; `anew` asks again: the live city has gone on. */
export async function ask(
  changes: readonly string[],
  plan: Pick<Plan, 'hours' | 'live'>,
  anew = false,
): Promise<Story | null> {
  const key = questionKey(changes, plan);
  const before = answers.get(key);
  if (before?.busy || (before?.story && !anew)) return before.story;
  const asked = Date.now();
  put(key, { story: before?.story ?? null, trouble: null, busy: true, asked });
  try {
    const story = await post<Story>('/page/whatif', { changes, hours: plan.hours, live: plan.live });
    put(key, { story, trouble: null, busy: false, asked });
    return story;
  } catch (trouble) {
    put(key, { story: before?.story ?? null, trouble, busy: false, asked });
    return null;
  }
}

function put(key: string, answer: Answer): void {
  const next = new Map(answers);
  next.delete(key);
  next.set(key, answer);
  const oldest = next.keys().next();
  if (next.size > MOST_KEPT && !oldest.done) next.delete(oldest.value);
  answers = next;
}
