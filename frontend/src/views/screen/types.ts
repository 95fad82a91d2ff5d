/** What the API answers of screens; times are epoch seconds. */
import type { Lens } from '../../api/types';

export type ScreenState = 'running' | 'done' | 'failed' | 'stopped';
export type ScreenInfo = {
  id: string;
  /** Whose assets; empty for all. */
  domain: string;
  state: ScreenState;
  done: number;
  total: number;
  at: number;
  by: string;
  hours: number;
  seconds: number;
  trouble: string;
};
/** One asset that was taken out, and what that does. */
export type ScreenRow = {
  asset: string;
  domain: string;
  kind: string;
  name: string;
  change: string;
  status: 'ok' | 'partial' | 'unknown';
  why_unknown: string;
  method: 'exact' | 'bound' | 'full';
  people: number | null;
  environment: number | null;
  money: number | null;
  rank: Partial<Record<Lens, number>>;
  /** Place among its domain's assets, by the domain's own quantity and by people. */
  own_rank: number;
  people_rank: number;
  /** Doublings of place from the one to the other. */
  surprise: number;
  services: Record<string, number>;
  lon: number | null;
  lat: number | null;
};
export type ScreenFull = ScreenInfo & { rows: ScreenRow[] };
/** What the event `screen` tells. */
export type ScreenProgress = Pick<ScreenInfo, 'id' | 'state' | 'done' | 'total'>;
