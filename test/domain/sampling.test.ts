import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decide } from '../../src/domain/decide.ts';
import { defaultSampling, lotOf, sampled } from '../../src/domain/sampling.ts';
import type { WorkOrder } from '../../src/domain/work-order.ts';
import { anOrder, asked, centreLeader, city, granted, operator, resident } from '../support/orders.ts';

const ids = Array.from({ length: 5000 }, (_, n) => `0199a000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`);

describe('a sample', () => {
  test('has about its share, whatever the seed, and is the same whenever it is drawn again', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.string({ maxLength: 20 }), (share, seed) => {
        const drawn = ids.filter((id) => sampled(id, share, { seed }));
        expect(Math.abs(drawn.length / ids.length - share)).toBeLessThan(0.04);
        expect(ids.filter((id) => sampled(id, share, { seed }))).toEqual(drawn);
      }),
      { numRuns: 20 },
    );
  });

  test('of another seed is another one; of a greater share it holds the smaller one', () => {
    const of = (seed: string, share = 0.2) => ids.filter((id) => sampled(id, share, { seed }));
    const both = of('spring').filter((id) => of('autumn').includes(id));
    expect(both.length / ids.length).toBeLessThan(0.08);
    const greater = new Set(of('spring', 0.5));
    expect(of('spring').every((id) => greater.has(id))).toBe(true);
  });

  test('anybody can draw it: these lots are part of the contract', () => {
    expect(lotOf('0199a000-0000-7000-8000-000000000001', 'default-1')).toBeCloseTo(0.445842969464, 9);
    expect([sampled('x', 0, { seed: 's' }), sampled('x', 1, { seed: 's' })]).toEqual([false, true]);
  });
});

describe('who is asked by sample', () => {
  const sharing = (answered: number) => ({ ...city, sampling: { ...defaultSampling, answered } });
  const answered = (share: number): WorkOrder => {
    const order = anOrder('registered');
    const setting = { city: sharing(share), now: order.registeredAt, actor: operator };
    return granted(decide(order, { action: 'answer', said: { text: 'like this' } }, setting)).order;
  };

  test('a direct answer is asked about, and is ended all the same', () => {
    const order = answered(1);
    expect(order).toMatchObject({ state: 'answered', followUps: [{ occasion: 'answered', state: 'open' }] });
    expect(order.clocks.filter((c) => c.state !== 'stopped').map((c) => c.kind)).toEqual(['follow_up']);
    expect(answered(0).followUps).toEqual([]);
  });

  test('an objection that is granted ends the asking: the matter begins anew', () => {
    const waiting = asked(answered(1), { kind: 'objection' }, { as: resident });
    const again = asked(answered(1), { kind: 'objection' }, { as: resident }, { as: centreLeader });
    expect(waiting.followUps).toMatchObject([{ state: 'open' }]);
    expect(again).toMatchObject({ state: 'accepted', followUps: [{ state: 'cancelled' }] });
    expect(again.clocks.filter((c) => c.about !== null && c.state !== 'stopped')).toEqual([]);
  });
});
