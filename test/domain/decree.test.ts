import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Decree, decreeLife, endDecree, isAbout, isInForce, publishDecree } from '../../src/domain/decree.ts';
import { holdByDecrees, liftOver } from '../../src/domain/decree-hold.ts';
import { heldBy, pauseReasons } from '../../src/domain/pauses.ts';
import { isRefusal } from '../../src/domain/refusal.ts';
import { urgencies } from '../../src/domain/request.ts';
import type { Instant } from '../../src/domain/time.ts';
import { type Actor, openStates, type WorkOrder } from '../../src/domain/work-order.ts';
import { anOrder, at, centreLeader, city, everybody, monday } from '../support/orders.ts';

const hour = 3_600_000;
const later = (hours: number): Instant => (monday + hours * hour) as Instant;
const decree = (more: Partial<Decree> = {}): Decree => ({
  id: 'd1',
  number: 'JD1',
  version: 1,
  state: 'published',
  title: 'rain',
  text: 'rain',
  categories: ['city'],
  areas: ['DA'],
  beginsAt: monday,
  until: later(48),
  authority: 'district',
  publishedBy: { actor: { client: 'g', name: 'g', unit: 'district' }, at: monday },
  endedAt: null,
  endedBy: null,
  endedBecause: null,
  ...more,
});
const heldKinds: readonly string[] = pauseReasons.incident_decree;
const ofDecrees = (order: WorkOrder) => order.clocks.filter((clock) => heldKinds.includes(clock.kind));

const someDecrees = fc
  .array(
    fc.record({
      from: fc.integer({ min: 0, max: 40 }),
      hours: fc.integer({ min: 1, max: 60 }),
      early: fc.option(fc.integer({ min: 0, max: 60 })),
    }),
    { maxLength: 3 },
  )
  .map((all) =>
    all.map(({ from, hours, early }, i) =>
      decree({
        id: `d${i}`,
        number: `JD${i}`,
        beginsAt: later(from),
        until: later(from + hours),
        endedAt: early === null ? null : later(from + early),
      }),
    ),
  );

describe('what a decree does to an order', () => {
  test('whatever the decrees and moments: held is exactly what one in force is about, and asking again changes nothing', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...openStates),
        fc.constantFrom(...urgencies),
        fc.constantFrom('city/light', 'city/hawkers'),
        someDecrees,
        fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 6 }),
        (state, urgency, category, decrees, hours) => {
          let order = anOrder(state, { urgency, category, now: monday });
          for (const moment of hours.toSorted((a, b) => a - b).map(later)) {
            const setting = { city, now: moment };
            const lifted = liftOver(order, setting)?.order ?? order;
            const { order: next } = holdByDecrees(lifted, decrees, setting);
            const inForce = decrees.filter((each) => isInForce(each, moment) && isAbout(each, next, city));
            for (const clock of ofDecrees(next)) {
              const by = heldBy(clock);
              if (clock.state === 'running') expect(inForce).toEqual([]);
              if (by !== null) expect(inForce.map(({ number }) => number)).toContain(by);
            }
            expect(holdByDecrees(next, decrees, setting)).toEqual({ order: next, facts: [] });
            order = next;
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  test('nothing urgent, of the shortest limit or about safety is ever held', () => {
    const free = [
      anOrder('handling', { category: 'city/light', urgency: 'urgent' }),
      anOrder('handling', { category: 'city/light', urgency: 'emergency' }),
      anOrder('handling', { category: 'city/wires' }),
    ];
    for (const order of free)
      expect(holdByDecrees(order, [decree()], { city, now: later(1) })).toEqual({ order, facts: [] });
  });

  test('a decree nobody here has heard of keeps what it holds', () => {
    const order = anOrder('handling', { category: 'city/light', now: monday });
    const held = holdByDecrees(order, [decree()], { city, now: later(1) }).order;
    const other = decree({ id: 'd2', number: 'JD2', areas: ['DB'] });
    expect(holdByDecrees(held, [other], { city, now: later(2) }).order).toBe(held);
  });
});

describe('who decrees', () => {
  const government: Actor = { ...centreLeader, name: 'government', roles: ['government'], unit: 'district' };
  const asked = {
    id: 'd1',
    number: 'JD1',
    title: 't',
    text: 't',
    categories: ['city'],
    areas: ['DA'],
    beginsAt: monday,
    until: at('2026-03-05 00:00'),
  };
  const within = (code: string, territory: string): boolean => code.startsWith(territory);
  const setting = (actor: Actor, now = monday) => ({ city, now, actor });

  test('a district within its territory, the city anywhere, and what is listed is known and not urgent', () => {
    expect(publishDecree(asked, within, setting(government))).toMatchObject({ decree: { authority: 'district' } });
    expect(publishDecree(asked, within, setting(centreLeader))).toMatchObject({ decree: { authority: null } });
    const elsewhere = { ...asked, areas: ['DA', 'E'] };
    expect(publishDecree(elsewhere, within, setting(government))).toMatchObject({ code: 'outside-territory' });
    expect(publishDecree(elsewhere, within, setting(centreLeader))).toMatchObject({ kind: 'decided' });
    for (const [categories, code] of [
      [['nothing'], 'category-unknown'],
      [['city/light', 'city/wires'], 'urgent-never-pauses'],
    ] as const)
      expect(publishDecree({ ...asked, categories }, within, setting(government))).toMatchObject({ code });
  });

  test.each(Object.keys(decreeLife))(
    '%s is for its authority and the city above it, and refused to everybody else',
    () => {
      for (const actor of [...everybody, government, { ...government, unit: 'street-a' }]) {
        const outcome = endDecree(decree(), 'dry', setting(actor, later(1)));
        const may = actor === government || actor.roles.includes('centre_leader');
        if (may) expect(outcome).toMatchObject({ decree: { state: 'ended', endedAt: later(1) } });
        else expect(isRefusal(outcome) && outcome.code, actor.name).toBe('not-yours');
      }
      expect(endDecree(decree({ state: 'ended' }), 'dry', setting(government))).toMatchObject({ code: 'wrong-state' });
      expect(endDecree(decree(), 'dry', setting(government, later(48)))).toMatchObject({ code: 'decree-over' });
    },
  );
});
