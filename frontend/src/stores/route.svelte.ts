/** Where the page is. */
import { format, parse, type Route } from '../router';

let current = $state.raw<Route>(parse(location.hash));
addEventListener('hashchange', () => (current = parse(location.hash)));

export const route = {
  get now(): Route {
    return current;
  },
};

/** Go to a view; `replace` leaves no trace in the browser's history, for what changes while one types. */
export function go(
  view: string,
  query: Record<string, string | string[] | undefined> = {},
  options: { replace?: boolean } = {},
): void {
  const hash = format(view, query);
  if (hash === location.hash) return;
  if (options.replace) {
    history.replaceState(null, '', hash);
    current = parse(hash);
  } else {
    location.hash = hash;
  }
}
