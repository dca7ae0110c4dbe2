import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isUnder } from '../../src/domain/city.ts';
import {
  type InspectionItem,
  inspected,
  inspectionFault,
  inspectorFor,
  isMoot,
  largestSample,
  nextDraw,
  sampleOf,
} from '../../src/domain/inspection.ts';
import { lotsOf } from '../../src/domain/panel.ts';
import { isRefusal } from '../../src/domain/refusal.ts';
import { anOrder, at, city, inspector, judge, monday } from '../support/orders.ts';

const reviewer = { ...judge, name: 'inspector-1 a', roles: ['inspector'] as const };
const setting = (actor = reviewer) => ({ city, now: monday, actor });
const item: InspectionItem = {
  id: 'i1',
  inspectionId: 'p1',
  orderId: 'o1',
  round: 1,
  post: 'inspector-1',
  formerPosts: [],
  drawnAt: monday,
  dueAt: monday,
  state: 'open',
  finding: null,
  evidence: [],
  by: null,
  decidedAt: null,
};
const found = { passed: false, finding: 'still dark', evidence: [{ text: 'a photo' }] };

test('X35 a sample is at least one of any, and never more than there are or anybody looks at', () => {
  fc.assert(
    fc.property(
      fc.nat(5000),
      fc.oneof(
        fc.integer({ min: 1, max: 300 }).map((count) => ({ count })),
        fc.double({ min: 0.001, max: 1, noNaN: true }).map((share) => ({ share })),
      ),
      (population, size) => {
        const n = sampleOf(population, size);
        expect(n).toBeLessThanOrEqual(Math.min(population, largestSample));
        expect(n >= 1 || population === 0).toBe(true);
        if ('share' in size) expect(n).toBeLessThanOrEqual(Math.ceil(population * size.share));
      },
    ),
  );
});

test('a schedule goes on at its own time of day and makes nothing up', () => {
  const plan = { nextAt: at('2026-03-02 09:30'), everyDays: 7 };
  expect(nextDraw(plan, at('2026-03-02 09:30'))).toBe(at('2026-03-09 09:30'));
  expect(nextDraw(plan, at('2026-03-20 12:00'))).toBe(at('2026-03-23 09:30'));
  expect(nextDraw({ ...plan, everyDays: null }, monday)).toBeNull();
  expect(nextDraw({ ...plan, nextAt: null }, monday)).toBeNull();
});

test('who looks is of nobody’s side, and never who had it before', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(15), { minLength: 64, maxLength: 64 }),
      fc.subarray(['inspector-1', 'inspector-2', 'inspector-3', 'inspector-4']),
      fc.constantFrom('lights', 'district', 'street-a'),
      (digits, former, owner) => {
        const order = { ...anOrder('closed'), owner };
        const post = inspectorFor(order, former, lotsOf(digits.map((n) => n.toString(16)).join('')), city);
        if (post === null) return;
        expect(former).not.toContain(post);
        const unit = city.posts.find((p) => p.code === post)?.unit ?? '';
        expect(isUnder(city, unit, owner)).toBe(false);
      },
    ),
  );
});

describe('what was seen', () => {
  const code = (...args: Parameters<typeof inspected>) => {
    const outcome = inspected(...args);
    return isRefusal(outcome) ? outcome.code : outcome.item.state;
  };
  const closed = anOrder('closed');

  test('passes, or is found with words and evidence, by whoever was drawn and once', () => {
    expect(code(item, closed, { passed: true, evidence: [] }, setting())).toBe('passed');
    expect(code(item, closed, found, setting())).toBe('found');
    expect(code(item, closed, { ...found, finding: ' ' }, setting())).toBe('reason-missing');
    expect(code(item, closed, { ...found, evidence: [{ text: ' ' }] }, setting())).toBe('evidence-missing');
    expect(code(item, closed, found, { ...setting(), actor: inspector })).toBe('not-drawn');
    expect(code({ ...item, post: null }, closed, found, setting())).toBe('not-drawn');
    expect(code({ ...item, state: 'passed' }, closed, found, setting())).toBe('inspection-done');
  });

  test('is moot once the order is worked on again', () => {
    expect(code(item, anOrder('rework'), found, setting())).toBe('inspection-moot');
    expect(isMoot(item, { ...closed, state: 'archived' })).toBe(false);
    expect(isMoot(item, { ...closed, reworks: 1 })).toBe(true);
  });

  test('the unit is told in its order’s record', () => {
    const outcome = inspected(item, closed, found, setting());
    expect(outcome).toMatchObject({ fact: { type: 'inspection_found', unit: 'lights', body: { item: 'i1' } } });
  });
});

test('an inspection names a unit and category that are there, and begins now or later', () => {
  const scope = { unit: null, area: null, category: null, closedWithinDays: 30 };
  const wanted = { name: 'x', scope, size: { count: 1 }, everyDays: null, startAt: null };
  expect(inspectionFault(wanted, setting())).toBeNull();
  expect(inspectionFault({ ...wanted, scope: { ...scope, unit: 'nobody' } }, setting())).toBe('unit-unknown');
  expect(inspectionFault({ ...wanted, scope: { ...scope, category: 'no' } }, setting())).toBe('category-unknown');
  expect(inspectionFault({ ...wanted, startAt: at('2026-03-01 09:00') }, setting())).toBe('in-the-past');
});
