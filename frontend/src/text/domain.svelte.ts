/** The server's words by what they name. */
import type { Finding, Lens, Measure } from '../api/types';
import { findingKey } from '../findings';
import { show } from '../stores/format.svelte';
import { anyWord, known, t, word, type Values } from './words.svelte';

type Told = Pick<Finding, 'code' | 'what' | 'do' | 'asset' | 'values'>;

const home = (asset: string): string => asset.slice(0, Math.max(0, asset.indexOf(':')));

export const domainName = (domain: string): string => known(domain, 'domain') ?? domain;
export const kindName = (domain: string, kind: string): string => word(domain, `kind-${kind}`);
export const eventName = (domain: string, what: string): string => word(domain, `event-${what}`);
export const changeName = (domain: string, kind: string): string =>
  known(domain, `change-${kind}`) ?? eventName(domain, kind);
export const seriesName = (domain: string, quantity: string): string =>
  known(domain, `series-${quantity}`) ??
  known(domain, `port-${quantity}`) ??
  word(domain, `series-${quantity}`);
export const serviceName = (service: string): string => anyWord(`service-${service}`);
export const quantityName = (quantity: string): string => anyWord(`quantity-${quantity}`);
export const lensName = (lens: Lens): string => anyWord(`lens-${lens}`);

/** What a finding says: in the reader's language where there is such a word, else as the server wrote it. */
export function findingText(finding: Told): string {
  return told(finding, findingKey(finding.code)) ?? finding.what;
}

export function findingDo(finding: Told): string {
  return told(finding, `${findingKey(finding.code)}-do`) ?? finding.do;
}

function told(finding: Told, key: string): string | null {
  const { alike, ...rest } = finding.values as Values;
  const domain = home(finding.asset) || finding.code.split('.')[0] || '';
  const values = { ...rest };
  if (typeof rest['quantity'] === 'string') {
    const of = String(rest['domain'] ?? domain);
    values['quantity'] = seriesName(of, rest['quantity']);
    values['domain'] = domainName(of);
  }
  const what = known(domain, key, values);
  // several of a kind are one finding, which names the worst
  if (what === null || !alike || key.endsWith('-do')) return what;
  return anyWord('finding-of-many', { count: alike, worst: what });
}

export function measureText(measure: Pick<Measure, 'kind' | 'text'>): string {
  return anyWord(`measure-${measure.kind}`, measure.text as Values);
}

/** What a person calls an asset: its name where it has one, else its own id. */
export function assetName(asset: string, name = ''): string {
  return name || asset.slice(asset.indexOf(':') + 1);
}

/** So many people. Shares of people are no people: some are at least one. */
export function peopleText(people: number): string {
  const count = people > 0 ? Math.max(1, Math.round(people)) : 0;
  return t('people-count', { count, shown: show.number(count) });
}
