/** Hash routes as plain data: `#/whatif/a/b?live=0` is a view, what follows it, and a query. */

export type Route = { view: string; rest: string[]; query: URLSearchParams };

export function parse(hash: string): Route {
  const text = hash.replace(/^#\/?/, '');
  const mark = text.indexOf('?');
  const path = mark < 0 ? text : text.slice(0, mark);
  const [view = '', ...rest] = path.split('/').filter(Boolean).map(decode);
  return { view, rest, query: new URLSearchParams(mark < 0 ? '' : text.slice(mark + 1)) };
}

export function format(
  view: string,
  query: Record<string, string | string[] | undefined> = {},
  rest: string[] = [],
): string {
  const path = [view, ...rest].map(encodeURIComponent).join('/');
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) if (one) asked.append(name, one);
  }
  const text = asked.toString();
  return `#/${path}${text ? `?${text}` : ''}`;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // a `%` that somebody typed
  }
}
