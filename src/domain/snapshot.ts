import type { RatedBy } from './rated.ts';
import type { RateKey } from './rates.ts';
import type { Thousandths } from './share.ts';
import type { Instant } from './time.ts';
import type { Fact } from './work-order.ts';

/** By which rules a snapshot was counted: those in force when it was made. */
export type Versions = Readonly<{
  calendar: string;
  clockRules: string;
  ladder: string;
  directory: string;
  city: string;
}>;

/**
 * Frozen figures of a span: immutable, with the rows they were counted from. `hash` covers everything else in it, and the
 * rows by `rowsHash`. A correction is another snapshot, with a reason.
 */
export type Snapshot = Readonly<{
  id: string;
  from: Instant;
  to: Instant;
  by: RateKey;
  w: Thousandths;
  definition: string;
  versions: Versions;
  /** Limits that still ran then and had passed count as late. */
  asOf: Instant;
  /** Up to which fact was counted. */
  factId: number;
  factAt: Instant | null;
  figures: RatedBy;
  /** What of each row the hash covers: the columns there were. */
  columns: readonly string[];
  rowCount: number;
  rowsHash: string;
  hash: string;
  corrects: string | null;
  reason: string | null;
  madeBy: Fact['actor'];
  madeAt: Instant;
}>;

/**
 * What came of counting a snapshot again. `reproduced` null: it was made under another definition, so that only its rows
 * and its hash can be checked. `differences` names the members that came out otherwise.
 */
export type Recounted = Readonly<{
  reproduced: boolean | null;
  rowsUnchanged: boolean;
  hashUnchanged: boolean;
  differences: readonly string[];
}>;

/** The members in which two values differ, as paths; the same numbers to the last digit differ in none. */
export function differencesOf(was: unknown, is: unknown, path = ''): readonly string[] {
  if (typeof was !== 'object' || typeof is !== 'object' || was === null || is === null)
    return Object.is(was, is) ? [] : [path === '' ? '/' : path];
  const [before, after] = [was, is] as readonly Record<string, unknown>[];
  const names = new Set([...Object.keys(was), ...Object.keys(is)]);
  return [...names].flatMap((name) => differencesOf(before?.[name], after?.[name], `${path}/${name}`));
}

/** The same text for the same content, in whatever order its members come. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value)
    .filter(([, each]) => each !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, each]) => `${JSON.stringify(name)}:${canonical(each)}`).join(',')}}`;
}
