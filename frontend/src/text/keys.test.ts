import { FluentResource } from '@fluent/bundle';
import { describe, expect, it } from 'vitest';

const languages = import.meta.glob<string>('./*.ftl', { query: '?raw', import: 'default', eager: true });
const sources = import.meta.glob<string>(['../**/*.svelte', '../**/*.ts', '!../**/*.test.ts'], {
  query: '?raw',
  import: 'default',
  eager: true,
});

type Message = FluentResource['body'][number];

const messages = (text: string): Map<string, Message> =>
  new Map(new FluentResource(text).body.map((one) => [one.id, one]));

/** Names of the variables of a message, wherever they stand. */
function variables(part: unknown, found = new Set<string>()): Set<string> {
  if (Array.isArray(part)) for (const one of part) variables(one, found);
  else if (part && typeof part === 'object') {
    const { type, name } = part as { type?: string; name?: string };
    if (type === 'var' && name) found.add(name);
    for (const one of Object.values(part)) variables(one, found);
  }
  return found;
}

const code = Object.values(sources).join('\n');
/** `t('key'` and, where a part is put in, `t(`prefix-${`; keys that stand in data are `word: 'key'`. */
const used = new Set(
  [...code.matchAll(/\bt\(\s*'([^']+)'/g), ...code.matchAll(/\bword: '([^']+)'/g)].map((one) => one[1] ?? ''),
);
for (const [, whole] of code.matchAll(/\bt\(([^()]*\?[^()]*)/g)) {
  for (const [, key] of (whole ?? '').matchAll(/'([a-z][a-z0-9-]*)'/g)) if (key) used.add(key);
}
const prefixes = [...code.matchAll(/\b(?:t|optional)\(\s*`([a-z-]+)\$\{/g)].map((one) => one[1] ?? '');

describe('words of the page', () => {
  const english = messages(languages['./en.ftl'] ?? '');

  it('are parsed whole: no line of any language is lost', () => {
    for (const [path, text] of Object.entries(languages)) {
      const written = text.split('\n').filter((line) => /^[a-z][\w-]* =/.test(line)).length;
      expect(messages(text).size, path).toBe(written);
    }
  });

  it.each(Object.keys(languages))('%s has the same keys as English, with the same values', (path) => {
    const other = messages(languages[path] ?? '');
    expect([...other.keys()].toSorted()).toEqual([...english.keys()].toSorted());
    for (const [key, message] of other) {
      expect([...variables(message.value)].toSorted(), `${path} ${key}`).toEqual(
        [...variables(english.get(key)?.value)].toSorted(),
      );
    }
  });

  it('has every key that the code asks for', () => {
    const asked = [...used].filter((key) => !english.has(key));
    expect(asked).toEqual([]);
    for (const prefix of prefixes) {
      expect(
        [...english.keys()].some((key) => key.startsWith(prefix)),
        prefix,
      ).toBe(true);
    }
  });

  it('has no key that nothing asks for', () => {
    const idle = [...english.keys()].filter(
      (key) => !used.has(key) && !prefixes.some((prefix) => key.startsWith(prefix)),
    );
    expect(idle).toEqual([]);
  });
});
