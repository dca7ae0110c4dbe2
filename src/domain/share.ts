/**
 * A rate (率) with everything it takes to judge it. `numerator` counts in thousandths, so that a weight of up to three
 * decimals stays exact. `notReached` and `excluded` are who would stand in the denominator and does not. `share` and
 * `interval` are null where there is nothing to divide by.
 */
export type Rate = Readonly<{
  numerator: number;
  denominator: number;
  notReached: number;
  excluded: number;
  share: number | null;
  interval: Readonly<{ low: number; high: number }> | null;
}>;

/** Whole thousandths: 1000 is one. */
export type Thousandths = number;

/** Reads a weight from 0 to 1 with at most three decimals; null for anything else. */
export function readWeight(text: string): Thousandths | null {
  const parts = /^([01])(?:\.(\d{1,3}))?$/.exec(text);
  if (parts === null) return null;
  const weight = Number(parts[1]) * 1000 + Number((parts[2] ?? '').padEnd(3, '0'));
  return weight <= 1000 ? weight : null;
}

/** Who does not stand in a denominator although they might. */
export type Beside = Readonly<{ notReached?: number; excluded?: number }>;

/**
 * The rate of `thousandths` in so many. Sums are of whole numbers; the one division is rounded at the end, half up, to
 * six decimals, and so are the bounds of the interval.
 */
export function rateOf(thousandths: Thousandths, denominator: number, beside: Beside = {}): Rate {
  const { notReached = 0, excluded = 0 } = beside;
  return {
    numerator: thousandths / 1000,
    denominator,
    notReached,
    excluded,
    share: denominator === 0 ? null : divided(thousandths, denominator * 1000),
    interval: denominator === 0 ? null : wilson(thousandths / 1000, denominator),
  };
}

/** The same of a plain count. */
export const shareOf = (count: number, denominator: number, beside: Beside = {}): Rate =>
  rateOf(count * 1000, denominator, beside);

/** `a` divided by `b`, rounded half up to six decimals. Both are whole and not negative. */
export const divided = (a: number, b: number): number =>
  Number((BigInt(a) * 2_000_000n + BigInt(b)) / (2n * BigInt(b))) / 1_000_000;

/** Part of a whole that is known to the last one, so that nothing is a sample and there is no interval. */
export type Portion = Readonly<{ numerator: number; denominator: number; share: number | null }>;

/** The portion of two whole numbers; its share is null where there is no whole. */
export const portionOf = (numerator: number, denominator: number): Portion => ({
  numerator,
  denominator,
  share: denominator === 0 ? null : divided(numerator, denominator),
});

/** Which of two rates is the greater, exactly: below zero where `a` is. A rate of nothing is below every other. */
export function compareRates(a: Pick<Rate, 'numerator' | 'denominator'>, b: typeof a): number {
  if (a.denominator === 0 || b.denominator === 0) return Math.sign(a.denominator) - Math.sign(b.denominator);
  const [left, right] = [
    BigInt(Math.round(a.numerator * 1000)) * BigInt(b.denominator),
    BigInt(Math.round(b.numerator * 1000)) * BigInt(a.denominator),
  ];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The two-sided 95 % quantile of the normal distribution. */
const z = 1.959963984540054;
const sixDecimals = (x: number): number => Math.round(Math.min(1, Math.max(0, x)) * 1_000_000) / 1_000_000;

/** Between what bounds the true share lies, by Wilson's score interval at 95 %; it stays within 0 and 1. */
export function wilson(numerator: number, denominator: number): Readonly<{ low: number; high: number }> {
  const p = numerator / denominator;
  const z2 = (z * z) / denominator;
  const centre = (p + z2 / 2) / (1 + z2);
  const half = (z / (1 + z2)) * Math.sqrt((p * (1 - p)) / denominator + z2 / (4 * denominator));
  return { low: sixDecimals(centre - half), high: sixDecimals(centre + half) };
}

/** A rate in points of a hundred (分), with how many it rests on and how far it has moved since the period before. */
export type Index = Readonly<{ points: number | null; sample: number; change: number | null }>;

/** The index of a rate. Points have two decimals, rounded half up; null where there is nothing to say. */
export function indexOf(now: Rate, before: Rate): Index {
  const [points, past] = [hundredthsOf(now), hundredthsOf(before)];
  return {
    points: points === null ? null : points / 100,
    sample: now.denominator,
    change: points === null || past === null ? null : (points - past) / 100,
  };
}

/** Hundredths of a point. */
function hundredthsOf({ numerator, denominator }: Rate): number | null {
  if (denominator === 0) return null;
  const [a, b] = [BigInt(Math.round(numerator * 1000)), BigInt(denominator) * 1000n];
  return Number((a * 20_000n + b) / (2n * b));
}
