/** The city and its domains: asked for once, and again when the server says `reload`. */
import { get } from '../api/client';
import type { City, DomainInfo, Domains } from '../api/types';

let city = $state.raw<City | null>(null);
let domains = $state.raw<DomainInfo[]>([]);
let services = $state.raw<string[]>([]);

export const cityStore = {
  get city(): City | null {
    return city;
  },
  /** In the order in which they are drawn and listed. */
  get domains(): DomainInfo[] {
    return domains;
  },
  get services(): string[] {
    return services;
  },
};

/** What anybody may know; no sign-in. */
export async function loadCity(): Promise<void> {
  city = await get<City>('/public/city');
  document.title = `${city.name} · Kopa`;
}

/** Once more: tiles may have come meanwhile. A city that stays as it is stays the same object, and so its map. */
export async function reloadCity(): Promise<void> {
  const found = await get<City>('/public/city');
  if (JSON.stringify(found) !== JSON.stringify(city)) city = found;
}

export async function loadDomains(): Promise<void> {
  const found = await get<Domains>('/page/domains');
  domains = found.domains.toSorted((a, b) => a.page.order - b.page.order);
  services = found.services;
}

export function domainOf(asset: string): string {
  return asset.slice(0, Math.max(0, asset.indexOf(':')));
}

export function domainInfo(name: string): DomainInfo | undefined {
  return domains.find((one) => one.name === name);
}
