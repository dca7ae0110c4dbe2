import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decideMeeting,
  draftMeeting,
  draftNext,
  type MeetingCommand,
  type MeetingDecision,
  type MeetingDraft,
} from '../../src/domain/meet.ts';
import {
  fiveInOne,
  levelAbove,
  type Meeting,
  type MeetingAction,
  type MeetingParty,
  type MeetingSaid,
  type MeetingState,
  meetingLife,
  meetingParties,
  meetingStates,
  missedAt,
  nextMeetsAt,
} from '../../src/domain/meeting.ts';
import { redactedAgenda } from '../../src/domain/meeting-redacted.ts';
import { isRefusal } from '../../src/domain/refusal.ts';
import type { Table } from '../../src/domain/table.ts';
import { theSystem } from '../../src/domain/work-order.ts';
import { at, centreLeader, city, clerk, everybody, head, monday, shiftLeader } from '../support/orders.ts';
import { diagramOf } from '../support/picture.ts';
import { asks, yes } from '../support/powers.ts';
import { agrees, linesOf } from '../support/tables.ts';

const names = { id: '0199a000-0000-7000-8000-00000000f001', number: 'M-1' };
const nextNames = { id: '0199a000-0000-7000-8000-00000000f100', number: 'M-2' };
const street = asks(head('street-a'));
const friday = at('2026-03-06 10:00');

const draftOf = (more: Partial<MeetingDraft> = {}): MeetingDraft => ({
  unit: 'street-a',
  title: 'the street meets',
  meetsAt: friday,
  place: null,
  everyWeeks: null,
  members: [
    { role: 'unit', unit: 'water', name: null },
    { role: 'resident', unit: null, name: 'a neighbour' },
  ],
  ...more,
});
const drafted = (more: Partial<MeetingDraft> = {}, setting = street): Meeting =>
  yes(draftMeeting(draftOf(more), names, [], setting)).meeting;
const decided = (meeting: Meeting, command: MeetingCommand, setting = street): MeetingDecision =>
  yes(decideMeeting(meeting, command, setting));
const then = (meeting: Meeting, ...commands: readonly MeetingCommand[]): Meeting =>
  commands.reduce((of, command) => decided(of, command).meeting, meeting);

const fill = (...ids: readonly string[]): MeetingCommand => ({
  action: 'fill',
  said: { stuck: ids.map((id) => ({ id, why: ['overdue'] })) },
});
const hold: MeetingCommand = { action: 'hold', said: {} };
const minutes: MeetingCommand = { action: 'minutes', said: { text: 'we met' } };
const close = (ended: readonly string[] = []): MeetingCommand => ({ action: 'close', said: { ended } });
const item = (meeting: Meeting, workOrderId: string) => meeting.items.find((each) => each.workOrderId === workOrderId);
const decide = (
  meeting: Meeting,
  workOrderId: string,
  result: 'task' | 'resolved' | 'unresolved',
  more: Partial<MeetingSaid['decide']> = {},
): MeetingCommand => ({
  action: 'decide',
  said: { itemId: item(meeting, workOrderId)?.id ?? '', result, text: 'so be it', ...more },
});
const task = { unit: 'water', dueAt: at('2026-03-20 18:00'), undertakingId: 'u1' };

/** A meeting of the street in a state, with two orders on its agenda. */
function meetingIn(state: MeetingState): Meeting {
  const start = then(drafted({ everyWeeks: 2 }), fill('w1', 'w2'));
  switch (state) {
    case 'drafted':
      return start;
    case 'held':
      return then(start, hold);
    case 'closed':
      return then(start, hold, minutes, close());
    case 'cancelled':
      return then(start, { action: 'cancel', said: { reason: 'snow' } });
    case 'missed':
      return decided(start, { action: 'miss', said: {} }, asks(theSystem)).meeting;
  }
}

const table: Table<MeetingAction, MeetingState, MeetingParty, string> = meetingLife;
const words = (meeting: Meeting): { [A in MeetingAction]: MeetingSaid[A] } => ({
  amend: { place: 'hall' },
  fill: { stuck: [{ id: 'w9', why: ['problem_order'] }] },
  add: { workOrderId: null, subject: 'the market', open: true },
  remove: { itemId: meeting.items[0]?.id ?? '', reason: 'settled by telephone' },
  receive: { items: [] },
  invite: { hashes: {} },
  hold: {},
  decide: { itemId: meeting.items[0]?.id ?? '', result: 'resolved', text: 'settled' },
  minutes: { text: 'we met' },
  close: { ended: [] },
  cancel: { reason: 'snow' },
  miss: {},
});

describe.each(meetingStates)('a meeting that is %s', (state) => {
  test.each(Object.keys(meetingLife) as MeetingAction[])('takes %s exactly from whom the table says', (action) => {
    const meeting = meetingIn(state);
    expect(meeting.state).toBe(state);
    for (const actor of everybody) {
      const command = { action, said: words(meeting)[action] } as MeetingCommand;
      const outcome = decideMeeting(meeting, command, asks(actor));
      const parties = meetingParties(actor, meeting, city);
      agrees(table, action, state, parties, isRefusal(outcome) ? outcome : { to: outcome.meeting.state });
    }
  });
});

// The matrix above follows the table wherever it goes; this does not.
test('W18 the life of a joint meeting, whose part each action is, and what stands in its way', () => {
  expect(diagramOf(table, ['drafted', 'draft'])).toMatchInlineSnapshot(`
    "stateDiagram-v2
      [*] --> drafted : draft
      drafted --> held : hold
      held --> closed : close
      drafted --> cancelled : cancel
      drafted --> missed : miss
      closed --> [*]
      cancelled --> [*]
      missed --> [*]"
  `);
  expect(linesOf(meetingLife)).toMatchInlineSnapshot(`
    [
      "amend: host | unless unit-unknown in-the-past | stops  | starts ",
      "fill: host | unless  | stops  | starts ",
      "add: host | unless text-missing work-order-ended item-listed | stops  | starts ",
      "remove: host | unless item-unknown item-decided reason-missing | stops  | starts ",
      "receive: system | unless  | stops  | starts ",
      "invite: host | unless  | stops  | starts ",
      "hold: host | unless  | stops  | starts ",
      "decide: host | unless item-unknown item-decided text-missing unit-unknown not-a-member in-the-past | stops  | starts ",
      "minutes: host | unless text-missing | stops  | starts ",
      "close: host | unless minutes-missing | stops  | starts ",
      "cancel: host | unless reason-missing | stops  | starts ",
      "miss: system | unless  | stops  | starts ",
    ]
  `);
});

describe('who calls a meeting', () => {
  const drafting = (unit: string, actor = head(unit)) => draftMeeting(draftOf({ unit }), names, [], asks(actor));

  test('X5 the four levels do, each by its own people, and each knows the level above', () => {
    for (const unit of ['community-a1', 'street-a', 'district']) expect(isRefusal(drafting(unit))).toBe(false);
    expect(isRefusal(drafting('street-a', clerk('street-a')))).toBe(false);
    expect(isRefusal(drafting('hotline', shiftLeader))).toBe(false);
    expect(isRefusal(drafting('hotline', centreLeader))).toBe(false);
    expect(['community-a1', 'street-a', 'district', 'hotline'].map((unit) => levelAbove(city, unit))).toEqual([
      'street-a',
      'district',
      'hotline',
      null,
    ]);
  });

  test('a bureau calls none, and nobody calls another’s', () => {
    expect(drafting('water')).toMatchObject({ code: 'not-a-meeting-level' });
    expect(drafting('street-a', head('street-b'))).toMatchObject({ code: 'not-yours' });
    expect(drafting('street-a', head('community-a1'))).toMatchObject({ code: 'not-yours' });
    expect(drafting('nowhere', head('street-a'))).toMatchObject({ code: 'unit-unknown' });
    expect(draftMeeting(draftOf({ meetsAt: monday }), names, [], street)).toMatchObject({ code: 'in-the-past' });
  });

  test('X33 the five of 五位一体 are invited as far as the city knows them', () => {
    expect(fiveInOne(city, 'community-a1')).toEqual([
      { role: 'government', unit: 'street-a', name: null },
      { role: 'party_organisation', unit: null, name: null },
      { role: 'property', unit: null, name: null },
      { role: 'owners_committee', unit: null, name: null },
      { role: 'deliberation_council', unit: null, name: null },
    ]);
  });

  test('whoever was invited before stays the same member when the list changes', () => {
    const before = drafted();
    const after = then(before, {
      action: 'amend',
      said: {
        members: [
          { role: 'liaison', unit: 'lights', name: 'Li' },
          { role: 'unit', unit: 'water', name: null },
        ],
      },
    });
    expect(after.members.map(({ role }) => role)).toEqual(['liaison', 'unit']);
    expect(after.members[1]).toEqual(before.members[0]);
    expect(new Set([...before.members, ...after.members].map(({ id }) => id)).size).toBe(3);
  });
});

describe('the agenda', () => {
  test('filled again it keeps its order, says anew why each is stuck, and leaves off what was taken off', () => {
    const once = then(drafted(), fill('w1', 'w2'));
    const less = then(once, {
      action: 'remove',
      said: { itemId: item(once, 'w1')?.id ?? '', reason: 'settled by telephone' },
    });
    const again = then(less, {
      action: 'fill',
      said: {
        stuck: [
          { id: 'w3', why: ['dispute_pending'] },
          { id: 'w2', why: ['overdue', 'problem_order'] },
          { id: 'w1', why: ['overdue'] },
        ],
      },
    });
    expect(again.items.map(({ workOrderId, state, why }) => [workOrderId, state, why])).toEqual([
      ['w1', 'removed', ['overdue']],
      ['w2', 'open', ['overdue', 'problem_order']],
      ['w3', 'open', ['dispute_pending']],
    ]);
  });

  test('takes by hand an order that is open and not on it, or a subject in words', () => {
    const meeting = then(drafted(), fill('w1'));
    const add = (said: MeetingSaid['add']) => decideMeeting(meeting, { action: 'add', said }, street);
    expect(add({ workOrderId: 'w1', subject: null, open: true })).toMatchObject({ code: 'item-listed' });
    expect(add({ workOrderId: 'w4', subject: null, open: false })).toMatchObject({ code: 'work-order-ended' });
    expect(add({ workOrderId: null, subject: ' ', open: true })).toMatchObject({ code: 'text-missing' });
    expect(yes(add({ workOrderId: 'w4', subject: null, open: true })).meeting.items).toHaveLength(2);
  });
});

describe('a decision', () => {
  const held = then(drafted(), fill('w1', 'w2'), hold);

  test('is a task of a member or of a unit under its own, resolved, or unresolved; a task may be followed by more', () => {
    const charged = (unit: string) => decideMeeting(held, decide(held, 'w1', 'task', { ...task, unit }), street);
    expect(charged('lights')).toMatchObject({ code: 'not-a-member', details: { unit: 'lights' } });
    expect(charged('nobody')).toMatchObject({ code: 'unit-unknown' });
    for (const unit of ['water', 'community-a1', 'street-a']) expect(isRefusal(charged(unit))).toBe(false);
    const once = then(held, decide(held, 'w1', 'task', task));
    const twice = then(once, decide(once, 'w1', 'task', { ...task, unit: 'community-a1' }));
    expect(item(twice, 'w1')).toMatchObject({
      state: 'tasked',
      decisions: [{ unit: 'water' }, { unit: 'community-a1' }],
    });
    expect(decideMeeting(twice, decide(twice, 'w1', 'resolved'), street)).toMatchObject({ code: 'item-decided' });
    const resolved = then(held, decide(held, 'w2', 'resolved'));
    expect(decideMeeting(resolved, decide(resolved, 'w2', 'task', task), street)).toMatchObject({
      code: 'item-decided',
    });
    expect(decideMeeting(held, decide(held, 'w9', 'resolved'), street)).toMatchObject({ code: 'item-unknown' });
    expect(decideMeeting(held, decide(held, 'w1', 'task', { ...task, dueAt: monday }), street)).toMatchObject({
      code: 'in-the-past',
    });
  });

  test('is there before the meeting is closed, and so are its minutes', () => {
    expect(decideMeeting(held, close(), street)).toMatchObject({ code: 'minutes-missing' });
  });
});

describe('what goes on after it', () => {
  const over = (everyWeeks: number | null, setting = street, unit = 'street-a', ended: readonly string[] = []) => {
    const start = yes(draftMeeting(draftOf({ everyWeeks, unit, members: [] }), names, [], setting)).meeting;
    const held = [fill('w1', 'w2', 'w3', 'w4'), hold, minutes].reduce(
      (of, command) => decided(of, command, setting).meeting,
      start,
    );
    const said = [
      decide(held, 'w1', 'unresolved'),
      decide(held, 'w2', 'resolved'),
      decide(held, 'w3', 'task', { ...task, unit }),
    ];
    return decided(
      said.reduce((of, command) => decided(of, command, setting).meeting, held),
      close(ended),
      setting,
    );
  };
  const going = ({ passed }: MeetingDecision) =>
    passed.map(({ unit, item: { workOrderId, source } }) => `${workOrderId} ${source} ${unit}`);

  test('X5 what is unresolved passes to the next level’s agenda, what was not reached waits for the own next meeting', () => {
    const after = over(null);
    expect(going(after)).toEqual(['w1 passed_up district', 'w4 rolled_over street-a']);
    expect(after.meeting.items.map(({ state }) => state)).toEqual(['unresolved', 'resolved', 'tasked', 'deferred']);
    expect(after.nextAt).toBeNull();
    const [up] = after.passed;
    const origin = item(after.meeting, 'w1');
    expect(up?.item).toMatchObject({
      root: origin?.root,
      from: { unit: 'street-a', meetingId: names.id, itemId: origin?.id },
      why: ['overdue', 'unresolved_below'],
      state: 'open',
      decisions: [],
    });
    expect(after.facts.map(({ type, unit }) => `${type} ${unit}`)).toEqual([
      'meeting_close street-a',
      'meeting_item_passed_up district',
    ]);
  });

  test('L5 in a series what is unresolved stays with it as well, and the next meeting drafts itself', () => {
    const after = over(2);
    expect(going(after)).toEqual(['w1 passed_up district', 'w1 rolled_over street-a', 'w4 rolled_over street-a']);
    expect(after.nextAt).toBe(at('2026-03-20 10:00'));
    const own = after.passed.filter(({ unit }) => unit === 'street-a').map(({ item: each }) => ({ ...each, seq: 0 }));
    const next = draftNext(after.meeting, at('2026-03-20 10:00'), nextNames, own, street).meeting;
    expect(next).toMatchObject({ previousId: names.id, everyWeeks: 2, state: 'drafted', unit: 'street-a' });
    expect(next.items.map(({ workOrderId, state }) => [workOrderId, state])).toEqual([
      ['w1', 'open'],
      ['w4', 'open'],
    ]);
    expect(next.items[0]?.root).toBe(item(after.meeting, 'w1')?.root);
  });

  test('at the top nothing passes up: it stays', () => {
    expect(going(over(null, asks(centreLeader), 'hotline'))).toEqual([
      'w1 rolled_over hotline',
      'w4 rolled_over hotline',
    ]);
  });

  test('an order that has ended meanwhile has resolved itself', () => {
    const after = over(2, street, 'street-a', ['w1', 'w4']);
    expect(going(after)).toEqual([]);
    expect(after.meeting.items.map(({ state }) => state)).toEqual(['resolved', 'resolved', 'tasked', 'resolved']);
  });

  test('what comes from below is the own item where the order is on the agenda already, also where it was taken off', () => {
    const { passed } = over(null);
    const items = passed.slice(0, 1).map(({ item: each }) => each);
    const district = asks(head('district'));
    const start = yes(draftMeeting(draftOf({ unit: 'district' }), nextNames, [], district)).meeting;
    const own = decided(start, fill('w1'), district).meeting;
    const off = decided(own, { action: 'remove', said: { itemId: own.items[0]?.id ?? '', reason: 'small' } }, district);
    const receive = (of: Meeting) => decided(of, { action: 'receive', said: { items } }, asks(theSystem)).meeting;
    for (const of of [own, off.meeting]) {
      const [only, ...others] = receive(of).items;
      expect(others).toEqual([]);
      expect(only).toMatchObject({ id: own.items[0]?.id, source: 'passed_up', state: 'open', root: items[0]?.root });
    }
    expect(receive(receive(start)).items).toHaveLength(1);
  });

  test('a series that nobody holds is missed three working days on: one level up hears, and the next takes over', () => {
    const meeting = then(drafted({ everyWeeks: 1 }), fill('w1'));
    expect(missedAt(meeting, city)).toBe(at('2026-03-11 18:00'));
    expect(missedAt(drafted(), city)).toBeNull();
    const missed = decided(meeting, { action: 'miss', said: {} }, asks(theSystem, { now: at('2026-03-11 18:00') }));
    expect(missed.nextAt).toBe(at('2026-03-13 10:00'));
    expect(going(missed)).toEqual(['w1 rolled_over street-a']);
    expect(missed.facts.map(({ type, unit }) => `${type} ${unit}`)).toEqual(['meeting_miss street-a', 'told district']);
    expect(missedAt(missed.meeting, city)).toBeNull();
  });

  test('the next date is to come, at the same time, and on a day the unit works', () => {
    const next = (date: string, weeks: number, now: string) =>
      nextMeetsAt({ ...drafted(), meetsAt: at(date) }, weeks, at(now), city);
    expect(next('2026-03-06 10:00', 1, '2026-03-06 11:00')).toBe(at('2026-03-13 10:00'));
    expect(next('2026-03-06 10:00', 1, '2026-03-20 11:00')).toBe(at('2026-03-27 10:00'));
    expect(next('2026-04-24 10:00', 1, '2026-04-24 11:00')).toBe(at('2026-05-06 10:00')); // 1 to 5 May are off
  });

  test('whatever is decided, each item is settled, has a task, or goes on, and nothing goes on twice to one agenda', () => {
    const results = ['none', 'task', 'resolved', 'unresolved'] as const;
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...results), { maxLength: 12 }),
        fc.option(fc.integer({ min: 1, max: 52 })),
        fc.array(fc.nat(11), { maxLength: 4 }),
        (said, everyWeeks, ended) => {
          const ids = said.map((_each, i) => `w${i}`);
          const held = then(drafted({ everyWeeks }), fill(...ids), hold, minutes);
          const after = said.reduce(
            (of, result, i) =>
              result === 'none' ? of : then(of, decide(of, `w${i}`, result, result === 'task' ? task : {})),
            held,
          );
          const { meeting, passed } = decided(after, close(ended.map((i) => `w${i}`)));
          for (const each of meeting.items) {
            const to = passed.filter(({ item: other }) => other.root === each.root).map(({ unit }) => unit);
            expect(new Set(to).size).toBe(to.length);
            expect(to.length > 0).toBe(each.state === 'unresolved' || each.state === 'deferred');
          }
          expect(new Set(passed.map(({ item: { id } }) => id)).size).toBe(passed.length);
        },
      ),
    );
  });
});

test('L12 residents’ representatives see no number, title or confidential order, and words only where they are safe', () => {
  const base = then(drafted(), fill('w1', 'w2'), {
    action: 'add',
    said: { workOrderId: null, subject: '联系 13800001234', open: true },
  });
  const meeting = then(base, hold, decide(base, 'w1', 'unresolved', { text: '请李晓明主任协调' }));
  const order = { category: 'city/light', owner: 'lights', path: [], ended: false };
  const path = [
    { level: 'district', code: 'D', name: 'the district' },
    { level: 'street', code: 'DA', name: 'street A' },
    { level: 'grid', code: 'DA1g', name: 'grid 7' },
  ];
  const seen = redactedAgenda(
    meeting,
    new Map([
      ['w1', { ...order, confidential: false, path }],
      ['w2', { ...order, confidential: true }],
    ]),
    () => ['李晓明'],
    city,
  );
  expect(seen.map(({ position, category, area, unit }) => ({ position, category, area, unit }))).toEqual([
    { position: 1, category: 'city/light', area: ['the district', 'street A'], unit: 'lights' },
    { position: 2, category: null, area: [], unit: null },
  ]);
  const text = JSON.stringify(seen);
  for (const secret of ['w1', 'w2', '13800001234', '李晓明', 'grid 7']) expect(text).not.toContain(secret);
});
