import fc from 'fast-check';
import { expect, test } from 'vitest';
import { spanBefore } from '../../src/domain/period.ts';
import { ranksOf } from '../../src/domain/ranking.ts';
import { compareRates, indexOf, rateOf, readWeight, shareOf, wilson } from '../../src/domain/share.ts';
import { instant } from '../../src/domain/time.ts';

test.each([
  ['0', 0],
  ['1', 1000],
  ['1.000', 1000],
  ['0.5', 500],
  ['0.125', 125],
  ['1.001', null],
  ['0.1234', null],
  ['.5', null],
  ['-0', null],
  ['1e-1', null],
])('the weight %s is read as %s thousandths', (text, weight) => expect(readWeight(text)).toBe(weight));

test('a share is divided once, exactly, and rounded half up to six decimals', () => {
  expect(shareOf(1, 3).share).toBe(0.333333);
  expect(shareOf(2, 3).share).toBe(0.666667);
  expect(shareOf(1, 2_000_000).share).toBe(0.000001); // a half, upwards
  expect(rateOf(6_197_000 + 237 * 500, 7_696)).toMatchObject({ numerator: 6_315.5, share: 0.820621 });
  expect(shareOf(0, 0)).toMatchObject({ share: null, interval: null });
});

test('Wilson’s interval as Newcombe published it (1998): 81 of 263, 15 of 148, none of 20; and all of ten', () => {
  const rounded = (a: number, b: number) => Object.values(wilson(a, b)).map((x) => x.toFixed(4));
  expect(rounded(81, 263)).toEqual(['0.2553', '0.3662']);
  expect(rounded(15, 148)).toEqual(['0.0624', '0.1605']);
  expect(rounded(0, 20)).toEqual(['0.0000', '0.1611']);
  expect(wilson(0, 10)).toEqual({ low: 0, high: 0.277533 });
  expect(wilson(10, 10)).toEqual({ low: 0.722467, high: 1 });
});

const rates = fc
  .record({ denominator: fc.integer({ min: 1, max: 5000 }), part: fc.nat(1000) })
  .map(({ denominator, part }) => shareOf(Math.floor((denominator * part) / 1000), denominator));

test('an interval holds the share and stays within 0 and 1; comparing is total and agrees with division', () => {
  fc.assert(
    fc.property(rates, rates, (a, b) => {
      expect(a.interval?.low).toBeGreaterThanOrEqual(0);
      expect(a.interval?.high).toBeLessThanOrEqual(1);
      expect(a.interval?.low).toBeLessThanOrEqual(a.share ?? 0);
      expect(a.interval?.high).toBeGreaterThanOrEqual(a.share ?? 1);
      expect(compareRates(a, b) + compareRates(b, a)).toBe(0);
      const [x, y] = [a.numerator / a.denominator, b.numerator / b.denominator];
      if (Math.abs(x - y) > 1e-9) expect(compareRates(a, b)).toBe(x < y ? -1 : 1);
    }),
  );
});

test('an index has two decimals, its sample and its change', () => {
  expect(indexOf(shareOf(7832, 10_000), shareOf(7809, 10_000))).toEqual({
    points: 78.32,
    sample: 10_000,
    change: 0.23,
  });
  expect(indexOf(shareOf(1, 3), shareOf(0, 0))).toEqual({ points: 33.33, sample: 3, change: null });
  expect(indexOf(shareOf(0, 0), shareOf(1, 3))).toEqual({ points: null, sample: 0, change: null });
});

test('ranks are given within a group and from thirty cases on; equal rates share a place, and too few take none away', () => {
  const ranks = ranksOf([
    { key: 'a', group: 'street', rate: shareOf(30, 40) },
    { key: 'b', group: 'street', rate: shareOf(36, 40) },
    { key: 'c', group: 'street', rate: shareOf(60, 80) },
    { key: 'd', group: 'street', rate: shareOf(29, 29) },
    { key: 'e', group: 'community', rate: shareOf(10, 30) },
    { key: 'f', group: null, rate: shareOf(30, 30) },
  ]);
  expect(Object.fromEntries(ranks)).toEqual({
    a: { group: 'street', place: 2, of: 3 },
    b: { group: 'street', place: 1, of: 3 },
    c: { group: 'street', place: 2, of: 3 },
    d: { group: 'street', none: 'below_minimum' },
    e: { group: 'community', place: 1, of: 1 },
    f: { group: null, none: 'no_group' },
  });
});

test('N2 of what is no merit the least comes first', () => {
  const ranks = ranksOf(
    [
      { key: 'passes on', group: 'district', rate: shareOf(20, 40) },
      { key: 'works', group: 'district', rate: shareOf(1, 40) },
    ],
    true,
  );
  expect(ranks.get('works')).toEqual({ group: 'district', place: 1, of: 2 });
});

test.each([
  ['2026-03-01', '2026-04-01', '2026-02-01'],
  ['2026-01-01', '2027-01-01', '2025-01-01'],
  ['2026-01-01', '2026-02-01', '2025-12-01'],
  ['2026-03-02', '2026-03-09', '2026-02-23'],
])('before %s to %s come those from %s', (from, to, before) => {
  const day = (date: string) => instant(`${date}T00:00:00+08:00`);
  expect(spanBefore({ from: day(from), to: day(to) })).toEqual({ from: day(before), to: day(from) });
});

test.each([
  ['2000-01-01', '9999-01-01'],
  ['1970-02-01', '1999-03-05'],
])('the span before %s to %s begins no earlier than 1970', (from, to) => {
  const day = (date: string) => instant(`${date}T00:00:00+08:00`);
  expect(spanBefore({ from: day(from), to: day(to) })).toEqual({ from: 0, to: day(from) });
});
