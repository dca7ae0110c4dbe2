import { expect, test } from 'vitest';
import { type RemarkSaid, remarked } from '../../src/domain/conduct.ts';
import { isRefusal } from '../../src/domain/refusal.ts';
import type { Actor } from '../../src/domain/work-order.ts';
import {
  anOrder,
  city,
  clerk,
  dispatcher,
  inspector,
  monday,
  neighbour,
  operator,
  resident,
} from '../support/orders.ts';

const order = anOrder('handling');
const of = (actor: Actor, said: Partial<RemarkSaid> = {}) =>
  remarked(order, { about: 'unit', tone: 'complaint', text: 'they shouted', ...said }, 'c1', {
    city,
    now: monday,
    actor,
  });
const code = (...args: Parameters<typeof of>) => {
  const outcome = of(...args);
  return isRefusal(outcome) ? outcome.code : outcome.remark.side;
};

test('X37 each side speaks of the other’s conduct, never of its own; the hotline writes down what either says', () => {
  expect(code(resident)).toBe('resident');
  expect(code(resident, { about: 'resident' })).toBe('not-yours');
  expect(code(clerk('lights'), { about: 'resident' })).toBe('unit');
  expect(code(clerk('lights'))).toBe('not-yours');
  expect(code(operator)).toBe('hotline');
  expect(code(operator, { about: 'resident' })).toBe('hotline');
  for (const who of [clerk('water'), neighbour, inspector, dispatcher])
    expect(code(who, { about: 'resident' }), who.name).toBe('not-yours');
});

test('what was said stays out of the record of facts', () => {
  const made = of(resident);
  expect(JSON.stringify(isRefusal(made) ? null : made.fact)).not.toContain('shouted');
  expect(made).toMatchObject({
    remark: { unit: 'lights', requestId: 'r1' },
    fact: { unit: null, body: { about: 'unit', side: 'resident' } },
  });
  expect(code(operator, { text: ' ' })).toBe('reason-missing');
  expect(code(operator, { requestId: 'another' })).toBe('request-unknown');
});
