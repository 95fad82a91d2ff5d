/** Findings as rows: their order and their keys. */
import type { Finding } from './api/types';

/** The worst for people first, those silenced last; the newer first among equals. */
export function sortFindings(findings: readonly Finding[]): Finding[] {
  return findings.toSorted(
    (a, b) =>
      Number(a.state === 'silenced') - Number(b.state === 'silenced') ||
      b.person_hours - a.person_hours ||
      b.people - a.people ||
      b.first - a.first ||
      a.id.localeCompare(b.id),
  );
}

/** The key of a code's word: `water.off` is `finding-water-off`. */
export function findingKey(code: string): string {
  return `finding-${code.replaceAll('.', '-')}`;
}
