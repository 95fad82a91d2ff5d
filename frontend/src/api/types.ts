/** What the API answers; times are epoch seconds unless said. */

export type Range = { low: number; mid: number; high: number };
export type Lens = 'people' | 'environment' | 'money';
export type Action = 'read' | 'command' | 'plan' | 'manage';

export type City = {
  kopa: string;
  name: string;
  country: string;
  timezone: string;
  currency: string;
  /** In which Kopa is written. */
  languages: string[];
  /** Of its people: notices are in them. */
  spoken: string[];
  box: [number, number, number, number] | null;
  attribution: string;
  synthetic: boolean;
  simulated: boolean;
  /** Whether its map is there: `none` where the city has no place on earth. */
  map: 'none' | 'making' | 'ready' | 'failed';
  tiles: { base: string; base_max_zoom: number; city: string; city_max_zoom: number } | null;
};

export type Me = {
  id: string;
  name: string;
  may: Action[];
};

/** How a domain is drawn: its `page.json`. */
export type DomainPage = {
  colour: { light: string; dark: string };
  order: number;
  layers: LayerPage[];
  series: Record<string, SeriesPage>;
  main: string[];
};
export type Stops = [zoom: number, value: number][];
export type LayerPage = {
  kinds: string[];
  draw: 'line' | 'point' | 'fill';
  width?: Stops;
  size?: Stops;
  symbol?: Shape;
  from_zoom: number;
  label?: boolean;
};
export type Shape = 'circle' | 'square' | 'triangle' | 'diamond' | 'hexagon' | 'cross';
export type SeriesPage = {
  unit: string;
  digits?: number;
  on_map?: boolean;
  low?: number;
  high?: number;
  flag?: boolean;
  /** Of a flag: the value that means that the asset is out; 0 unless said. */
  off?: 0 | 1;
};

export type ChangeKind = {
  kind: string;
  kinds: string[];
  what: string;
  value: 'none' | 'required';
  /** What its value may be written in; the first where none is written. */
  units: string[];
};
export type DomainInfo = {
  name: string;
  page: DomainPage;
  changes: ChangeKind[];
  kinds: Record<string, number>;
};
export type Domains = { domains: DomainInfo[]; services: string[] };

export type ServiceLoss = {
  domain: string;
  service: string;
  people: number;
  people_now: number;
  person_hours: number;
  /** HH:MM */
  from: string;
  to: string;
};
export type Now = {
  city: string;
  at: number | null;
  status: 'ok' | 'partial' | 'unknown';
  trouble: string;
  people: number;
  synthetic: boolean;
  changes: string[];
  services: ServiceLoss[] | null;
  open: number;
  seconds: number;
};

export type StateRow = {
  asset: string;
  quantity: string;
  unit: string;
  value: number;
  at: number;
  age_s: number;
  quality: 'fresh' | 'old';
  simulated: boolean;
  expected: number | null;
};

export type FindingState = 'new' | 'acknowledged' | 'silenced' | 'resolved';
export type Finding = {
  id: string;
  code: string;
  what: string;
  do: string;
  severity: string;
  asset: string;
  members: string[];
  losses: ServiceLoss[];
  cause: FindingStep[];
  people: number;
  person_hours: number;
  simulated: boolean;
  state: FindingState;
  first: number;
  last: number;
  seen: number;
  by: string;
  note: string;
  until: number;
  values: Record<string, string | number>;
};
/** A step of a finding's cause; times are HH:MM. */
export type FindingStep = { asset: string; what: string; from: string; to: string; more?: number };

export type Place = { asset: string; name: string; lon: number | null; lat: number | null };
/** A step of a cause path; the first is the change itself. */
export type Step = {
  domain: string;
  what: string;
  kind: string;
  assets: Place[];
  more: number;
  from: number;
  to: number;
};

export type Series = {
  asset: string;
  quantity: string;
  unit: string;
  simulated: boolean;
  history: { at: number[]; low: (number | null)[]; mean: (number | null)[]; high: (number | null)[] };
  forecast: { at: number[]; value: (number | null)[] } | null;
};

export type Moment = {
  at: number;
  kind: 'past' | 'now' | 'forecast';
  first: number | null;
  last: number;
  values: [asset: string, quantity: string, value: number, unit: string, simulated: boolean][];
  findings: Finding[];
  services: ServiceLoss[] | null;
  status: string;
};

export type AssetHit = {
  asset: string;
  domain: string;
  kind: string;
  name: string;
  zone: string;
  people: number;
  lon: number | null;
  lat: number | null;
};
export type Supply = {
  asset: string;
  port: string;
  rule: string;
  origin: string;
  confidence: number | string;
};
export type AssetInfo = AssetHit & {
  customers: number;
  changes: ChangeKind[];
  series: {
    quantity: string;
    unit: string;
    value: number | null;
    at: number | null;
    simulated: boolean;
    expected: number | null;
  }[];
  /** At most 50 of each; the counts are of all. */
  fed_by: Supply[];
  fed_by_count: number;
  feeds: Supply[];
  feeds_count: number;
};

export type Total = {
  lens: Lens;
  quantity: string;
  service: string;
  unit: string;
  factors: string[];
} & Range;
export type Factor = {
  /** Null where nobody knows it. */
  low: number | null;
  mid: number | null;
  high: number | null;

  id: string;
  unit: string;
  source: string;
  year: number | string;
  region: string;
};
export type Measure = {
  id: string;
  kind: string;
  text: Record<string, string | number>;
  changes: string[];
  events: string[] | null;
  protect: string[];
  cost: Range | null;
};
export type StoryLoss = {
  domain: string;
  service: string;
  people: number;
  places: number;
  person_hours: Range;
  from: number;
  to: number;
  worst: string;
  assets: [asset: string, person_hours: number, lon: number | null, lat: number | null][];
  cause: Step[];
};
export type StoryChange = Omit<Place, 'name'> & {
  text: string;
  kind: string;
  value: number | null;
  from: number;
  to: number;
};
export type Story = {
  status: 'ok' | 'partial' | 'unknown';
  city: string;
  window: { start: number; step_s: number; steps: number; end: number };
  changes: StoryChange[];
  seconds: number;
  synthetic: boolean;
  /** Changes that hold already, as the live city has them. */
  given: string[];
  /** How many causes there are; `losses` are the worst of them. */
  causes: number;
  losses: StoryLoss[];
  services: { service: string; people: number; person_hours: number; without: number[] }[];
  affected: Record<string, number>;
  totals: Total[];
  factors: Factor[];
  reliability: { service: string; saidi_min: number; saifi: number; worst_tenth_h: number }[];
  findings: {
    code: string;
    what: string;
    do: string;
    severity: string;
    asset: string;
    values: Record<string, string | number>;
  }[];
  measures: Measure[];
};

/** An error as RFC 9457 writes it. */
export type ProblemBody = {
  type?: string;
  title?: string;
  status?: number;
  detail?: string;
  findings?: unknown[];
};
