import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bulletinKinds, bulletinSpans, comparisons, lastComplete } from '../../src/domain/bulletin.ts';
import { type Instant, instant, iso } from '../../src/domain/time.ts';

const days = (kind: (typeof bulletinKinds)[number], at: string): string[] => {
  const spans = bulletinSpans(kind, instant(at));
  return comparisons.map((name) => `${iso(spans[name].from).slice(0, 10)} ${iso(spans[name].to).slice(0, 10)}`);
};

test.each([
  ['daily', '2026-03-02T23:59:59+08:00', ['2026-03-02 2026-03-03', '2026-03-01 2026-03-02', '2025-03-02 2025-03-03']],
  ['daily', '2028-02-29T12:00:00+08:00', ['2028-02-29 2028-03-01', '2028-02-28 2028-02-29', '2027-02-28 2027-03-01']],
  ['weekly', '2026-03-08T12:00:00+08:00', ['2026-03-02 2026-03-09', '2026-02-23 2026-03-02', '2025-03-03 2025-03-10']],
  ['weekly', '2026-03-02T00:00:00+08:00', ['2026-03-02 2026-03-09', '2026-02-23 2026-03-02', '2025-03-03 2025-03-10']],
  ['monthly', '2026-01-31T12:00:00+08:00', ['2026-01-01 2026-02-01', '2025-12-01 2026-01-01', '2025-01-01 2025-02-01']],
  [
    'quarterly',
    '2026-03-31T23:59:59+08:00',
    ['2026-01-01 2026-04-01', '2025-10-01 2026-01-01', '2025-01-01 2025-04-01'],
  ],
] as const)('L7 the %s bulletin of %s', (kind, at, wanted) => {
  expect(days(kind, at)).toEqual(wanted);
});

test('every moment has one bulletin of each kind, whose spans lie side by side, and last year’s is as long but for leap days', () => {
  const moments = fc.integer({ min: Date.parse('1990-01-01'), max: Date.parse('2090-01-01') });
  fc.assert(
    fc.property(moments, fc.constantFrom(...bulletinKinds), (at, kind) => {
      const { now, before, lastYear } = bulletinSpans(kind, at as Instant);
      expect(now.from <= at && at < now.to).toBe(true);
      expect(before.to).toBe(now.from);
      expect(Math.abs(lastYear.to - lastYear.from - (now.to - now.from))).toBeLessThanOrEqual(86_400_000);
      expect(bulletinSpans(kind, now.from)).toEqual(bulletinSpans(kind, (now.to - 1) as Instant));
      expect(bulletinSpans(kind, lastComplete(kind, at as Instant)).now.to).toBe(now.from);
    }),
  );
});
