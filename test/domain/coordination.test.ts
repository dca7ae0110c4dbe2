import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type City, isUnder } from '../../src/domain/city.ts';
import {
  allowedOnCoordination,
  type CoordinationCommand,
  coordinate,
  draftCoordination,
  oneTapCall,
} from '../../src/domain/coordinate.ts';
import { allowedOnCall, type CallCommand, coordinateUnit } from '../../src/domain/coordinate-call.ts';
import {
  answerOf,
  attendance,
  type CoordinationOrder,
  callOf,
  type PowerSetting,
} from '../../src/domain/coordination.ts';
import { loadOf, openCalls } from '../../src/domain/coordination-load.ts';
import { climbCall } from '../../src/domain/ladder-climb.ts';
import { defaultLadder } from '../../src/domain/ladder-rows.ts';
import { defaultPowers, outsideJurisdiction } from '../../src/domain/powers.ts';
import { isRefusal } from '../../src/domain/refusal.ts';
import { after, iso, minutes } from '../../src/domain/time.ts';
import { type Actor, theSystem } from '../../src/domain/work-order.ts';
import { at, city, clerk, everybody, farGridWorker, gridWorker, head, monday } from '../support/orders.ts';
import { acted, asks, callIn, drafted, draftOf, issued, street, unitThen, yes } from '../support/powers.ts';

const names = { id: '0199a000-0000-7000-8000-00000000c002', number: 'C-2' };
const codeOf = (outcome: unknown): string | null => (isRefusal(outcome) ? outcome.code : null);
const due = (order: CoordinationOrder) =>
  order.clocks.filter((c) => c.kind === 'report_in').map((c) => `${c.unit} ${iso(c.dueAt).slice(0, 16)}`);

describe('who may be called', () => {
  test.each([
    ['enforcement-a', null],
    ['community-a1', null],
    ['property-a', null],
    ['water', null],
    ['power', null],
    ['street-a', 'the-street-itself'],
    ['district', 'superior'],
    ['hotline', 'superior'],
    ['street-b', 'another-street'],
    ['community-b1', 'of-another-street'],
  ])('N31 N32 street A and %s: %s', (unit, because) => {
    expect(outsideJurisdiction(city, 'street-a', unit)).toBe(because);
  });

  test('a team stationed at another street and a bureau of another district stay where they are', () => {
    const water = city.units.get('water');
    if (water === undefined) throw new Error('no water bureau');
    const more = [
      { ...water, code: 'district-2', kind: 'district', parent: 'hotline', area: 'E' } as const,
      { ...water, code: 'water-2', parent: 'district-2' },
      { ...water, code: 'team-b', kind: 'stationed', parent: 'street-b', line: 'water', area: 'DB' } as const,
      { ...water, code: 'park', area: 'DB' },
      { ...water, code: 'digger', kind: 'contractor', parent: 'water' } as const,
      { ...water, code: 'digger-2', kind: 'contractor', parent: 'water-2' } as const,
      { ...water, code: 'homes-b', kind: 'property_company', parent: 'street-b' } as const,
    ];
    const bigger: City = {
      ...city,
      units: new Map([...city.units, ...more.map((unit) => [unit.code, unit] as const)]),
    };
    const reasons = more.map(({ code }) => `${code}: ${outsideJurisdiction(bigger, 'street-a', code)}`);
    expect(reasons).toEqual([
      'district-2: another-district',
      'water-2: another-district',
      'team-b: of-another-street',
      'park: another-area',
      'digger: null',
      'digger-2: another-district',
      'homes-b: of-another-street',
    ]);
  });

  test('a call beyond the street’s reach is refused, and says why for each unit', () => {
    const units = ['community-b1', 'water', 'district'].map((code) => ({ code, task: 'come' }));
    expect(draftCoordination(draftOf({ units }), names, asks(street))).toMatchObject({
      code: 'outside-jurisdiction',
      details: {
        street: 'street-a',
        units: [
          { unit: 'community-b1', because: 'of-another-street' },
          { unit: 'district', because: 'superior' },
        ],
      },
    });
  });
});

describe('who may call', () => {
  const byWhom = (order: CoordinationOrder) =>
    everybody
      .filter((actor) => !codeOf(coordinate(order, { action: 'issue', said: {} }, asks(actor))))
      .map((a) => a.name);

  test('only the street’s own leader issues', () => {
    expect(byWhom(drafted())).toEqual(['head of street-a']);
  });

  test('G2 the power goes with a role at a level: a county gives it to its communities', () => {
    const powers = [...defaultPowers, { ...defaultPowers[0]!, level: 'community', roles: ['unit_leader'] } as const];
    const said = draftOf({ street: 'community-a1', units: [{ code: 'water', task: 'pump' }] });
    const committee = head('community-a1');
    expect(draftCoordination(said, names, asks(committee))).toMatchObject({ code: 'no-power' });
    const { order } = yes(draftCoordination(said, names, asks(committee, { powers })));
    expect(yes(coordinate(order, { action: 'issue', said: {} }, asks(committee, { powers }))).order.state).toBe(
      'issued',
    );
    const only = powers.map((row) => ({ ...row, units: ['community-a2'] }));
    expect(draftCoordination(said, names, asks(committee, { powers: only }))).toMatchObject({ code: 'no-power' });
  });

  test('X29 a grid worker’s one tap drafts an emergency at the street of the area, which alone issues it', () => {
    const said = { ...draftOf({ workOrders: [], units: [] }), demand: 'a wall is leaning' };
    const { order, facts } = yes(oneTapCall(said, names, asks(gridWorker)));
    expect([order.kind, order.state, order.draftedBy.actor.name, facts[0]?.type]).toEqual([
      'emergency',
      'draft',
      'grid worker',
      'coordination_draft',
    ]);
    expect(codeOf(oneTapCall(said, names, asks(farGridWorker)))).toBe('not-yours');
    expect(codeOf(coordinate(order, { action: 'issue', said: {} }, asks(gridWorker)))).toBe('not-yours');
    expect(codeOf(coordinate(order, { action: 'issue', said: {} }, asks(street)))).toBe('units-missing');
    const named = acted(order, { action: 'amend', said: { units: [{ code: 'power', task: 'cut the line' }] } });
    const out = acted(named, { action: 'issue', said: {} });
    expect(due(out)).toEqual(['power 2026-03-02T09:30']);
  });
});

describe('the clocks of a call', () => {
  test.each([
    ['resident_request', ['water 2026-03-05T18:00', 'enforcement-a 2026-03-05T18:00']],
    ['emergency', ['water 2026-03-02T09:30', 'enforcement-a 2026-03-02T09:30']],
  ] as const)('G10 %s gives each unit its own time to report in', (kind, expected) => {
    expect(due(issued({ kind }))).toEqual(expected);
  });

  test('N32 a unit the street does not command answers within four working hours, one it commands has no such date', () => {
    const order = issued();
    const dates = order.units.map((call) => {
      const clock = answerOf(order, call, city);
      return [call.unit, clock && iso(clock.dueAt).slice(0, 16)];
    });
    expect(dates).toEqual([
      ['water', '2026-03-02T14:00'],
      ['enforcement-a', null],
    ]);
  });

  test('G10 reporting in is stamped per unit and stops its clock alone', () => {
    const order = unitThen(
      issued(),
      'water',
      { action: 'report-in', said: {} },
      asks(clerk('water'), { now: at('2026-03-06 09:00') }),
    );
    expect(order.units.map((u) => [u.unit, u.state, u.inTime])).toEqual([
      ['water', 'reported_in', false],
      ['enforcement-a', 'called', null],
    ]);
    expect(order.clocks.map((c) => `${c.unit} ${c.kind} ${c.state}`)).toEqual([
      'water report_in stopped',
      'water answer_call stopped',
      'enforcement-a report_in running',
    ]);
  });

  test('L21 silence past the limit supervises the unit and tells the district, once', () => {
    const order = issued();
    const setting = asks(theSystem, { now: at('2026-03-05 18:00') });
    const seq = order.clocks[0]?.seq ?? 0;
    expect(climbCall(order, seq, defaultLadder, asks(theSystem))).toBeNull();
    const climbed = climbCall(order, seq, defaultLadder, setting);
    expect(climbed?.intents).toEqual([
      { do: 'warn', unit: 'water' },
      {
        do: 'supervise',
        unit: 'water',
        by: 'street-a',
        grade: 'daily',
        workOrderIds: ['w1', 'w2'],
        about: 'coordination',
      },
      { do: 'tell', unit: 'district', role: null },
    ]);
    expect(climbed?.order.units.map((u) => u.silent)).toEqual([true, false]);
    expect(climbed?.facts.map((f) => f.type)).toEqual(['rung_fired', 'rung_fired', 'call_silent']);
    expect(climbed && climbCall(climbed.order, seq, defaultLadder, setting)).toBeNull();
    const came = unitThen(order, 'water', { action: 'report-in', said: {} }, asks(clerk('water')));
    expect(climbCall(came, seq, defaultLadder, setting)).toBeNull();
  });
});

describe('N33 joint enforcement', () => {
  const units = ['water', 'enforcement-a', 'power'].map((code) => ({ code, task: 'come' }));
  const joint = (more: object) =>
    drafted({ kind: 'joint_enforcement', matter: 'hawkers', workOrders: [], units, ...more });
  const issue = (order: CoordinationOrder) => coordinate(order, { action: 'issue', said: {} }, asks(street));

  test('takes lead, quorum and power item from its matter, and a bureau may come as its stationed team', () => {
    const order = yes(issue(joint({}))).order;
    expect([order.lead, order.quorum, order.powerItem]).toEqual(['enforcement', 3, 'power list, line 7']);
    expect(due(order)).toEqual(['water', 'enforcement-a', 'power'].map((unit) => `${unit} 2026-03-03T09:00`));
  });

  test('is not issued without its matter, a required unit, or enough of them', () => {
    expect(issue(joint({ matter: null }))).toMatchObject({ code: 'matter-missing' });
    expect(codeOf(draftCoordination(draftOf({ kind: 'joint_enforcement', matter: 'moon' }), names, asks(street)))).toBe(
      'matter-unknown',
    );
    expect(issue(joint({ units: units.slice(0, 1) }))).toMatchObject({
      code: 'required-units-missing',
      details: { missing: ['enforcement'] },
    });
    expect(issue(joint({ units: units.slice(0, 2) }))).toMatchObject({
      code: 'quorum-missing',
      details: { quorum: 3, called: 2 },
    });
  });

  test('counts who came', () => {
    let order = yes(issue(joint({}))).order;
    for (const unit of ['water', 'power'])
      order = unitThen(order, unit, { action: 'report-in', said: {} }, asks(clerk(unit)));
    expect(attendance(order)).toEqual({ called: 3, present: 2, quorum: 3, met: false });
    order = unitThen(order, 'enforcement-a', { action: 'report-in', said: {} }, asks(clerk('enforcement-a')));
    expect(attendance(order).met).toBe(true);
  });
});

describe('how it ends', () => {
  const release = (order: CoordinationOrder, unit: string) =>
    unitThen(order, unit, { action: 'release', said: { reason: 'enough' } }, asks(street));

  test('L21 not while a unit is held, and never without an outcome', () => {
    const said = { outcome: 'dry again' };
    const close = (order: CoordinationOrder, outcome = said) =>
      coordinate(order, { action: 'close', said: outcome }, asks(street));
    expect(close(issued())).toMatchObject({
      code: 'units-not-released',
      details: { units: ['water', 'enforcement-a'] },
    });
    const half = release(callIn('accepted'), 'enforcement-a');
    expect(close(half, { outcome: ' ' })).toMatchObject({ code: 'outcome-missing' });
    const { order } = yes(close(half));
    expect(order.units.map((u) => [u.state, u.releaseReason])).toEqual([
      ['released', 'closed'],
      ['released', 'enough'],
    ]);
    expect(allowedOnCoordination(order, asks(street))).toEqual([]);
  });

  test('the street lets a unit go at any time with a reason; an accepted one without', () => {
    const go = (order: CoordinationOrder, reason?: string) =>
      coordinateUnit(order, 'water', { action: 'release', said: { reason } }, asks(street));
    expect(codeOf(go(issued()))).toBe('reason-missing');
    expect(codeOf(go(issued(), 'not needed'))).toBeNull();
    expect(codeOf(go(callIn('accepted')))).toBeNull();
    expect(
      coordinateUnit(callIn('accepted'), 'water', { action: 'release', said: { reason: 'bye' } }, asks(clerk('water'))),
    ).toMatchObject({
      code: 'not-yours',
    });
  });

  test('a refused result keeps the unit there', () => {
    const refused = unitThen(callIn('result'), 'water', { action: 'refuse', said: { reason: 'wet' } }, asks(street));
    expect(callOf(refused, 'water')).toMatchObject({ state: 'reported_in', refusals: [{ reason: 'wet' }] });
    expect(allowedOnCall(refused, 'water', asks(clerk('water')))).toEqual(['result']);
  });

  test('when all are released, or the last work order ends, the street is asked once what came of it', () => {
    const asked = (facts: readonly { type: string }[]) => facts.filter((f) => f.type === 'outcome_asked').length;
    const leave = (order: CoordinationOrder, workOrderId: string) =>
      yes(coordinate(order, { action: 'leave', said: { workOrderId, state: 'closed' } }, asks(theSystem)));
    const first = leave(issued(), 'w1');
    const second = leave(first.order, 'w2');
    expect([first, second].map(({ order, facts }) => [order.workOrderIds, asked(facts)])).toEqual([
      [['w2'], 0],
      [[], 1],
    ]);
    expect(second.order.state).toBe('issued');
    const free = release(release(second.order, 'water'), 'enforcement-a');
    expect(free.outcomeAskedAt).toBe(monday);
    const last = coordinateUnit(
      release(issued(), 'water'),
      'enforcement-a',
      { action: 'release', said: { reason: 'x' } },
      asks(street),
    );
    expect(asked(yes(last).facts)).toBe(1);
  });

  test('a cancelled order lets everybody go and stops every clock', () => {
    const order = acted(issued(), { action: 'cancel', said: { reason: 'the rain stopped' } });
    expect(order.units.every((u) => u.state === 'released')).toBe(true);
    expect(order.clocks.every((c) => c.state === 'stopped')).toBe(true);
  });

  test('a released unit can be called again, and nobody twice at once', () => {
    const again = { action: 'call', said: { units: [{ code: 'water', task: 'again' }] } } as const;
    expect(codeOf(coordinate(issued(), again, asks(street)))).toBe('called-already');
    const order = acted(release(issued(), 'water'), again);
    expect(order.units.map((u) => `${u.unit} ${u.state}`)).toEqual([
      'water released',
      'enforcement-a called',
      'water called',
    ]);
  });

  test('work orders that have ended are not put on a list', () => {
    const workOrders = [{ id: 'w3', open: false }];
    expect(codeOf(coordinate(issued(), { action: 'attach', said: { workOrders } }, asks(street)))).toBe(
      'work-order-ended',
    );
    expect(codeOf(coordinate(drafted({ workOrders: [] }), { action: 'issue', said: {} }, asks(street)))).toBe(
      'work-orders-missing',
    );
  });
});

test('G8 a unit called by several streets sees its calls in turn, with their slots and what clashes', () => {
  const slot = (from: string, to: string) => ({ from: at(`2026-03-03 ${from}`), to: at(`2026-03-03 ${to}`) });
  const other = asks(head('street-b'));
  const calls = [
    issued({ slot: slot('10:00', '12:00') }),
    {
      ...issued({ street: 'street-b', units: [{ code: 'water', task: 'x' }], slot: slot('11:00', '13:00') }, other),
      id: 'b',
    },
    { ...issued({ kind: 'emergency', slot: null }), id: 'c' },
    { ...callIn('released'), id: 'd' },
  ].flatMap(openCalls);
  const load = loadOf('water', calls);
  expect(load).toMatchObject({ held: 3, waiting: 3, streets: 2, atOnce: 2 });
  expect(load.queue.map((call) => call.order.slice(-1))).toEqual(['c', '1', 'b']);
  expect(load.clashes).toHaveLength(1);
});

/** One thing somebody tries with an order, or with the call of a unit. */
const tries = fc.array(
  fc.record({
    what: fc.nat(999),
    who: fc.nat(999),
    unit: fc.constantFrom('water', 'water', 'enforcement-a'),
    wait: fc.nat(3000),
    words: fc.nat(4).map((n) => n > 0),
    mine: fc.nat(9).map((n) => n > 0),
    rare: fc.nat(7).map((n) => n === 0),
  }),
  { minLength: 1, maxLength: 40 },
);

/** An order with one unit gone and the other accepted. */
const almost = unitThen(
  callIn('accepted'),
  'enforcement-a',
  { action: 'release', said: { reason: 'enough' } },
  asks(street),
);

test('L21 on every walk a unit leaves only by being released, and an order closes only with an outcome', () => {
  const visited = new Set<string>();
  fc.assert(
    fc.property(
      tries,
      fc.constantFrom(drafted(), issued({ kind: 'emergency' }), callIn('result'), almost),
      (walk, start) => {
        let order: CoordinationOrder = start;
        let now = monday;
        for (const { what, who, unit, wait, words, mine, rare } of walk) {
          now = after(now, minutes(wait));
          const actor: Actor = mine ? [street, clerk(unit), theSystem][who % 3]! : everybody[who % everybody.length]!;
          const setting: PowerSetting = asks(actor, { now });
          const reason = words ? 'because' : undefined;
          const said = {
            reason,
            outcome: reason,
            text: reason,
            units: [{ code: unit, task: 'x' }],
            workOrders: [{ id: `w${who % 4}`, open: words }],
            workOrderId: `w${who % 4}`,
            state: 'closed',
          };
          const onOrder = allowedOnCoordination(order, setting);
          const onCall = allowedOnCall(order, unit, setting);
          const calm = onOrder.filter((action) => rare || (action !== 'cancel' && action !== 'call'));
          const choices = [...calm, ...onCall];
          const pick = choices[what % Math.max(1, choices.length)];
          if (pick === undefined) continue;
          const isCall = (onCall as readonly string[]).includes(pick);
          const outcome = isCall
            ? coordinateUnit(order, unit, { action: pick, said } as unknown as CallCommand, setting)
            : coordinate(order, { action: pick, said } as unknown as CoordinationCommand, setting);
          if (isRefusal(outcome)) continue;
          const before = order;
          order = outcome.order;
          visited.add(pick).add(order.state);
          expect(order.version).toBe(before.version + 1);
          for (const call of before.units.filter((c) => c.state !== 'named')) {
            const next = order.units.find((c) => c.id === call.id);
            expect(next?.calledAt).toBe(call.calledAt);
            if (next?.state === 'released' && call.state !== 'released') {
              expect(actor.unit).toBe('street-a');
              expect(next.releaseReason).toBeTruthy();
            }
            if (call.state === 'released') expect(next).toEqual(call);
          }
          if (order.state === 'closed') {
            expect(order.outcome).toBeTruthy();
            expect(order.units.every((c) => c.state === 'released')).toBe(true);
          }
          const runningOf = (kind: string) =>
            order.clocks.filter((c) => c.kind === kind && c.state === 'running').map((c) => c.about);
          const waiting = order.units
            .filter((c) => c.state === 'called' || c.state === 'acknowledged')
            .map((c) => c.id);
          expect(runningOf('report_in')).toEqual(order.state === 'draft' ? [] : waiting);
          const unanswered = order.units.filter((c) => c.state === 'called' && !isUnder(city, c.unit, 'street-a'));
          // Where reporting in is due first, it is the answer.
          for (const about of runningOf('answer_call')) expect(unanswered.map((c) => c.id)).toContain(about);
          if (order.kind === 'resident_request') expect(runningOf('answer_call')).toHaveLength(unanswered.length);
        }
      },
    ),
    { numRuns: 800 },
  );
  expect([...visited].toSorted()).toEqual(
    expect.arrayContaining(['accept', 'call', 'cancelled', 'closed', 'leave', 'refuse', 'silent']),
  );
});
