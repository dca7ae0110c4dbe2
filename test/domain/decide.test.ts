import { describe, expect, test } from 'vitest';
import type { Said } from '../../src/domain/commands.ts';
import type { Action } from '../../src/domain/lifecycle.ts';
import { clockOf } from '../../src/domain/order-clocks.ts';
import { iso } from '../../src/domain/time.ts';
import { canSee, canSeeContact } from '../../src/domain/visibility.ts';
import { theSystem, type WorkOrder } from '../../src/domain/work-order.ts';
import {
  after,
  anOrder,
  asked,
  at,
  attempt,
  centreLeader,
  city,
  clerk,
  dispatcher,
  farGridWorker,
  granted,
  gridWorker,
  head,
  inside,
  inspector,
  monday,
  neighbour,
  nowhere,
  operator,
  refusalOf,
  registered,
  resident,
  type Spoken,
  shiftLeader,
  verifierOf,
} from '../support/orders.ts';

const due = (order: WorkOrder, kind: Parameters<typeof clockOf>[1]): string | null => {
  const clock = clockOf(order, kind);
  return clock === undefined ? null : iso(clock.dueAt).slice(0, 16).replace('T', ' ');
};
const running = (order: WorkOrder) => order.clocks.filter((c) => c.state !== 'stopped').map((c) => c.kind);
const owner = (order: WorkOrder): Spoken => ({ as: clerk(order.owner) });
const bySystem: Spoken = { as: theSystem };
const lead = { unit: 'water', basis: 'by agreement' };
const done = { result: 'solved', text: 'mended', evidence: [{ text: 'photo' }], requesterTold: true } as const;
const photos = ['before', 'after'].map((stage) => ({ attachmentId: 'p', stage: stage as 'before' | 'after' }));
const answered = (order: WorkOrder, solved: 'yes' | 'no'): WorkOrder => ({
  ...order,
  followUps: order.followUps.map((f) =>
    f.state === 'open'
      ? {
          ...f,
          state: 'answered',
          answer: {
            contacted: true,
            solved,
            satisfaction: 'basically',
            reason: null,
            askedToChange: false,
            comment: 'as I said',
          },
        }
      : f,
  ),
});

type Case = readonly [code: string, what: string, order: () => WorkOrder, action: Action, said: object, by: Spoken];
const system = (to: string): Spoken => ({ as: theSystem, now: at(to) });

describe('what stands in the way', () => {
  const cases: readonly Case[] = [
    [
      'category-unknown',
      'a category nobody knows',
      () => anOrder('registered'),
      'correct',
      { category: 'moon' },
      { as: operator },
    ],
    [
      'category-not-leaf',
      'a branch instead of a leaf',
      () => anOrder('registered'),
      'correct',
      { category: 'city' },
      { as: operator },
    ],
    [
      'already-placed',
      'a second place',
      () => anOrder('registered'),
      'place',
      { placement: inside(), reason: 'x' },
      { as: operator },
    ],
    [
      'reason-missing',
      'placing without a word',
      () => anOrder('registered', { placement: nowhere }),
      'place',
      { placement: inside(), reason: ' ' },
      { as: operator },
    ],
    [
      'category-missing',
      'accepting what has no category',
      () => anOrder('registered', { category: null }),
      'accept',
      {},
      { as: operator },
    ],
    [
      'answer-missing',
      'an answer without words',
      () => anOrder('registered'),
      'answer',
      { text: ' ' },
      { as: operator },
    ],
    [
      'photos-missing',
      'handling on the spot without a photo after',
      () => anOrder('registered', { category: 'city/litter' }),
      'self-handle',
      { text: '', result: 'solved', evidence: photos.slice(0, 1) },
      { as: gridWorker },
    ],
    [
      'off-duty-list',
      'handling on the spot what is not the community’s',
      () => anOrder('registered', { category: 'city/hawkers' }),
      'self-handle',
      { text: '', result: 'solved', evidence: photos },
      { as: gridWorker },
    ],
    [
      'administrative-act',
      'a community with a public power',
      () => anOrder('accepted', { category: 'city/building' }),
      'dispatch',
      { unit: 'community-a1', basis: 'x' },
      { as: dispatcher },
    ],
    [
      'directory-undecided',
      'a dispatch the directory does not know',
      () => anOrder('accepted', { category: 'city/lost' }),
      'dispatch',
      {},
      { as: dispatcher },
    ],
    [
      'unit-unknown',
      'a unit nobody knows',
      () => anOrder('accepted'),
      'dispatch',
      { unit: 'moon', basis: 'x' },
      { as: dispatcher },
    ],
    [
      'basis-missing',
      'another unit than the directory’s without a basis',
      () => anOrder('accepted'),
      'dispatch',
      { unit: 'water' },
      { as: dispatcher },
    ],
    [
      'same-unit',
      'a redispatch to whom it is with',
      () => anOrder('dispatched'),
      'redispatch',
      { reason: 'a slip' },
      { as: dispatcher },
    ],
    [
      'reason-missing',
      'a redispatch without a reason',
      () => anOrder('dispatched'),
      'redispatch',
      { ...lead, reason: '' },
      { as: dispatcher },
    ],
    [
      'not-subordinate',
      'passing down to another level’s unit',
      () => anOrder('dispatched', { category: 'city/flood' }),
      'pass-down',
      { unit: 'community-a1' },
      { as: clerk('district') },
    ],
    [
      'not-subordinate',
      'passing down to a unit of the city',
      () => anOrder('dispatched', { category: 'city/flood' }),
      'pass-down',
      { unit: 'power' },
      { as: clerk('district') },
    ],
    [
      'not-subordinate',
      'a street passing down to its community',
      () => anOrder('dispatched', { category: 'city/hawkers' }),
      'pass-down',
      { unit: 'community-a1' },
      { as: head('street-a') },
    ],
    [
      'pass-down-late',
      'passing down after four working hours',
      () => anOrder('dispatched', { category: 'city/flood' }),
      'pass-down',
      { unit: 'street-a' },
      { as: clerk('district'), now: at('2026-03-02 14:01') },
    ],
    [
      'signed-by-a-clerk',
      'signing what a clerk has signed',
      () => anOrder('signed'),
      'sign',
      {},
      { as: head('lights') },
    ],
    [
      'urgent-never',
      'an urgent order signed by timeout',
      () => anOrder('dispatched', { urgency: 'urgent' }),
      'sign_by_timeout',
      {},
      system('2026-03-02 15:00'),
    ],
    [
      'in-the-future',
      'a contact still to come',
      () => anOrder('signed'),
      'contact',
      { at: at('2026-03-02 09:01'), how: 'phone', whom: 'x', outcome: 'reached' },
      { as: clerk('lights') },
    ],
    [
      'contact-not-applicable',
      'not calling whom one could',
      () => anOrder('signed'),
      'contact',
      { how: 'none', whom: 'x', outcome: 'not_applicable' },
      { as: clerk('lights') },
    ],
    [
      'later-than-the-limit',
      'an inner limit after the order’s own',
      () => anOrder('signed'),
      'assign',
      { to: 'office', task: 'x', dueAt: at('2026-03-10 09:00') },
      { as: clerk('lights') },
    ],
    [
      'not-earlier',
      'a promise after the limit',
      () => anOrder('signed'),
      'promise',
      { dueAt: at('2026-03-10 09:00') },
      { as: clerk('lights') },
    ],
    [
      'in-the-past',
      'a promise for yesterday',
      () => anOrder('signed'),
      'promise',
      { dueAt: at('2026-03-01 09:00') },
      { as: clerk('lights') },
    ],
    [
      'evidence-missing',
      'a solution without evidence',
      () => anOrder('handling'),
      'submit',
      { ...done, evidence: [{ text: ' ' }] },
      { as: clerk('lights') },
    ],
    [
      'requester-not-told',
      'a result the resident has not heard',
      () => anOrder('handling'),
      'submit',
      { ...done, requesterTold: false },
      { as: clerk('lights') },
    ],
    [
      'reason-missing',
      'a failed review without a reason',
      () => anOrder('submitted'),
      'review',
      { passed: false },
      { as: operator },
    ],
    [
      'reason-missing',
      'a failed look without a reason',
      () => anOrder('verifying'),
      'verify',
      { passed: false },
      { as: gridWorker },
    ],
    [
      'requester-window',
      'reopening on the sixteenth day',
      () => anOrder('closed'),
      'reopen',
      {},
      { as: resident, now: at('2026-03-18 00:00') },
    ],
    [
      'request-unknown',
      'withdrawing what was never asked here',
      () => anOrder('handling'),
      'withdraw',
      { requestId: 'r9' },
      { as: operator },
    ],
    ['too-early', 'archiving within 30 days', () => anOrder('answered'), 'archive', {}, system('2026-04-01 23:59')],
    [
      'same-unit',
      'the owner as its own assist',
      () => anOrder('handling'),
      'assist',
      { unit: 'lights', task: 'x' },
      { as: dispatcher },
    ],
    [
      'unit-unknown',
      'an assist nobody knows',
      () => anOrder('handling'),
      'assist',
      { unit: 'moon', task: 'x' },
      { as: dispatcher },
    ],
    [
      'off-duty-list',
      'designating a street for what is not on its list',
      () => ({ ...anOrder('dispatched', { category: 'people/pension', placement: inside() }), problem: true }),
      'designate',
      { unit: 'street-a', basis: 'x' },
      { as: head('district') },
    ],
  ];
  test.each(cases)('%s: %s', (code, _what, order, action, said, by) => {
    expect(refusalOf(order(), action, said as Said[Action], by)).toBe(code);
  });

  test('G15 an off-list push to a street or community is refused with the line of the list', () => {
    const said = { unit: 'street-a', basis: 'the bureau asks' };
    expect(attempt(anOrder('accepted', { category: 'city/building' }), 'dispatch', said, { as: dispatcher })).toEqual({
      kind: 'refused',
      code: 'off-duty-list',
      details: { unit: 'street-a', line: 'street 9', text: 'street negative city/building', category: 'city/building' },
    });
  });

  describe('X6 help among neighbours passes the admission guard, a push in its guise does not', () => {
    const pension = { category: 'people/pension' };
    const street = { unit: 'street-a', task: 'fill in the forms' };
    const community = { unit: 'community-a1', task: 'hold the ladder' };
    const streets = anOrder('handling', { category: 'city/hawkers' });
    const nobody = { ...dispatcher, unit: null };
    type Help = readonly [what: string, order: WorkOrder, said: Said['assist'], as: Spoken['as'], code: string | null];
    test.each<Help>([
      ['a bureau asks a street off its list', anOrder('handling', pension), street, clerk('water'), 'off-duty-list'],
      ['the dispatcher does for it', anOrder('handling', pension), street, dispatcher, 'off-duty-list'],
      ['a dispatcher of no unit does', anOrder('handling', pension), street, nobody, 'off-duty-list'],
      ['a bureau asks for what is on the list', anOrder('handling'), community, clerk('lights'), null],
      [
        'the shift leader asks against the negative list',
        anOrder('accepted', { category: 'city/building' }),
        street,
        shiftLeader,
        'off-duty-list',
      ],
      ['its district asks', anOrder('handling', pension), street, head('district'), null],
      [
        'the street of the place asks its community',
        anOrder('handling', { category: 'city/tree' }),
        community,
        head('street-a'),
        null,
      ],
      ['a street asks another', streets, { unit: 'community-b1', task: 'x' }, head('street-a'), null],
      ['the dispatcher sends a street help', streets, { unit: 'community-b1', task: 'x' }, dispatcher, null],
      ['what is urgent', anOrder('handling', { ...pension, urgency: 'urgent' }), street, dispatcher, null],
      ['lives at stake', anOrder('handling', { category: 'city/wires' }), community, clerk('power'), null],
      ['nobody is kept from a bureau', anOrder('handling', pension), { unit: 'lights', task: 'x' }, dispatcher, null],
    ])('%s', (_what, order, said, as, code) => {
      expect(refusalOf(order, 'assist', said, { as })).toBe(code);
    });
  });

  test('what the directory itself may not push stays accepted, with the reason and a candidate', () => {
    const order = anOrder('registered', { category: 'people/pension', placement: inside() });
    const routing = { ...order.routing, unit: 'street-a' };
    const outcome = granted(attempt({ ...order, disposition: 'auto', routing }, 'accept', {}, { as: operator }));
    expect(outcome.order).toMatchObject({
      state: 'accepted',
      owner: 'hotline',
      routing: { status: 'undecided', reason: 'off-duty-list', candidates: [{ unit: 'street-a' }] },
    });
  });

  test('only the unit’s leader hands in where the unit wants it signed', () => {
    const given = after(
      anOrder('dispatched'),
      'redispatch',
      { unit: 'enforcement', basis: 'x', reason: 'y' },
      { as: dispatcher },
    );
    const signed = after(given, 'sign', {}, { as: clerk('enforcement') });
    expect(refusalOf(signed, 'submit', done, { as: clerk('enforcement') })).toBe('leader-signature-missing');
    expect(after(signed, 'submit', done, { as: head('enforcement') }).state).toBe('submitted');
  });

  test('"not fixed" alone reopens once; after that it needs a reason', () => {
    const reopened = after(anOrder('closed'), 'reopen', {}, { as: resident });
    const again: WorkOrder = { ...anOrder('closed'), reopened: reopened.reopened };
    expect(refusalOf(again, 'reopen', {}, { as: resident })).toBe('reopened-before');
    expect(after(again, 'reopen', { reason: 'dark again' }, { as: resident }).state).toBe('rework');
    expect(after(again, 'reopen', { reason: 'found dark' }, { as: inspector, now: at('2026-06-01 09:00') }).state).toBe(
      'rework',
    );
  });

  test('a requester withdraws their own request, never a neighbour’s on the same order', () => {
    const order = anOrder('handling');
    const shared = {
      ...order,
      requests: [...order.requests, { ...order.requests[0], id: 'r2' } as (typeof order.requests)[number]],
    };
    expect(refusalOf(shared, 'withdraw', { requestId: 'r1' }, { as: neighbour })).toBe('request-unknown');
    expect(after(shared, 'withdraw', { requestId: 'r2' }, { as: neighbour }).state).toBe('handling');
    expect(
      refusalOf(
        after(shared, 'withdraw', { requestId: 'r2' }, { as: neighbour }),
        'withdraw',
        { requestId: 'r2' },
        { as: operator },
      ),
    ).toBe('withdrawn-already');
  });

  test('only the superior of a problem order designates', () => {
    const order = anOrder('handling');
    expect(refusalOf(order, 'designate', lead, { as: head('district') })).toBe('not-superior');
    const designated = after({ ...order, problem: true }, 'designate', lead, { as: head('district') });
    expect(designated).toMatchObject({ state: 'dispatched', owner: 'water', designated: true });
    expect(refusalOf({ ...order, problem: true }, 'designate', lead, { as: head('street-a') })).toBe('not-superior');
  });
});

describe('one unit is responsible', () => {
  test('N9 the hotline leads until the first dispatch; the ledger keeps who led when and why', () => {
    const order = after(anOrder('dispatched'), 'redispatch', { ...lead, reason: 'a slip' }, { as: dispatcher });
    expect(order.assignments.map(({ unit, cause, to }) => [unit, cause, to === null])).toEqual([
      ['hotline', 'registered', false],
      ['lights', 'dispatched', false],
      ['water', 'redispatched', true],
    ]);
  });

  test('the third distinct lead makes a problem order, told one level up; passing down is not counted', () => {
    const first = after(
      anOrder('dispatched', { category: 'city/flood' }),
      'pass-down',
      { unit: 'street-a' },
      { as: clerk('district') },
    );
    expect(first.leads).toEqual(['district']);
    const second = after(first, 'redispatch', { ...lead, reason: 'x' }, { as: dispatcher });
    expect(second.problem).toBe(false);
    const third = granted(
      attempt(second, 'redispatch', { unit: 'power', basis: 'x', reason: 'x' }, { as: dispatcher }),
    );
    expect(third.order.problem).toBe(true);
    expect(third.facts).toContainEqual(expect.objectContaining({ type: 'problem_order', unit: 'hotline' }));
    const back = after(second, 'redispatch', { unit: 'district', basis: 'x', reason: 'x' }, { as: dispatcher });
    expect(back).toMatchObject({ leads: ['district', 'water'], problem: false });
  });

  test('G7 a street gives an order straight to its stationed unit, and the line bureau gets a copy', () => {
    const order = anOrder('dispatched', { category: 'city/hawkers' });
    const given = after(order, 'pass-down', { unit: 'enforcement-a' }, { as: head('street-a') });
    expect(given).toMatchObject({ state: 'dispatched', owner: 'enforcement-a' });
    expect(given.watchers).toMatchObject([{ unit: 'enforcement', why: 'line_bureau' }]);
    expect(canSee(clerk('enforcement'), given, city)).toBe(true);
  });

  test('L9 the supervising unit of a property company gets a copy of its orders, and may urge', () => {
    const order = anOrder('dispatched', { category: 'city/stairs' });
    expect(order.watchers).toMatchObject([{ unit: 'street-a', why: 'supervising_unit' }]);
    expect(after(order, 'urge', { text: 'hurry' }, { as: head('street-a') }).reminders).toBe(1);
    expect(refusalOf(order, 'urge', {}, { as: head('street-b') })).toBe('not-yours');
  });

  test('L20 a hand-over goes to the body with the power, and who found it stays a watcher', () => {
    const handling = anOrder('handling', { category: 'city/litter' });
    const given = asked(
      handling,
      { kind: 'hand_over', terms: { unit: 'enforcement', power: 'the law on refuse' } },
      owner(handling),
      { as: deciderOf(handling) },
    );
    expect(given).toMatchObject({ state: 'dispatched', owner: 'enforcement' });
    expect(given.watchers).toContainEqual(expect.objectContaining({ unit: 'community-a1', why: 'finder' }));
    expect(canSee(clerk('community-a1'), given, city)).toBe(true);
  });

  test('L26 the other units of a known matter assist from its dispatch, each with its own limit', () => {
    const flood = granted(registered({ category: 'city/flood' }));
    expect(flood.order.assists.map(({ unit, completedAt }) => [unit, completedAt])).toEqual([
      ['water', null],
      ['enforcement', null],
    ]);
    expect(flood.facts.filter(({ type }) => type === 'assist_given').map(({ unit }) => unit)).toEqual([
      'water',
      'enforcement',
    ]);
    expect(running(flood.order).filter((kind) => kind === 'assist')).toHaveLength(2);
    const again = after(flood.order, 'redispatch', { unit: 'power', basis: 'x', reason: 'x' }, { as: dispatcher });
    expect(again.assists).toHaveLength(2);
  });

  test('an assist is due at 70 % of what the lead has left', () => {
    const order = after(
      anOrder('handling', { urgency: 'emergency' }),
      'assist',
      { unit: 'water', task: 'pump' },
      { as: dispatcher },
    );
    expect(due(order, 'resolve')).toBe('2026-03-02 11:00');
    expect(due(order, 'assist')).toBe('2026-03-02 10:24');
  });

  test('the shift leader sends an assist to make safe what nobody has signed', () => {
    const order = anOrder('dispatched', { urgency: 'urgent' });
    expect(after(order, 'assist', { unit: 'power', task: 'make safe' }, { as: shiftLeader }).assists).toHaveLength(1);
  });

  test('N41 what a grid worker handles on the spot is the community’s, in time at once', () => {
    const order = anOrder('registered', { category: 'city/litter', by: gridWorker, channel: 'grid_worker' });
    const handled = after(
      order,
      'self-handle',
      { text: 'swept', result: 'solved', evidence: photos },
      { as: gridWorker },
    );
    expect(handled).toMatchObject({ state: 'submitted', owner: 'community-a1', leads: [] });
    expect(handled.clocks.find((c) => c.kind === 'resolve')).toMatchObject({
      state: 'stopped',
      stoppedAt: handled.registeredAt,
    });
    expect(running(handled)).toEqual(['resident', 'review']);
  });

  test('an un-merged order is the hotline’s again, its resident clock never having stopped', () => {
    const before = anOrder('handling');
    const merged = anOrder('merged');
    expect(merged).toMatchObject({ requests: [], mergedInto: 'another' });
    const { requests } = before;
    const revived = after(
      { ...merged, requests },
      'unmerge',
      { disposition: 'hold' },
      { as: dispatcher, now: at('2026-03-04 09:00') },
    );
    expect(revived).toMatchObject({ state: 'accepted', owner: 'hotline', endedAt: null, mergedInto: null });
    expect(running(revived)).toEqual(['resident', 'dispatching']);
    expect(due(revived, 'resident')).toBe(due(before, 'resident'));
    expect(due(revived, 'dispatching')).toBe('2026-03-04 14:00');
  });
});

/** Who decides what is asked of this order first: the street of the place where the city knows it by its area. */
function deciderOf(order: WorkOrder) {
  const waiting = asked(order, { kind: 'hand_over', terms: { unit: 'enforcement', power: 'x' } }, owner(order));
  const decider = waiting.approvals.at(-1)?.decider;
  return decider?.unit == null ? dispatcher : head(decider.unit);
}

describe('limits', () => {
  test.each([
    [
      {},
      {
        sign: '2026-03-02 14:00',
        contact: '2026-03-03 09:00',
        resolve: '2026-03-09 23:59',
        resident: '2026-03-09 23:59',
      },
    ],
    [{ urgency: 'urgent' }, { sign: '2026-03-02 09:30', contact: '2026-03-02 09:30', resolve: '2026-03-09 23:59' }],
    [
      { urgency: 'emergency' },
      {
        sign: '2026-03-02 09:30',
        contact: '2026-03-02 09:30',
        resolve: '2026-03-02 11:00',
        resident: '2026-03-02 11:00',
      },
    ],
    [
      { kind: 'consult', disposition: 'auto' },
      { resolve: '2026-03-04 18:00', resident: '2026-03-04 18:00' },
    ],
    [{ category: 'city/wires' }, { sign: '2026-03-02 13:00', resolve: '2026-03-03 09:00' }],
    [{ category: 'city/tree' }, { resolve: '2026-03-17 23:59' }],
    [{ reachable: false }, { contact: null, resident: '2026-03-09 23:59' }],
    [{ externalDueAt: at('2026-03-05 12:00') }, { resolve: '2026-03-05 12:00', resident: '2026-03-05 12:00' }],
    [{ externalDueAt: at('2026-03-25 12:00') }, { resolve: '2026-03-09 23:59', resident: '2026-03-09 23:59' }],
    [{ category: 'city/flood' }, { pass_down: '2026-03-02 14:00' }],
    [{ category: 'city/lost' }, { dispatching: '2026-03-02 14:00', sign: null }],
    [{ category: 'city/lost', urgency: 'urgent' }, { dispatching: '2026-03-02 09:15' }],
  ] as const)('of %j are %j', (report, limits) => {
    const { order } = registered(report);
    expect(Object.fromEntries(Object.keys(limits).map((kind) => [kind, due(order, kind as never)]))).toEqual(limits);
  });

  describe('by law', () => {
    const wages = { category: 'people/wages', placement: nowhere } as const;
    const law = { kind: 'working_day', amount: 60, version: 'labour law' };
    const statutory = (order: WorkOrder) => order.clocks.filter((c) => c.kind === 'statutory');

    test('run from registration beside the service limits, whoever leads, and end with the answer', () => {
      const order = registered(wages).order;
      expect(statutory(order)).toMatchObject([{ unit: null, rule: law, startedAt: monday, state: 'running' }]);
      expect(due(order, 'statutory')?.slice(0, 10)).toBe('2026-05-28');
      expect(due(order, 'resolve')).toBe('2026-03-09 23:59');
      const moved = after(order, 'redispatch', { ...lead, reason: 'not theirs' }, { as: dispatcher });
      expect(statutory(moved)).toEqual(statutory(order));
      expect(statutory(anOrder('following_up', wages))).toMatchObject([{ state: 'stopped' }]);
      expect(statutory(anOrder('answered', wages))).toMatchObject([{ state: 'stopped', stopCause: 'ended' }]);
      expect(statutory(registered().order)).toEqual([]);
    });

    test('go on when the answer was none', () => {
      const again = after(answered(anOrder('following_up', wages), 'no'), 'conclude', {}, bySystem);
      expect([again.state, statutory(again)]).toMatchObject(['rework', [{ state: 'running', startedAt: monday }]]);
      const objected = asked(anOrder('answered', wages), { kind: 'objection' }, { as: resident }, { as: centreLeader });
      expect(statutory(objected)).toMatchObject([{ state: 'running' }]);
    });

    test('follow the category: counted from registration where it turns out to be one of the law, ended where not', () => {
      const corrected = after(
        anOrder('accepted'),
        'correct',
        { category: 'people/wages' },
        { as: operator, now: at('2026-03-03 09:00') },
      );
      expect(statutory(corrected)).toMatchObject([{ startedAt: monday, state: 'running' }]);
      const back = after(corrected, 'correct', { category: 'city/light' }, { as: operator });
      expect(statutory(back)).toMatchObject([{ state: 'stopped', stopCause: 'corrected' }]);
    });
  });

  test('urgent orders run by the wall at night: the sign limit is 30 minutes', () => {
    expect(due(registered({ urgency: 'urgent', now: at('2026-03-07 23:50') }).order, 'sign')).toBe('2026-03-08 00:20');
  });

  test('what turns out to be urgent is due by the urgent limits, the contact not later than the old sign limit', () => {
    const order = after(
      anOrder('dispatched', { now: at('2026-03-06 17:00') }),
      'correct',
      { urgency: 'urgent' },
      { as: operator, now: at('2026-03-06 17:10') },
    );
    expect([due(order, 'sign'), due(order, 'contact')]).toEqual(['2026-03-06 17:30', '2026-03-06 17:30']);
    const signed = after(
      anOrder('signed', { now: at('2026-03-06 17:00') }),
      'correct',
      { urgency: 'urgent' },
      { as: operator, now: at('2026-03-06 17:10') },
    );
    expect(due(signed, 'contact')).toBe('2026-03-06 17:30');
  });

  test('a change of urgency alone does not ask the directory again', () => {
    const order = after(anOrder('accepted', { category: 'city/lost' }), 'dispatch', lead, { as: dispatcher });
    const marked = { ...order, routing: { ...order.routing, reason: 'off-duty-list' as const } };
    expect(after(marked, 'correct', { urgency: 'urgent' }, { as: operator }).routing.reason).toBe('off-duty-list');
    expect(after(marked, 'correct', { category: 'city/light' }, { as: operator }).routing.unit).toBe('lights');
  });

  test('the resident’s own limit runs on through redispatch and rework from the day of registration', () => {
    const start = anOrder('rework');
    const moved = after(
      start,
      'move-duty',
      { ...lead, reason: 'moved' },
      { as: dispatcher, now: at('2026-03-05 09:00') },
    );
    expect(moved.clocks.filter((c) => c.kind === 'resident').map((c) => [c.state, c.startedAt])).toEqual([
      ['running', start.registeredAt],
    ]);
    expect(due(moved, 'resolve')).toBe('2026-03-12 23:59');
  });

  test('the unit that an order leaves is told so, and the hotline is not', () => {
    const left = (order: WorkOrder, unit: string) =>
      granted(attempt(order, 'redispatch', { ...lead, unit, reason: 'a slip' }, { as: dispatcher })).facts.filter(
        (f) => f.type === 'left',
      );
    expect(left(anOrder('signed'), 'water')).toMatchObject([
      { unit: 'lights', body: { by: 'redispatch', toUnit: 'water' } },
    ]);
    expect(registered().facts.filter((f) => f.type === 'left')).toEqual([]);
  });

  test('what stood still for the old unit goes on when the order gets a new one', () => {
    const moved = after(
      anOrder('suspended'),
      'move-duty',
      { ...lead, reason: 'moved' },
      { as: dispatcher, now: at('2026-03-05 09:00') },
    );
    expect(moved.clocks.find((c) => c.kind === 'resident')).toMatchObject({ state: 'running' });
    expect(running(moved)).not.toContain('pause_end');
  });

  test('N37 a promise is a limit of its own, and can only be bettered', () => {
    const order = after(anOrder('handling'), 'promise', { dueAt: at('2026-03-04 12:00') }, owner(anOrder('handling')));
    expect(due(order, 'promise')).toBe('2026-03-04 12:00');
    expect(refusalOf(order, 'promise', { dueAt: at('2026-03-05 12:00') }, owner(order))).toBe('not-earlier');
    expect(due(after(order, 'promise', { dueAt: at('2026-03-03 12:00') }, owner(order)), 'promise')).toBe(
      '2026-03-03 12:00',
    );
  });

  test('a failed review gives back the limits the submission stopped, as if they had never stopped', () => {
    const handling = after(
      anOrder('handling'),
      'promise',
      { dueAt: at('2026-03-04 12:00') },
      owner(anOrder('handling')),
    );
    const submitted = after(handling, 'submit', done, { ...owner(handling), now: at('2026-03-03 10:00') });
    expect(running(submitted)).toEqual(['resident', 'review']);
    const back = after(
      submitted,
      'review',
      { passed: false, reason: 'no photo' },
      { as: operator, now: at('2026-03-03 11:00') },
    );
    expect(back.state).toBe('handling');
    expect(running(back)).toEqual(['resident', 'resolve', 'promise']);
    expect([due(back, 'resolve'), due(back, 'promise')]).toEqual([due(handling, 'resolve'), '2026-03-04 12:00']);
  });

  test('a failed look starts the rework limit and nothing else', () => {
    const verifying = anOrder('verifying');
    const rework = after(
      verifying,
      'verify',
      { passed: false, reason: 'dark' },
      { as: gridWorker, now: at('2026-03-03 10:00') },
    );
    expect(running(rework)).toEqual(['resident', 'rework']);
    expect(due(rework, 'rework')).toBe('2026-03-06 18:00');
  });

  test('a submission keeps the limit it is judged by', () => {
    expect(anOrder('submitted').submissions).toMatchObject([
      { resolveDueAt: at('2026-03-09 23:59') + 59_000, unit: 'lights' },
    ]);
  });
});

describe('signing and contact', () => {
  test('an order nobody signs in time is signed by timeout, late, and a clerk may still sign it', () => {
    const outcome = granted(attempt(anOrder('dispatched'), 'sign_by_timeout', {}, system('2026-03-02 14:00')));
    expect(outcome.order).toMatchObject({ state: 'signed', signedLate: true, clerk: null });
    expect(outcome.facts.map((f) => f.type)).toEqual(['sign_by_timeout']);
    const signed = after(outcome.order, 'sign', {}, { as: clerk('lights'), now: at('2026-03-02 15:00') });
    expect(signed).toMatchObject({
      state: 'signed',
      signedLate: true,
      clerk: 'clerk of lights',
      version: outcome.order.version,
    });
  });

  test('an attempt that failed starts the work but not the rest: the contact limit runs on', () => {
    const signed = anOrder('signed');
    const tried = after(signed, 'contact', { how: 'phone', whom: 'x', outcome: 'no_answer' }, owner(signed));
    expect(tried.state).toBe('handling');
    expect(running(tried)).toContain('contact');
    expect(
      running(after(tried, 'contact', { how: 'phone', whom: 'x', outcome: 'reached' }, owner(tried))),
    ).not.toContain('contact');
  });

  test('a confidential requester is reached through the hotline, which logs the contact; the unit never sees who it is', () => {
    const order = anOrder('signed', { confidential: true });
    const unit = clerk(order.owner);
    expect(canSeeContact(unit, order, true)).toBe(false);
    expect(canSeeContact(operator, order, true)).toBe(true);
    expect(
      after(order, 'contact', { how: 'none', whom: 'hotline', outcome: 'not_applicable' }, { as: unit }).state,
    ).toBe('handling');
    expect(
      running(after(order, 'contact', { how: 'phone', whom: 'x', outcome: 'reached' }, { as: operator })),
    ).not.toContain('contact');
    expect(
      refusalOf(anOrder('signed'), 'contact', { how: 'phone', whom: 'x', outcome: 'reached' }, { as: operator }),
    ).toBe('not-yours');
  });

  test('contact during a suspension leaves it suspended', () => {
    const order = anOrder('suspended');
    expect(after(order, 'contact', { how: 'phone', whom: 'x', outcome: 'reached' }, owner(order)).state).toBe(
      'suspended',
    );
  });
});

describe('review and verification', () => {
  test.each([
    ['city/light', 'lights', { party: 'grid_worker', unit: null }],
    ['city/stairs', 'property-a', { party: 'grid_worker', unit: null }],
    ['city/hawkers', 'street-a', { party: 'district', unit: 'district' }],
    ['city/flood', 'district', { party: 'inspector', unit: null }],
  ])('%s, done by %s, is looked at by %j', (category, unit, verifier) => {
    const order = anOrder('verifying', { category });
    expect(order).toMatchObject({ owner: unit, verifier });
    expect(after(order, 'verify', { passed: true }, { as: verifierOf(order) }).state).toBe('following_up');
    expect(refusalOf(order, 'verify', { passed: true }, { as: head(unit) })).toBe('verifier-only');
  });

  test('a community’s work is looked at by its street', () => {
    const given = after(anOrder('accepted'), 'dispatch', { unit: 'community-a1', basis: 'x' }, { as: dispatcher });
    const handed = after(after(given, 'sign', {}, owner(given)), 'submit', done, owner(given));
    expect(after(handed, 'review', { passed: true }, { as: operator }).verifier).toMatchObject({
      party: 'street',
      unit: 'street-a',
    });
  });

  test('X3 who saw it stays attached to whom it was given, and looks at the end whether it is done', () => {
    const order = anOrder('verifying', { by: gridWorker, channel: 'grid_worker' });
    expect(order.verifier).toMatchObject({ party: 'finder', actor: 'grid worker' });
    expect(canSee(gridWorker, order, city)).toBe(true);
    expect(refusalOf(order, 'verify', { passed: true }, { as: farGridWorker })).toBe('verifier-only');
    expect(after(order, 'verify', { passed: false, reason: 'dark' }, { as: gridWorker }).state).toBe('rework');
  });

  test('a finder who was given the work does not verify it', () => {
    const handling = anOrder('handling', { by: gridWorker, channel: 'grid_worker' });
    const assigned = after(handling, 'assign', { to: 'grid worker', task: 'hold the ladder' }, owner(handling));
    const handed = after(assigned, 'submit', done, owner(handling));
    const order = after(handed, 'review', { passed: true }, { as: operator });
    expect(order.verifier).toMatchObject({ party: 'grid_worker' });
    expect(refusalOf(order, 'verify', { passed: true }, { as: gridWorker })).toBe('verifier-only');
  });

  test('an assist does not verify', () => {
    const order = after(anOrder('verifying'), 'assist', { unit: 'community-a1', task: 'x' }, { as: dispatcher });
    expect(refusalOf(order, 'verify', { passed: true }, { as: gridWorker })).toBe('verifier-only');
  });

  test('a matter that needs no look goes straight to the resident; one in five of a sampled kind is looked at', () => {
    expect(anOrder('following_up', { category: 'city/litter' }).verifier).toBeNull();
    const ids = Array.from(
      { length: 500 },
      (_, i) => `0199a000-0000-7000-8000-${((i * 0x9e37_79b1) % 0x1_0000_0000).toString(16).padStart(12, '0')}`,
    );
    const looked = ids.filter(
      (id) =>
        after(anOrder('submitted', { category: 'city/tree', id }), 'review', { passed: true }, { as: operator })
          .state === 'verifying',
    );
    expect(looked.length / ids.length).toBeCloseTo(0.2, 1);
  });

  test('a look that does not come is charged to the verifier, and the order goes on unverified', () => {
    const outcome = granted(attempt(anOrder('verifying'), 'verify_by_timeout', {}, bySystem));
    expect(outcome.order).toMatchObject({ state: 'following_up', unverified: true });
    expect(outcome.facts[0]?.body).toMatchObject({ chargedTo: { party: 'grid_worker' } });
  });

  test('the third rework makes a problem order', () => {
    const second: WorkOrder = { ...anOrder('verifying'), reworks: 2 };
    const outcome = granted(attempt(second, 'verify', { passed: false, reason: 'dark' }, { as: gridWorker }));
    expect(outcome.order).toMatchObject({ state: 'rework', reworks: 3, problem: true });
    expect(outcome.facts).toContainEqual(expect.objectContaining({ type: 'problem_order', unit: 'district' }));
  });
});

describe('asking the resident', () => {
  test('"not solved" starts the work again with the resident’s words; "solved" by all closes', () => {
    const order = anOrder('following_up');
    const again = granted(attempt(answered(order, 'no'), 'conclude', {}, bySystem));
    expect(again.order).toMatchObject({ state: 'rework', reworks: 1 });
    expect(again.facts[0]?.body).toMatchObject({ followUp: order.followUps[0]?.id, to: 'rework' });
    expect(again.order.followUps[0]?.answer).toMatchObject({ comment: 'as I said' });
    expect(JSON.stringify(again.facts)).not.toContain('as I said');
    expect(due(again.order, 'resident')).toBe('2026-03-09 23:59');
    expect(after(answered(order, 'yes'), 'conclude', {}, bySystem).state).toBe('closed');
  });

  test('an order with nobody to ask closes, and is counted apart', () => {
    const order = anOrder('following_up', { reachable: false });
    expect(order).toMatchObject({ state: 'closed', ending: { class: 'nobody_to_ask' }, followUps: [] });
  });

  test('a city’s own find is never asked about', () => {
    expect(anOrder('following_up', { channel: 'grid_worker', by: gridWorker }).followUps).toEqual([]);
  });

  test('each round asks anew', () => {
    const rework = after(answered(anOrder('following_up'), 'no'), 'conclude', {}, bySystem);
    const taken = after(rework, 'take', {}, owner(rework));
    const reviewed = after(after(taken, 'submit', done, owner(taken)), 'review', { passed: true }, { as: operator });
    const second = after(reviewed, 'verify', { passed: true }, { as: gridWorker });
    expect(second.followUps.map(({ round, state }) => [round, state])).toEqual([
      [1, 'answered'],
      [2, 'open'],
    ]);
  });
});

describe('withdrawing', () => {
  test('the last request takes the order with it', () => {
    expect(anOrder('withdrawn')).toMatchObject({ state: 'withdrawn', ending: { class: 'withdrawn' } });
    expect(running(anOrder('withdrawn'))).toEqual([]);
  });

  test('where lives are at stake the unit finishes, though nobody has to be called any more', () => {
    const order = after(
      anOrder('dispatched', { category: 'city/wires' }),
      'withdraw',
      { requestId: 'r1' },
      { as: resident },
    );
    expect(order.state).toBe('dispatched');
    expect(running(order)).toEqual(['resident', 'sign', 'resolve']);
  });
});

describe('approvals beside the order', () => {
  const suspension = { kind: 'suspension', terms: { cause: 'legal_process', until: at('2026-03-10 18:00') } } as const;

  test('what can no longer be granted is withdrawn, and said so', () => {
    const handling = anOrder('handling');
    const waiting = asked(handling, suspension, owner(handling));
    const outcome = granted(attempt(waiting, 'submit', done, owner(waiting)));
    expect(outcome.order.approvals).toMatchObject([{ state: 'withdrawn', decisionReason: 'overtaken' }]);
    expect(outcome.facts).toContainEqual(expect.objectContaining({ type: 'approval_withdrawn' }));
    expect(running(outcome.order)).not.toContain('decision');
  });

  test('an objection outlives what happens to the order, and keeps it out of the archive', () => {
    const waiting = asked(anOrder('closed'), { kind: 'objection' }, { as: resident });
    expect(after(waiting, 'reopen', {}, { as: resident }).approvals).toMatchObject([{ state: 'pending' }]);
    expect(refusalOf(waiting, 'archive', {}, system('2026-05-01 09:00'))).toBe('too-early');
  });

  test.each([
    ['closed', 'rework', ['resident', 'rework']],
    ['answered', 'accepted', ['resident', 'dispatching']],
    ['rejected', 'accepted', ['resident', 'dispatching']],
    ['terminated', 'handling', ['resident', 'resolve']],
  ] as const)('a granted objection brings what was %s back to %s', (ended, state, clocks) => {
    const order = asked(anOrder(ended), { kind: 'objection' }, { as: resident }, { as: centreLeader });
    expect(order.state).toBe(state);
    expect(running(order)).toEqual(clocks);
  });

  test('a granted return strikes the time since it was asked from the asker’s clocks', () => {
    const order = anOrder('dispatched');
    const returned = asked(
      order,
      { kind: 'return', terms: { basis: 'not our poles', proposedUnit: 'water' } },
      { ...owner(order), now: at('2026-03-02 10:00') },
      { as: dispatcher, now: at('2026-03-02 11:00') },
    );
    expect(returned).toMatchObject({ state: 'dispatched', owner: 'water' });
    const sign = returned.clocks.find((c) => c.kind === 'sign' && c.unit === 'lights');
    expect(sign?.pauses).toMatchObject([
      { from: at('2026-03-02 10:00'), to: at('2026-03-02 11:00'), reason: 'return_granted' },
    ]);
    expect(iso(sign?.dueAt ?? order.registeredAt)).toBe('2026-03-02T15:00:00+08:00');
  });
});
