/** What the API answers of notices and reports; times are epoch seconds. */
import type { Category } from '../resident/types';

export type NoticeKind = 'works' | 'alert';
export type NoticeState = 'draft' | 'published' | 'withdrawn';
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
  author: string;
  at: number;
  steps: Taken[];
};

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
};
