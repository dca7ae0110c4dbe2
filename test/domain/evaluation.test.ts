import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Counted, fewestAnswers, ranked, scoreOf } from '../../src/domain/evaluation.ts';
import { lastWord, periodNamed } from '../../src/domain/evaluation-period.ts';
import { type EvaluationScheme, schemeFaults, type TermSource } from '../../src/domain/evaluation-scheme.ts';
import { areSides } from '../../src/domain/mutual-review.ts';
import { iso } from '../../src/domain/time.ts';
import { city } from '../support/orders.ts';

const scheme = (
  unitKind: EvaluationScheme['unitKind'],
  ...terms: readonly (readonly [TermSource, number])[]
): Omit<EvaluationScheme, 'code'> => ({
  name: 'test',
  unitKind,
  cut: 'quarter',
  terms: terms.map(([source, weight], i) => ({ code: `t${i}`, name: source, source, weight })),
});
const messages = (of: Omit<EvaluationScheme, 'code'>) => schemeFaults(of).map(({ message }) => message);

describe('schemes', () => {
  test('G12 weights add up to 1, also where tenths do not in floating point', () => {
    expect(messages(scheme('street', ['satisfaction', 0.5], ['mutual_review', 0.2], ['superior_mark', 0.3]))).toEqual(
      [],
    );
    expect(
      messages(
        scheme('department', ...(['response', 'resolution', 'satisfaction'] as const).map((s) => [s, 0.2] as const), [
          'mutual_review',
          0.4,
        ]),
      ),
    ).toEqual([]);
    expect(messages(scheme('street', ['satisfaction', 0.5], ['mutual_review', 0.4999]))).toEqual([
      'the weights add up to 0.9999, not to 1',
    ]);
  });
  test('N10 residents decide half of a street’s score and seven tenths of a community’s, or the scheme is refused', () => {
    const half = [
      ['satisfaction', 0.3],
      ['resolution', 0.2],
      ['superior_mark', 0.5],
    ] as const;
    expect(messages(scheme('street', ...half))).toEqual([]);
    expect(messages(scheme('community', ...half))).toEqual([
      'residents decide 0.5 of it; for a community it is at least 0.7',
    ]);
    expect(messages(scheme('street', ['satisfaction', 0.4999], ['superior_mark', 0.5001]))).toEqual([
      'residents decide 0.4999 of it; for a street it is at least 0.5',
    ]);
  });
  test('W23 whoever is judged, no voice weighs more than the residents’, or the scheme is refused', () => {
    expect(messages(scheme('department', ['satisfaction', 0.4], ['mutual_review', 0.6]))).toEqual([
      'residents decide 0.4 of it, and peers 0.6: for a department nobody decides more than they do',
    ]);
    expect(messages(scheme('utility', ['superior_mark', 0.5], ['signed_in_time', 0.5]))).toHaveLength(2);
    // As much as they, together more than they: both are allowed, only one voice must not be louder.
    expect(messages(scheme('department', ['satisfaction', 0.5], ['superior_mark', 0.5]))).toEqual([]);
    expect(
      messages(scheme('department', ['satisfaction', 0.4], ['mutual_review', 0.3], ['signed_in_time', 0.3])),
    ).toEqual([]);
    // Two terms of one voice are one voice.
    expect(
      messages(scheme('department', ['satisfaction', 0.4], ['submitted_in_time', 0.3], ['signed_in_time', 0.3])),
    ).toHaveLength(1);
  });
  test('G12 the street and the level above have half each in the rating of those stationed at it', () => {
    expect(messages(scheme('stationed', ['superior_mark', 0.5], ['mutual_review', 0.5]))).toEqual([]);
  });
  test('a weight is above 0, no finer than a ten-thousandth, and a term stands once', () => {
    expect(messages(scheme('stationed', ['mutual_review', 1.00001], ['superior_mark', -0.00001]))).toEqual([
      'a weight is more than 0, in steps of 0.0001',
      'a weight is more than 0, in steps of 0.0001',
    ]);
    const twice = scheme('stationed', ['mutual_review', 0.5], ['superior_mark', 0.5]);
    expect(messages({ ...twice, terms: twice.terms.map((term) => ({ ...term, code: 'same' })) })).toEqual([
      'same stands twice',
    ]);
  });
});

describe('scores', () => {
  const street = scheme('street', ['satisfaction', 0.5], ['mutual_review', 0.3], ['superior_mark', 0.2]);
  const all: Readonly<Partial<Record<TermSource, Counted>>> = {
    satisfaction: { numerator: 81, denominator: 90 },
    mutual_review: { numerator: 80, denominator: 100 },
    superior_mark: { numerator: 70, denominator: 100 },
  };
  test('a score is the weighted mean of its terms, with stars', () => {
    expect(scoreOf(street, 'a', all)).toMatchObject({ score: 83, stars: 4, because: null });
  });
  test('what nobody said leaves its weight to the rest; what residents did not say never does', () => {
    const { mutual_review: _m, ...without } = all;
    expect(scoreOf(street, 'a', without).score).toBe(84.29); // (0.5 * 90 + 0.2 * 70) / 0.7
    const few = { ...all, satisfaction: { numerator: 29, denominator: fewestAnswers - 1 } };
    expect(scoreOf(street, 'a', few)).toMatchObject({ score: null, stars: null, because: 'too-few-answers' });
    expect(scoreOf(scheme('stationed', ['superior_mark', 1]), 'a', {}).because).toBe('nothing-counted');
  });
  test('a score lies between its lowest and its highest term, whatever the weights', () => {
    const counted = fc.integer({ min: 0, max: 100 }).map((numerator) => ({ numerator, denominator: 100 }));
    fc.assert(
      fc.property(fc.integer({ min: 5000, max: 9998 }), counted, counted, (residents, a, b) => {
        const of = scheme(
          'street',
          ['satisfaction', residents / 10_000],
          ['superior_mark', (10_000 - residents) / 10_000],
        );
        expect(schemeFaults(of)).toEqual([]);
        const score = scoreOf(of, 'a', { satisfaction: a, superior_mark: b }).score ?? -1;
        expect(score).toBeGreaterThanOrEqual(Math.min(a.numerator, b.numerator));
        expect(score).toBeLessThanOrEqual(Math.max(a.numerator, b.numerator));
      }),
    );
  });
  test('equal scores share a rank, and who has none has no rank', () => {
    const marked = (unit: string, mark: number | null) =>
      scoreOf(
        scheme('stationed', ['superior_mark', 1]),
        unit,
        mark === null ? {} : { superior_mark: { numerator: mark, denominator: 100 } },
      );
    const order = ranked([marked('d', null), marked('c', 80), marked('a', 90), marked('b', 90)]);
    expect(order.map(({ unit, rank }) => [unit, rank])).toEqual([
      ['a', 1],
      ['b', 1],
      ['c', 3],
      ['d', null],
    ]);
  });
});

test('a period is a year, a half or a quarter, and something can be said about it for thirty days more', () => {
  const spans = ['2026', '2026-H2', '2026-Q4', '2026-Q1'].map((name) => {
    const { from, to } = periodNamed(name)!;
    return [iso(from), iso(to)];
  });
  expect(spans).toEqual([
    ['2026-01-01T00:00:00+08:00', '2027-01-01T00:00:00+08:00'],
    ['2026-07-01T00:00:00+08:00', '2027-01-01T00:00:00+08:00'],
    ['2026-10-01T00:00:00+08:00', '2027-01-01T00:00:00+08:00'],
    ['2026-01-01T00:00:00+08:00', '2026-04-01T00:00:00+08:00'],
  ]);
  expect(['2026-H3', '2026-Q5', '26', '2026-13', ''].map(periodNamed)).toEqual([null, null, null, null, null]);
  expect(iso(lastWord(periodNamed('2026-H1')!))).toBe('2026-07-30T23:59:59+08:00');
});

test('W22 the two sides are the ground and those who serve it, and nobody else', () => {
  expect(areSides(city, 'street-a', 'enforcement-a')).toBe(true);
  expect(areSides(city, 'lights', 'street-a')).toBe(true);
  expect(areSides(city, 'community-a1', 'enforcement-a')).toBe(true);
  expect(areSides(city, 'power', 'street-b')).toBe(true);
  expect(areSides(city, 'street-b', 'enforcement-a')).toBe(false);
  expect(areSides(city, 'street-a', 'street-b')).toBe(false);
  expect(areSides(city, 'lights', 'water')).toBe(false);
  expect(areSides(city, 'street-a', 'district')).toBe(false);
});
