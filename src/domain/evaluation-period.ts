import type { Cut } from './evaluation-scheme.ts';
import { monthOf, type Span, startOfMonth } from './period.ts';
import { addDays, atLocal, dateOf, type Instant } from './time.ts';

/** A period by its name: `2026`, `2026-H1`, `2026-Q3`. */
export type NamedPeriod = Span & Readonly<{ name: string; cut: Cut }>;

/** Reads the name of a year, a half year or a quarter; null for anything else. */
export function periodNamed(name: string): NamedPeriod | null {
  const [, year, part, number] = /^(20\d\d)(?:-(H|Q)([1-4]))?$/.exec(name) ?? [];
  if (year === undefined || (part === 'H' && Number(number) > 2)) return null;
  const months = part === 'Q' ? 3 : part === 'H' ? 6 : 12;
  const first = Number(year) * 12 + (Number(number ?? 1) - 1) * months;
  const cut: Cut = part === 'Q' ? 'quarter' : part === 'H' ? 'half_year' : 'year';
  return { name, cut, from: startOfMonth(first), to: startOfMonth(first + months) };
}

/** Days after a period in which what belongs to it can still be said. */
export const daysOfGrace = 30;

/** The last moment at which something about a period can be said: the end of the thirtieth day after it. */
export const lastWord = ({ to }: Pick<NamedPeriod, 'to'>): Instant =>
  atLocal(addDays(dateOf(to), daysOfGrace - 1), '23:59:59');

/**
 * From when on an evaluation of a period may close. A yearly one may in its December, so that the review meeting is held
 * before the year ends (每年12月底前评议会) and its results count for that year; any other closes after its period.
 */
export const firstClosing = ({ cut, to }: Pick<NamedPeriod, 'cut' | 'to'>): Instant =>
  cut === 'year' ? monthBefore(to) : to;

/**
 * What an evaluation of a period counts: up to its closing where that comes first, and from where the last one of the same
 * scheme ended if that closed early, so that no order falls between two years.
 */
export const spanJudged = ({ from, to }: Span, closesAt: Instant, lastEnd: Instant | null): Span => ({
  from: lastEnd !== null && lastEnd >= monthBefore(from) && lastEnd < from ? lastEnd : from,
  to: closesAt < to ? closesAt : to,
});

const monthBefore = (at: Instant): Instant => startOfMonth(monthOf(at) - 1);
