/** What residents are told of a place: plain functions. */
import type { Address, PublicNotice, ServiceHere } from './types';

export type Outlook = 'ok' | 'soon' | 'lost' | 'unknown' | 'alert';

/** A service that works now and will not later is told before it is lost. */
export function outlookOf(service: ServiceHere): Outlook {
  if (service.state !== 'ok') return service.state;
  return service.from === null ? 'ok' : 'soon';
}

/** One word for all services: the worst of them. Where an alert holds, nothing is simply well. */
export function overall(services: readonly ServiceHere[], alerts = 0): Outlook {
  const found = services.map(outlookOf);
  for (const outlook of ['lost', 'soon', 'unknown'] as const) if (found.includes(outlook)) return outlook;
  if (services.length === 0) return 'unknown';
  return alerts > 0 ? 'alert' : 'ok';
}

/** A text in the reader's language, else in English, else in whichever there is. */
export function inLanguage(
  texts: Readonly<Record<string, string>>,
  language: string,
): { text: string; language: string } {
  for (const one of [language, 'en', ...Object.keys(texts)]) {
    const text = texts[one];
    if (text) return { text, language: one };
  }
  return { text: '', language };
}

/** What holds now first, then what comes; here before elsewhere. */
export function sortNotices(notices: readonly PublicNotice[]): PublicNotice[] {
  return notices.toSorted((a, b) => Number(b.here) - Number(a.here) || a.from - b.from);
}

/** What this browser kept; null for anything that is no address. */
export function readAddress(kept: string | null): Address | null {
  try {
    const { label, lon, lat } = JSON.parse(kept ?? 'null') as Partial<Address>;
    const placed = Number.isFinite(lon) && Number.isFinite(lat);
    return typeof label === 'string' && placed ? ({ label, lon, lat } as Address) : null;
  } catch {
    return null;
  }
}
