/** The address that somebody chose: all that this page keeps, in this browser alone. */
import { keep, recall } from '../../stores/prefs.svelte';
import { readAddress } from './here';
import type { Address } from './types';

const KEY = 'kopa.address';
let chosen = $state.raw<Address | null>(readAddress(recall(KEY)));

export const home = {
  get address(): Address | null {
    return chosen;
  },
};

export function settle(address: Address): void {
  chosen = address;
  keep(KEY, JSON.stringify(address));
}

export function forget(): void {
  chosen = null;
  try {
    localStorage.removeItem(KEY);
  } catch {
    // what could not be kept need not be forgotten
  }
}
