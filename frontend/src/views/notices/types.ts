/** What the API answers of notices and reports; times are epoch seconds. */
import type { Category } from '../resident/types';

export type NoticeKind = 'works' | 'alert';
export type NoticeState = 'draft' | 'published' | 'ending' | 'replaced' | 'withdrawn';
export type Taken = { state: string; by: string; at: number; note: string };
export type Notice = {
  id: string;
  kind: NoticeKind;
  state: NoticeState;
  title: Record<string, string>;
  text: Record<string, string>;
  services: string[];
  changes: string[];
  from: number;
  to: number;
  /** How many places lose a service. */
  area: number;
  people: number;
  /** How many messages were sent to the alert feed. */
  messages: number;
  author: string;
  at: number;
  steps: Taken[];
};
/** Words that Kopa proposes for an alert. */
export type Proposal = {
  title: Record<string, string>;
  text: Record<string, string>;
  services: string[];
  changes: string[];
  people: number;
};
/** An alert that somebody else sent. */
export type HeardAlert = {
  from: string;
  verdict: 'trusted' | 'untrusted' | 'unsigned' | 'tampered';
  identifier: string;
  sent: number;
  title: Record<string, string>;
  text: Record<string, string>;
  severity: string;
  to: number | null;
};
export type HeardFeed = { name: string; address: string; at: number | null; findings: { what: string }[] };

export type ReportState = 'new' | 'seen' | 'done' | 'refused';
export type Report = {
  id: string;
  category: Category;
  text: string;
  lon: number | null;
  lat: number | null;
  at: number;
  state: ReportState;
  answer: string;
  steps: Taken[];
  /** What explains it: a finding, whose work order it shares; empty where nothing is known. */
  order: string;
  why: string;
  /** An earlier open report of the same, and a closed one that it asks for again; empty for none. */
  repeats: string;
  reopens: string;
  due: number | null;
  late_h: number;
};
