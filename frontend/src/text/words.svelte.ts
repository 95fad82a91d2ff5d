/** Every word that the page shows: its own from `*.ftl` beside this file, those of domains from the server. */
import { FluentBundle, FluentResource, type FluentVariable } from '@fluent/bundle';
import { get } from '../api/client';
import { keep, recall } from '../stores/prefs.svelte';

export type Values = Record<string, FluentVariable>;

const files = import.meta.glob<string>('./*.ftl', { query: '?raw', import: 'default' });
const KEY = 'kopa.language';
const FALLBACK = 'en';

/** Languages that the page speaks: one a file. */
export const LANGUAGES: string[] = Object.keys(files)
  .map((path) => path.slice(2, -4))
  .sort();

type Bundles = { language: string; own: FluentBundle; domains: Map<string, FluentBundle> };

let current = $state.raw<Bundles | null>(null);
let fallback = $state.raw<Bundles | null>(null);

export const words = {
  /** BCP 47 tag of what is shown; for Intl. */
  get language(): string {
    return current?.language ?? FALLBACK;
  },
  get ready(): boolean {
    return current !== null;
  },
};

/** A word of the page. A key that is nowhere shows itself, and a test fails before that. */
export function t(key: string, values?: Values): string {
  return from(current?.own, key, values) ?? from(fallback?.own, key, values) ?? key;
}

/** A word of the page that need not be there. */
export function optional(key: string): string | null {
  return from(current?.own, key) ?? from(fallback?.own, key);
}

/** A word of a domain, as the server gives it: the domain's, else the city's, else English, else the key. */
export function word(domain: string, key: string, values?: Values): string {
  return known(domain, key, values) ?? plain(key);
}

/** As `word`, but null where neither language has it. */
export function known(domain: string, key: string, values?: Values): string | null {
  for (const bundles of [current, fallback]) {
    for (const name of domain ? [domain, ''] : ['']) {
      const found = from(bundles?.domains.get(name), key, values, true);
      if (found !== null) return found;
    }
  }
  return null;
}

/** A word of whichever domain has it: services and quantities are asked for without one. */
export function anyWord(key: string, values?: Values): string {
  for (const bundles of [current, fallback]) {
    for (const bundle of bundles?.domains.values() ?? []) {
      const found = from(bundle, key, values);
      if (found !== null) return found;
    }
  }
  return plain(key);
}

function plain(key: string): string {
  return key.replace(/^[a-z]+-/, '').replaceAll(/[_-]/g, ' ');
}

/** `whole`: a word that misses one of its values is none. */
function from(bundle: FluentBundle | undefined, key: string, values?: Values, whole = false): string | null {
  const message = bundle?.getMessage(key);
  if (!bundle || !message?.value) return null;
  const faults: Error[] = [];
  const text = bundle.formatPattern(message.value, values ?? null, faults);
  return whole && faults.length > 0 ? null : text;
}

/** Speak a language from now on; what is on the page changes with it. */
export async function speak(language: string): Promise<void> {
  if (!fallback && language !== FALLBACK) fallback = await load(FALLBACK);
  current = await load(language);
  fallback ??= current;
  keep(KEY, language);
  document.documentElement.lang = language;
}

/** The reader's: what they chose, else what their browser asks for. */
export function wished(): string {
  const all = [recall(KEY) ?? '', ...navigator.languages.map((one) => one.slice(0, 2))];
  return all.find((one) => LANGUAGES.includes(one)) ?? FALLBACK;
}

/** Fetch the domains' words again, where the server was not there before. */
export async function reloadDomainWords(): Promise<void> {
  if (current && current.domains.size === 0) current = await load(current.language);
  if (fallback && fallback.domains.size === 0) fallback = await load(FALLBACK);
}

async function load(language: string): Promise<Bundles> {
  const [own, served] = await Promise.all([
    files[`./${language}.ftl`]?.() ?? Promise.resolve(''),
    // without the server the page still speaks: it must be able to say that the server is not there
    get<Record<string, string>>(`/public/words/${language}`).catch(() => ({})),
  ]);
  const domains = new Map(Object.entries(served).map(([name, text]) => [name, bundle(language, text)]));
  return { language, own: bundle(language, own), domains };
}

function bundle(language: string, text: string): FluentBundle {
  // isolation marks are for texts of mixed direction; they break what is copied into a change text
  const made = new FluentBundle(language, { useIsolating: false });
  made.addResource(new FluentResource(text));
  return made;
}
