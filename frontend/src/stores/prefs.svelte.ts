/** What this browser remembers of its reader: the theme. (The language is kept by `text/words`.) */

export type Theme = 'auto' | 'light' | 'dark';

const KEY = 'kopa.theme';
const system = matchMedia('(prefers-color-scheme: dark)');
const still = matchMedia('(prefers-reduced-motion: reduce)');

let wish = $state<Theme>(read());
let dark = $state(system.matches);
let reduced = $state(still.matches);
system.addEventListener('change', () => {
  dark = system.matches;
  showTheme();
});
still.addEventListener('change', () => (reduced = still.matches));

export const prefs = {
  get theme(): Theme {
    return wish;
  },
  /** What is drawn, light or dark. */
  get shown(): 'light' | 'dark' {
    return wish === 'auto' ? (dark ? 'dark' : 'light') : wish;
  },
  get reducedMotion(): boolean {
    return reduced;
  },
};

export function setTheme(theme: Theme): void {
  wish = theme;
  keep(KEY, theme);
  showTheme();
}

/** Write the theme to the document, where the style sheets look for it. */
export function showTheme(): void {
  document.documentElement.dataset['theme'] = prefs.shown;
}

function read(): Theme {
  const kept = recall(KEY);
  return kept === 'light' || kept === 'dark' ? kept : 'auto';
}

/** Browsers that forbid storage still show the page. */
export function recall(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

export function keep(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // nothing is lost but the memory of a choice
  }
}
