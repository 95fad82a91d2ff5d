/** What anybody may ask; times are epoch seconds. */
export type ServiceHere = {
  service: string;
  /** `ok` with times: it will be lost then. */
  state: 'ok' | 'lost' | 'unknown';
  from: number | null;
  to: number | null;
};
export type PublicNotice = {
  kind: 'works' | 'alert';
  title: Record<string, string>;
  text: Record<string, string>;
  services: string[];
  from: number;
  to: number;
  here: boolean;
};
export type Here = {
  at: number | null;
  /** Whether a place with people is near. */
  found: boolean;
  distance_m: number | null;
  services: ServiceHere[];
  works: PublicNotice[];
  alerts: PublicNotice[];
  simulated: boolean;
  synthetic: boolean;
};
export type Address = { label: string; lon: number; lat: number };
export const CATEGORIES = ['water', 'electricity', 'road', 'waste', 'other'] as const;
export type Category = (typeof CATEGORIES)[number];
export type ReportTold = {
  code: string;
  category: Category;
  state: 'new' | 'seen' | 'done' | 'refused';
  answer: string;
  at: number;
};
