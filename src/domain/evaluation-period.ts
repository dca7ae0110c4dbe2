import type { Cut } from './evaluation-scheme.ts';
import { addDays, atLocal, dateOf, type Instant } from './time.ts';

/** A period by its name: `2026`, `2026-H1`, `2026-Q3`. From `from` on, before `to`. */
export type NamedPeriod = Readonly<{ name: string; cut: Cut; from: Instant; to: Instant }>;

/** Reads the name of a year, a half year or a quarter; null for anything else. */
export function periodNamed(name: string): NamedPeriod | null {
  const [, year, part, number] = /^(20\d\d)(?:-(H|Q)([1-4]))?$/.exec(name) ?? [];
  if (year === undefined || (part === 'H' && Number(number) > 2)) return null;
  const months = part === 'Q' ? 3 : part === 'H' ? 6 : 12;
  const first = (Number(number ?? 1) - 1) * months;
  const start = (month: number): Instant => {
    const at = Number(year) * 12 + month;
    return atLocal(`${Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, '0')}-01`, '00:00');
  };
  const cut: Cut = part === 'Q' ? 'quarter' : part === 'H' ? 'half_year' : 'year';
  return { name, cut, from: start(first), to: start(first + months) };
}

/** The half year a date lies in: the cycle of the mutual review (每半年一次互评). */
export const halfYearOf = (date: string): string => `${date.slice(0, 4)}-H${Number(date.slice(5, 7)) <= 6 ? 1 : 2}`;

/** Days after a period in which what belongs to it can still be said. */
export const daysOfGrace = 30;

/** The last moment at which something about a period can be said: the end of the thirtieth day after it. */
export const lastWord = ({ to }: Pick<NamedPeriod, 'to'>): Instant =>
  atLocal(addDays(dateOf(to), daysOfGrace - 1), '23:59:59');
