import { type Refusal, refuse } from './refusal.ts';
import { atLocal, dateOf, dayOf, type Instant, startOfDay } from './time.ts';

/** From `from` on, before `to`. */
export type Span = Readonly<{ from: Instant; to: Instant }>;

/** A span that ends before it begins is none. */
export const spanFault = ({ from, to }: Span): Refusal | null =>
  to > from ? null : refuse('invalid', { to: 'must be later than from' });

/**
 * The span before this one, to compare it with: as many months where it is whole months of the city, else as long. What
 * would begin before 1970 begins then: nothing was counted before.
 */
export function spanBefore({ from, to }: Span): Span {
  const months = isMonthStart(from) && isMonthStart(to) ? monthOf(to) - monthOf(from) : 0;
  const begins = months > 0 ? startOfMonth(Math.max(earliest, monthOf(from) - months)) : 2 * from - to;
  return { from: Math.max(0, begins) as Instant, to: from };
}

const isMonthStart = (at: Instant): boolean => startOfDay(dayOf(at)) === at && dateOf(at).endsWith('-01');

/** Months since the year 0. */
export const monthOf = (at: Instant): number =>
  Number(dateOf(at).slice(0, 4)) * 12 + Number(dateOf(at).slice(5, 7)) - 1;

const earliest = 1970 * 12;

/** The first moment of a month counted by `monthOf`. */
export const startOfMonth = (month: number): Instant =>
  atLocal(
    `${String(Math.floor(month / 12)).padStart(4, '0')}-${String((month % 12) + 1).padStart(2, '0')}-01`,
    '00:00',
  );

/** The month before one that is written as in 2026-03. */
export function monthBefore(month: string): string {
  const [year = 0, of = 1] = month.split('-').map(Number);
  return dateOf(startOfMonth(year * 12 + of - 2)).slice(0, 7);
}
