import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  barOf,
  defaultPublicationPolicy,
  type Publication,
  type PublicationAction,
  type PublicationSetting,
  type PublicationState,
  problemCause,
  publicationLife,
  publicationParties,
  publicationStates,
  type Source,
} from '../../src/domain/publication.ts';
import { decidePublication, type PublicationCommand, proposePublication } from '../../src/domain/publish.ts';
import { isRefusal } from '../../src/domain/refusal.ts';
import { allowedIn, endsOf } from '../../src/domain/table.ts';
import { type Instant, iso } from '../../src/domain/time.ts';
import { type Actor, theSystem } from '../../src/domain/work-order.ts';
import { anOrder, at, city, clerk, everybody, inspector, monday, resident } from '../support/orders.ts';

const actor = (role: Actor['roles'][number]): Actor => ({ ...inspector, name: role, roles: [role] });
const publisher = actor('publisher');
const legal = actor('legal_office');
const actors = [...everybody, publisher, legal];

const sourceOf = (more: Partial<Source> = {}): Source => ({
  order: anOrder('handling', { title: '路灯不亮' }),
  description: '门口漆黑，找郜烨琛',
  names: ['郜烨琛'],
  optedOut: false,
  listed: false,
  ...more,
});
const overdue = at('2026-03-10 09:00');
const setting = (as: Actor, source = sourceOf(), now: Instant = overdue): PublicationSetting => ({
  city,
  now,
  actor: as,
  policy: defaultPublicationPolicy,
  source,
});
const id = '0199a000-0000-7000-8000-0000000000f1';
const proposed = (source = sourceOf(), as: Actor = theSystem): Publication => {
  const outcome = proposePublication({ board: 'problem', cause: 'overdue', id, earlier: [] }, setting(as, source));
  if (isRefusal(outcome)) throw new Error(outcome.code);
  return outcome.publication;
};
const words: { [A in PublicationAction]: Extract<PublicationCommand, { action: A }>['said'] } = {
  approve: { text: '门口漆黑' },
  hold: { reason: 'in court' },
  release: {},
  publish: {},
  correct: { title: 'two lights', note: 'two, not one' },
  replace: { by: id },
  withdraw: { reason: 'wrong' },
};
const command = (action: PublicationAction) => ({ action, said: words[action] }) as PublicationCommand;
const actions = Object.keys(publicationLife) as PublicationAction[];
const holdOver = at('2026-03-20 09:00');

/** A publication brought to this state the ordinary way. */
function inPublicationState(state: PublicationState): Publication {
  const after = (from: Publication, action: PublicationAction, as: Actor): Publication => {
    const outcome = decidePublication(from, command(action), setting(as, sourceOf(), holdOver));
    if (isRefusal(outcome)) throw new Error(`${action}: ${outcome.code}`);
    return outcome.publication;
  };
  switch (state) {
    case 'waiting':
      return proposed();
    case 'doubtful':
      return proposed(sourceOf({ description: 'hurry, please' }));
    case 'held':
      return after(proposed(), 'hold', publisher);
    case 'published':
      return after(proposed(), 'publish', theSystem);
    case 'replaced':
      return after(inPublicationState('published'), 'replace', theSystem);
    case 'withdrawn':
      return after(inPublicationState('published'), 'withdraw', publisher);
  }
}

test('who may do what in which state is what the table says, for everybody there is', () => {
  for (const state of publicationStates)
    for (const action of actions)
      for (const as of actors) {
        const from = inPublicationState(state);
        const outcome = decidePublication(from, command(action), setting(as, sourceOf(), holdOver));
        const row = publicationLife[action];
        const parties = publicationParties(as, sourceOf().order.requests);
        const isAllowed = allowedIn(publicationLife, state, parties).includes(action);
        if (isRefusal(outcome))
          expect([outcome.code, isAllowed]).toEqual([
            from.state === state && (row.from as readonly string[]).includes(state) ? 'not-yours' : 'wrong-state',
            false,
          ]);
        else {
          expect(isAllowed).toBe(true);
          const ends = endsOf(row as never, state as never) as readonly string[];
          expect([...ends, ends.includes('unchanged') ? state : '']).toContain(outcome.publication.state);
        }
      }
});

test('neither the unit it is about nor anybody else moves it: only who publishes, the legal office, the resident and time', () => {
  const may = (as: Actor) =>
    publicationStates.flatMap((s) => allowedIn(publicationLife, s, publicationParties(as, sourceOf().order.requests)));
  expect(actors.filter((as) => may(as).length > 0).map(({ name }) => name)).toEqual([
    resident.name,
    theSystem.name,
    publisher.name,
    legal.name,
  ]);
  expect(new Set(may(resident))).toEqual(new Set(['withdraw']));
  expect(may(clerk('lights'))).toEqual([]);
});

describe('what is proposed', () => {
  test('is screened, and held for working days: over the weekend and no shorter', () => {
    const made = proposed();
    expect(made.draft).toMatchObject({ text: '门口漆黑，找〔姓名〕', doubts: [] });
    expect(iso(made.holdUntil)).toBe('2026-03-12T18:00:00+08:00');
    const friday = proposePublication(
      { board: 'problem', cause: 'overdue', id, earlier: [] },
      setting(theSystem, sourceOf(), at('2026-03-13 09:00')),
    );
    expect(isRefusal(friday) ? null : iso(friday.publication.holdUntil)).toBe('2026-03-17T18:00:00+08:00');
  });

  test('is never published before the hold is over', () => {
    const made = { ...proposed(), state: 'waiting' as const };
    const early = decidePublication(
      made,
      command('publish'),
      setting(theSystem, sourceOf(), (made.holdUntil - 1) as Instant),
    );
    expect(early).toMatchObject({ code: 'too-early' });
    expect(decidePublication(made, command('publish'), setting(theSystem, sourceOf(), made.holdUntil))).toMatchObject({
      publication: { state: 'published' },
    });
  });

  test.each([
    ['confidential', { order: { ...anOrder('handling', { title: '路灯不亮' }), confidential: true } }],
    ['report', { order: { ...anOrder('handling', { title: '路灯不亮' }), kind: 'report' as const } }],
    ['opted_out', { optedOut: true }],
  ])('not where the order is %s', (bar, more) => {
    expect(barOf(sourceOf(more), defaultPublicationPolicy)).toBe(bar);
    for (const as of [publisher, theSystem])
      expect(
        proposePublication({ board: 'problem', cause: 'chosen', id, earlier: [] }, setting(as, sourceOf(more))),
      ).toMatchObject({ code: 'not-publishable', details: { because: bar } });
  });

  test('is a problem from the moment its limit is over, unless the date was counted without a calendar', () => {
    const source = sourceOf();
    const due = source.order.clocks.find(({ kind }) => kind === 'resolve')?.dueAt ?? monday;
    expect([problemCause(source, (due - 1) as Instant), problemCause(source, due)]).toEqual([null, 'overdue']);
    const provisional = {
      ...source.order,
      clocks: source.order.clocks.map((clock) => ({ ...clock, provisional: true })),
    };
    expect(problemCause({ ...source, order: provisional }, overdue)).toBeNull();
    expect(problemCause({ ...source, order: provisional, listed: true }, overdue)).toBe('listed');
    expect(problemCause({ ...source, order: anOrder('submitted'), listed: true }, overdue)).toBeNull();
  });
});

test('G36 whatever is done by whomever, the trail only grows, and ends with what is shown', () => {
  const steps = fc.array(
    fc.record({
      action: fc.constantFrom(...actions),
      as: fc.constantFrom(publisher, legal, theSystem, resident),
      hours: fc.integer({ min: 0, max: 40 }),
      optedOut: fc.boolean(),
    }),
    { maxLength: 20 },
  );
  fc.assert(
    fc.property(steps, (all) => {
      let publication = { ...proposed(), state: 'waiting' as PublicationState };
      let now = overdue;
      for (const { action, as, hours, optedOut } of all) {
        now = (now + hours * 3_600_000) as Instant;
        const outcome = decidePublication(publication, command(action), setting(as, sourceOf({ optedOut }), now));
        if (isRefusal(outcome)) continue;
        const next = outcome.publication;
        expect(next.snapshots.slice(0, publication.snapshots.length)).toEqual(publication.snapshots);
        expect(next.state === 'published').toBe(next.snapshots.at(-1)?.content != null);
        if (action === 'publish')
          expect([now >= publication.holdUntil, next.state === 'published']).toEqual([true, !optedOut]);
        expect(JSON.stringify(next.snapshots)).not.toContain('郜');
        expect(next.version).toBe(publication.version + 1);
        publication = next;
      }
    }),
  );
});
