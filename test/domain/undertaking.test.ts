import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { climbUndertaking } from '../../src/domain/ladder-climb.ts';
import { defaultLadder } from '../../src/domain/ladder-rows.ts';
import { isRefusal } from '../../src/domain/refusal.ts';
import { hours } from '../../src/domain/time.ts';
import { charge, decideUndertaking, suggest, type UndertakingCommand, undertake } from '../../src/domain/undertake.ts';
import {
  type Undertaking,
  type UndertakingAction,
  type UndertakingState,
  undertakingLife,
  undertakingStates,
} from '../../src/domain/undertaking.ts';
import { theSystem } from '../../src/domain/work-order.ts';
import { at, centreLeader, clerk, everybody, head, monday, shiftLeader } from '../support/orders.ts';
import { diagramOf } from '../support/picture.ts';
import { asks, yes } from '../support/powers.ts';
import { linesOf } from '../support/tables.ts';
import { heldToLife, lifeTable as table, undertakingWords as words } from '../support/undertakings.ts';

const names = { id: '0199a000-0000-7000-8000-00000000e001', number: 'U-1' };
const district = head('district');
const friday = at('2026-03-06 18:00');
const said = { title: 'the corner that floods', demand: 'dry by Friday', dueAt: friday };

/** What the street has to do until Friday, as the district's meeting decided; the water bureau helps. */
const task = (): Undertaking =>
  yes(
    undertake(
      { ...said, kind: 'meeting_task', unit: 'street-a', by: 'district', members: [{ unit: 'water', name: null }] },
      names,
      asks(district),
    ),
  ).undertaking;
const then = (of: Undertaking, command: UndertakingCommand, setting = asks(district)): Undertaking =>
  yes(decideUndertaking(of, command, setting)).undertaking;
const finished = (of = task(), setting = asks(head('street-a'))): Undertaking =>
  then(of, { action: 'finish', said: { result: 'done', text: 'pumped' } }, setting);

const undertakingIn = (state: UndertakingState): Undertaking => {
  switch (state) {
    case 'open':
      return task();
    case 'done':
      return finished();
    case 'decided':
      return { ...finished(), state };
    case 'cancelled':
      return then(task(), { action: 'cancel', said: { reason: 'the rain stopped' } });
  }
};

describe.each(undertakingStates)('an undertaking that is %s', (state) => {
  test.each(Object.keys(undertakingLife) as UndertakingAction[])(
    'takes %s exactly from whom the table says',
    (action) => {
      const undertaking = undertakingIn(state);
      expect(undertaking.state).toBe(state);
      heldToLife(undertaking, action, everybody, asks);
    },
  );
});

// The matrix above follows the table wherever it goes; this does not.
test('the life of an undertaking, whose part each action is, and what stands in its way', () => {
  expect(diagramOf(table, ['open', 'undertake'])).toMatchInlineSnapshot(`
    "stateDiagram-v2
      [*] --> open : undertake
      open --> done : finish
      done --> open : refuse
      done --> decided : decide
      open --> cancelled : cancel, lapse
      decided --> [*]
      cancelled --> [*]"
  `);
  expect(linesOf(undertakingLife)).toMatchInlineSnapshot(`
    [
      "note: unit member asker | unless text-missing | stops  | starts ",
      "plan: unit asker | unless unit-unknown | stops  | starts ",
      "assign: asker | unless unit-unknown in-the-past | stops meeting_task task_force deliberation suggestion governance consent field_task | starts meeting_task task_force deliberation suggestion governance consent field_task",
      "finish: unit leader | unless outcome-missing reason-missing | stops meeting_task task_force deliberation suggestion governance consent field_task | starts ",
      "refuse: asker | unless reason-missing in-the-past | stops  | starts meeting_task task_force deliberation suggestion governance consent field_task",
      "decide: organiser | unless reason-missing | stops  | starts ",
      "cancel: asker organiser | unless reason-missing | stops meeting_task task_force deliberation suggestion governance consent field_task | starts ",
      "lapse: system | unless  | stops meeting_task task_force deliberation suggestion governance consent field_task | starts ",
    ]
  `);
});

describe('who may have something undertaken', () => {
  const force = (setting: ReturnType<typeof asks>, unit = 'street-a') =>
    charge('task_force', { ...said, unit }, names, setting);

  test('W31 a task force is set up from above, or by the unit itself, which then answers one level up', () => {
    expect(yes(force(asks(district))).undertaking).toMatchObject({ unit: 'street-a', by: 'district' });
    expect(yes(force(asks(head('street-a')))).undertaking.by).toBe('district');
    expect(yes(force(asks(centreLeader))).undertaking.by).toBe('hotline');
    for (const actor of [head('street-b'), clerk('district'), head('community-a1'), head('water')])
      expect(force(asks(actor))).toMatchObject({ kind: 'refused', code: 'not-in-command' });
    expect(force(asks(head('street-a')), 'enforcement')).toMatchObject({ code: 'not-in-command' });
    expect(force(asks(district), 'nobody')).toMatchObject({ code: 'unit-unknown' });
  });

  test('W4c streets and communities suggest, and the district above them owes the answer within ten working days', () => {
    const suggestion = { title: 'a second bridge', demand: 'one is too few', about: { topic: 'planning' } } as const;
    for (const code of ['street-a', 'community-a1'])
      expect(yes(suggest(suggestion, names, asks(head(code)))).undertaking).toMatchObject({
        unit: 'district',
        by: code,
        dueAt: at('2026-03-16 18:00'),
      });
    for (const actor of [district, head('water'), clerk('community-a1'), shiftLeader])
      expect(suggest(suggestion, names, asks(actor))).toMatchObject({ kind: 'refused', code: 'no-power' });
  });

  test('nothing is undertaken about an ended order, by nobody, or until yesterday', () => {
    const about = (more: object) => charge('task_force', { ...said, unit: 'street-a', ...more }, names, asks(district));
    expect(about({ workOrder: { id: 'w1', open: false } })).toMatchObject({ code: 'work-order-ended' });
    expect(about({ dueAt: monday })).toMatchObject({ code: 'in-the-past' });
    expect(about({ members: [{ unit: 'nobody', name: null }] })).toMatchObject({ code: 'unit-unknown' });
  });
});

test('W26 a deliberation has fifteen days and as many rounds as it needs', () => {
  const street = asks(head('street-a'));
  const opened = yes(charge('deliberation', { ...said, dueAt: null, unit: 'street-a' }, names, street)).undertaking;
  expect(opened.dueAt).toBe(at('2026-03-17 23:59:59'));
  const rounds = ['the owners want it gone', 'the shop stays until nine'].reduce(
    (of, text) => then(of, { action: 'note', said: { text, present: ['three owners'] } }, street),
    opened,
  );
  expect(rounds.notes.map(({ round }) => round)).toEqual([1, 2]);
  const resolved = then(rounds, { action: 'finish', said: { result: 'agreed', text: 'until nine' } }, street);
  expect(resolved).toMatchObject({ state: 'done', answers: [{ result: 'agreed', inTime: true }] });
});

test('an answer that is refused is owed again, by a new date or by the kind’s own limit; the clock stops with each answer', () => {
  const done = finished();
  expect(done.clocks.map(({ state }) => state)).toEqual(['stopped']);
  const again = then(done, { action: 'refuse', said: { reason: 'still wet' } });
  expect(again).toMatchObject({ state: 'open', endedAt: null, dueAt: at('2026-03-09 18:00') });
  expect(again.answers.at(-1)?.refused?.reason).toBe('still wet');
  const dated = then(done, { action: 'refuse', said: { reason: 'still wet', dueAt: at('2026-03-03 12:00') } });
  expect(dated.dueAt).toBe(at('2026-03-03 12:00'));
  expect(finished(dated, asks(head('street-a'), { now: at('2026-03-03 12:01') })).answers.at(-1)?.inTime).toBe(false);
});

test('another unit gets it with the date there was, or with a new one', () => {
  expect(then(task(), { action: 'assign', said: { unit: 'street-b' } })).toMatchObject({
    unit: 'street-b',
    dueAt: friday,
  });
  const later = at('2026-03-10 18:00');
  const moved = then(task(), { action: 'assign', said: { dueAt: later } });
  expect(moved).toMatchObject({ unit: 'street-a', dueAt: later });
  expect(moved.clocks.filter(({ state }) => state === 'running')).toHaveLength(1);
});

describe('when its date has come', () => {
  const climbed = (of: Undertaking, now: Undertaking['dueAt']) =>
    climbUndertaking(of, of.clocks.at(-1)?.seq ?? 0, defaultLadder, asks(theSystem, { now }));
  const told = (of: Undertaking, now: Undertaking['dueAt']) =>
    (climbed(of, now)?.intents ?? []).map((intent) => `${intent.do} ${'unit' in intent ? intent.unit : ''}`);

  test('the unit is urged, and a working day later whoever waits for it is told', () => {
    expect(told(task(), friday)).toEqual(['warn street-a', 'urge street-a']);
    expect(told(task(), at('2026-03-09 17:59'))).toEqual(['warn street-a', 'urge street-a']);
    expect(told(task(), at('2026-03-09 18:00'))).toEqual(['warn street-a', 'urge street-a', 'tell district']);
  });

  test('of a silent task force or district the level above is told too', () => {
    const force = yes(charge('task_force', { ...said, unit: 'community-a1' }, names, asks(district))).undertaking;
    expect(told(force, at('2026-03-09 18:00')).slice(2)).toEqual(['tell district', 'tell street-a']);
    const asked = yes(suggest({ title: 't', demand: 'd' }, names, asks(head('street-a')))).undertaking;
    expect(told(asked, at('2026-03-17 18:00')).slice(2)).toEqual(['tell street-a', 'tell hotline']);
  });

  test('nothing fires twice, and nothing on what is done or cancelled', () => {
    const once = climbed(task(), at('2026-03-09 18:00'));
    expect(once && climbed(once.order, at('2026-04-01 09:00'))).toBeNull();
    for (const state of ['done', 'cancelled'] as const)
      expect(climbed(undertakingIn(state), at('2026-04-01 09:00'))).toBeNull();
  });
});

test('whatever happens, it has one running clock while it is open and none after, and only its own unit answers', () => {
  const actions = Object.keys(words) as UndertakingAction[];
  fc.assert(
    fc.property(
      fc.array(
        fc.record({ action: fc.constantFrom(...actions), who: fc.nat(everybody.length - 1), wait: fc.nat(48) }),
        { maxLength: 25 },
      ),
      (steps) => {
        let now = monday;
        let current = task();
        for (const { action, who, wait } of steps) {
          now = (now + hours(wait) * 60_000) as typeof monday;
          const actor = everybody[who] ?? theSystem;
          const command = { action, said: words[action] } as UndertakingCommand;
          const outcome = decideUndertaking(current, command, asks(actor, { now }));
          if (isRefusal(outcome)) continue;
          if (action === 'finish') expect(actor.unit).toBe(current.unit);
          expect(outcome.undertaking.version).toBe(current.version + 1);
          current = outcome.undertaking;
          const running = current.clocks.filter(({ state }) => state === 'running');
          expect(running).toHaveLength(current.state === 'open' ? 1 : 0);
          expect((current.endedAt === null) === (current.state === 'open')).toBe(true);
        }
      },
    ),
  );
});
