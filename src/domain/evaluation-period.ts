import type { Cut } from './evaluation-scheme.ts';
import { type Span, startOfMonth } from './period.ts';
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
