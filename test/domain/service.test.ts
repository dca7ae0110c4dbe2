import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Service,
  serviceFaults,
  serviceKeys,
  serviceWays,
  visitShares,
  visitSharesBy,
} from '../../src/domain/service.ts';
import { city } from '../support/orders.ts';

const aService = (more: Partial<Service> = {}): Service => ({
  code: 'service',
  name: '户口迁入',
  unit: 'lights',
  category: null,
  materials: [],
  limit: null,
  visitsNeeded: 1,
  ways: ['window'],
  article: null,
  ...more,
});
const faults = (more: Partial<Service>) => serviceFaults(aService(more), city, (code) => code === 'known');

test('G26 who needs nobody to come has another way than a window, and who has to come has one', () => {
  expect(faults({})).toEqual([]);
  expect(faults({ article: 'known', visitsNeeded: 0, ways: ['online', 'window'] })).toEqual([]);
  const wrong = faults({ unit: 'nobody', category: 'nothing', article: 'none', visitsNeeded: 0 });
  expect(wrong.map(({ pointer }) => pointer)).toEqual(['/unit', '/category', '/article', '/visitsNeeded']);
  expect(faults({ visitsNeeded: 2, ways: ['online', 'post'] })).toMatchObject([{ pointer: '/visitsNeeded' }]);
});

test('G26 the published shares: 91 of 100 and 87 of 100 need no visit', () => {
  const of = (none: number) => Array.from({ length: 100 }, (_, i) => ({ visitsNeeded: i < none ? 0 : 1 }));
  expect(visitShares(of(91)).noVisit).toEqual({ numerator: 91, denominator: 100, share: 0.91 });
  expect(visitShares(of(87))).toEqual({
    noVisit: { numerator: 87, denominator: 100, share: 0.87 },
    atMostOne: { numerator: 100, denominator: 100, share: 1 },
  });
  expect(visitShares([]).noVisit).toEqual({ numerator: 0, denominator: 0, share: null });
});

test('G26 parts add up to the whole, whatever they are counted by, and no visit is never more than one at most', () => {
  const services = fc.array(
    fc.record({
      unit: fc.constantFrom(...city.units.keys()),
      visitsNeeded: fc.nat(3),
      ways: fc.subarray([...serviceWays]),
    }),
  );
  fc.assert(
    fc.property(services, fc.constantFrom(...serviceKeys), (given, by) => {
      const all = given.map((each) => aService(each));
      const parts = [...visitSharesBy(all, by, city).values()];
      const sum = (what: 'noVisit' | 'atMostOne', part: 'numerator' | 'denominator') =>
        parts.reduce((total, each) => total + each[what][part], 0);
      const whole = visitShares(all);
      for (const what of ['noVisit', 'atMostOne'] as const)
        for (const part of ['numerator', 'denominator'] as const) expect(sum(what, part)).toBe(whole[what][part]);
      for (const { noVisit, atMostOne } of parts) expect(noVisit.numerator).toBeLessThanOrEqual(atMostOne.numerator);
    }),
  );
});
