import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  comparedWith,
  type ExternalIndex,
  type IndexItem,
  type IndexPeriod,
  type IndexValue,
  importValues,
  indexPeriod,
  keyOfValue,
  movedBy,
} from '../../src/domain/external-index.ts';
import { isRefusal } from '../../src/domain/refusal.ts';
import { instant, iso } from '../../src/domain/time.ts';
import { city } from '../support/orders.ts';

const safety: ExternalIndex = {
  code: 'safety',
  name: '公众安全感满意度',
  source: '省',
  measure: 'points',
  cut: 'half_year',
};
const now = instant('2026-08-01T09:00:00+08:00');
const by = { client: 'client', name: '甲', unit: null };
const anItem = (more: Partial<IndexItem> = {}): IndexItem => ({
  kind: 'area',
  code: 'a',
  period: '2026-H1',
  value: 78.32,
  sample: 1200,
  rank: null,
  ...more,
});
const taken = (
  items: readonly IndexItem[],
  known: readonly IndexValue[] = [],
  reason: string | null = null,
  index = safety,
) =>
  importValues(
    index,
    { items, document: '省测评通报 2026 年第 1 号', reason },
    {
      units: city.units,
      hasArea: (code) => code !== 'nowhere',
      known: new Map(known.map((v) => [keyOfValue(v), v])),
      by,
      now,
    },
  );
const written = (...of: Parameters<typeof taken>): readonly IndexValue[] => {
  const outcome = taken(...of);
  if (isRefusal(outcome)) throw new Error(outcome.code);
  return outcome.written.map((value, i) => ({ ...value, id: String(i) }));
};

test('G24 periods are read by their names, and know the one before and the one of last year', () => {
  const named = (name: string) => comparedWith(indexPeriod(name) as IndexPeriod);
  expect(named('2026-01')).toEqual({ before: '2025-12', lastYear: '2025-01' });
  expect(named('2026-Q1')).toEqual({ before: '2025-Q4', lastYear: '2025-Q1' });
  expect(named('2026-Q3')).toEqual({ before: '2026-Q2', lastYear: '2025-Q3' });
  expect(named('2026-H1')).toEqual({ before: '2025-H2', lastYear: '2025-H1' });
  expect(named('2026')).toEqual({ before: '2025', lastYear: '2025' });
  expect(iso(indexPeriod('2026-07')?.ends ?? now)).toBe('2026-08-01T00:00:00+08:00');
  for (const wrong of ['2026-13', '2026-Q5', '2026-H3', '26', '2026-7', '']) expect(indexPeriod(wrong)).toBeNull();
});

test('N44, G24 a value of 78.32 points stands 0.23 above the one before, exactly', () => {
  expect(movedBy(78.32, 78.09)).toBe(0.23);
  expect(movedBy(0.3, 0.1)).toBe(0.2);
  expect(movedBy(78.32, undefined)).toBeNull();
});

test('G24 whatever was taken in once is left as it is when it is sent again, in any order and with anything beside it', () => {
  const items = fc.uniqueArray(
    fc.record({
      kind: fc.constant('area' as const),
      code: fc.constantFrom('a', 'b', 'c'),
      period: fc.constantFrom('2025-H1', '2025-H2', '2026-H1'),
      value: fc.integer({ min: 0, max: 100_000 }).map((n) => n / 1000),
      sample: fc.option(fc.integer({ min: 1, max: 5000 })),
      rank: fc.option(fc.constant({ place: 1, of: 21 })),
    }),
    { selector: keyOfValue, minLength: 1 },
  );
  fc.assert(
    fc.property(items, fc.nat(), (all, seed) => {
      const known = written(all.slice(0, (seed % all.length) + 1));
      const again = taken(all.toReversed(), known);
      if (isRefusal(again)) throw new Error(again.code);
      expect(again.outcomes.filter((outcome) => outcome === 'unchanged')).toHaveLength(known.length);
      expect(again.written).toHaveLength(all.length - known.length);
      expect(written(all, [...known, ...written(all, known)])).toEqual([]);
    }),
  );
});

test('G24 another value is a version of its own with its reason, and without a reason nothing is taken in', () => {
  const known = written([anItem()]);
  expect(taken([anItem({ value: 78.4 }), anItem({ period: '2025-H1' })], known)).toMatchObject({
    code: 'index-value-differs',
    details: { errors: [{ pointer: '/items/0/value' }] },
  });
  expect(written([anItem({ value: 78.4 })], known, '通报更正')).toMatchObject([
    { version: 2, value: 78.4, reason: '通报更正' },
  ]);
  expect(written([anItem({ period: '2025-H1' })], known, '通报更正')).toMatchObject([{ version: 1, reason: null }]);
});

test('G24 nothing is taken in of a document in which one value fits nothing, and each is named', () => {
  const outcome = taken([
    anItem(),
    anItem(),
    anItem({ code: 'nowhere' }),
    anItem({ kind: 'unit', code: 'nobody' }),
    anItem({ period: '2026-Q1' }),
    anItem({ period: '2027-H1' }),
  ]);
  expect(outcome).toMatchObject({ code: 'index-values-wrong' });
  const { errors } = (outcome as unknown as { details: { errors: { pointer: string }[] } }).details;
  expect(errors.map(({ pointer }) => pointer)).toEqual([
    '/items/1/period',
    '/items/2/area',
    '/items/3/unit',
    '/items/4/period',
    '/items/5/period',
  ]);
});
