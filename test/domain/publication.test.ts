import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  barOf,
  copiesOf,
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
import { coveredPixels, type DraftPicture, isSameCopy } from '../../src/domain/publication-pictures.ts';
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
const aPicture = (more: Partial<DraftPicture> = {}): DraftPicture => ({
  id: '0199a000-0000-4000-8000-0000000000e1',
  attachmentId: '0199a000-0000-4000-8000-0000000000e2',
  stage: 'before',
  caption: '',
  masks: [],
  width: 4,
  height: 3,
  bytes: 9,
  sha256: 'x',
  ...more,
});
const words: { [A in PublicationAction]: Extract<PublicationCommand, { action: A }>['said'] } = {
  illustrate: { pictures: [] },
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

describe('G36 pictures', () => {
  const decided = (of: Publication, said: PublicationCommand, as: Actor, now = holdOver) =>
    decidePublication(of, said, setting(as, sourceOf(), now));
  const next = (...given: Parameters<typeof decided>): Publication => {
    const outcome = decided(...given);
    if (isRefusal(outcome)) throw new Error(outcome.code);
    return outcome.publication;
  };
  const laidOut = (pictures: readonly DraftPicture[]) => ({ action: 'illustrate', said: { pictures } }) as const;
  const approve = (said = {}) => ({ action: 'approve', said }) as const;
  const correct = (said = {}) => ({ action: 'correct', said: { note: 'n', ...said } }) as const;
  const withOne = next(proposed(), laidOut([aPicture()]), publisher);

  test('wait for a person, also where the words were approved before, and never appear by silence', () => {
    const approved = next(proposed(), approve(), publisher);
    for (const from of [proposed(), approved]) {
      const waits = next(from, laidOut([aPicture()]), publisher);
      expect(waits).toMatchObject({ state: 'doubtful', approvedBy: null, draft: { doubts: ['pictures'] } });
      expect(decided(waits, command('publish'), theSystem)).toMatchObject({ code: 'wrong-state' });
      const stopped = next(next(waits, command('hold'), legal), command('release'), legal);
      expect(stopped.state).toBe('doubtful');
    }
    expect(next(withOne, laidOut([]), publisher)).toMatchObject({ state: 'waiting', draft: { doubts: [] } });
  });

  test('are approved only with the word that they were looked at, and not by the handling unit', () => {
    for (const picturesChecked of [undefined, [], ['0199a000-0000-4000-8000-0000000000e9']])
      expect(decided(withOne, approve({ picturesChecked }), publisher)).toMatchObject({ code: 'pictures-unchecked' });
    const own: Actor = { ...publisher, unit: sourceOf().order.owner };
    expect(decided(withOne, approve({ picturesChecked: [aPicture().id] }), own)).toMatchObject({
      code: 'handling-unit-checks',
    });
    const ready = next(withOne, approve({ picturesChecked: [aPicture().id] }), publisher);
    const shown = next(ready, command('publish'), theSystem).snapshots.at(-1)?.content;
    expect(shown?.pictures).toEqual([
      { id: aPicture().id, stage: 'before', caption: '', width: 4, height: 3, bytes: 9, sha256: 'x' },
    ]);
  });

  test('have captions that are screened with the other words', () => {
    const captioned = next(proposed(), laidOut([aPicture({ caption: '郜烨琛家门口 13800001234' })]), publisher);
    expect(captioned.draft.pictures).toMatchObject([{ caption: '〔姓名〕家门口 〔电话〕' }]);
  });

  test('laid out once it is shown appear by a checked correction alone; what corrects by itself shows none of them', () => {
    const shown = next(
      next(withOne, approve({ picturesChecked: [aPicture().id] }), publisher),
      command('publish'),
      theSystem,
    );
    const other = aPicture({
      id: '0199a000-0000-4000-8000-0000000000e3',
      masks: [{ x: 0, y: 0, width: 1, height: 1 }],
    });
    const both = next(shown, laidOut([aPicture(), other]), publisher);
    const onBoard = (of: Publication) => of.snapshots.at(-1)?.content?.pictures.map(({ id: picture }) => picture);
    expect([both.state, onBoard(both)]).toEqual(['published', [aPicture().id]]);
    expect(onBoard(next(both, correct({ unit: 'other' }), theSystem))).toEqual([aPicture().id]);
    expect(decided(both, correct(), publisher)).toMatchObject({ code: 'pictures-unchecked' });
    const own: Actor = { ...publisher, unit: sourceOf().order.owner };
    expect(decided(both, correct({ picturesChecked: [other.id] }), own)).toMatchObject({
      code: 'handling-unit-checks',
    });
    expect(onBoard(next(both, correct({ picturesChecked: [other.id] }), publisher))).toEqual([aPicture().id, other.id]);
    // What goes need not be looked at.
    expect(onBoard(next(next(both, laidOut([]), publisher), correct(), publisher))).toEqual([]);
  });

  test('are needed on disk while laid out or ever shown, and no longer once they were dropped', () => {
    expect([...copiesOf(withOne)]).toEqual([aPicture().id]);
    expect([...copiesOf(next(withOne, laidOut([]), publisher))]).toEqual([]);
    expect([...copiesOf(next(withOne, command('withdraw'), publisher))]).toEqual([]);
    const shown = next(
      next(withOne, approve({ picturesChecked: [aPicture().id] }), publisher),
      command('publish'),
      theSystem,
    );
    expect([...copiesOf(next(shown, command('withdraw'), publisher))]).toEqual([aPicture().id]);
  });

  const fraction = fc.double({ min: 0, max: 1, noNaN: true });
  test('a mask covers every pixel it was asked to cover, and nothing outside the picture', () => {
    const masks = fc.record({ x: fraction, y: fraction, width: fraction, height: fraction });
    const sizes = fc.record({ width: fc.integer({ min: 1, max: 50 }), height: fc.integer({ min: 1, max: 50 }) });
    fc.assert(
      fc.property(masks, sizes, fraction, fraction, (mask, size, alongX, alongY) => {
        const pixels = coveredPixels(mask, size);
        const [px, py] = [
          Math.floor((mask.x + alongX * mask.width) * size.width),
          Math.floor((mask.y + alongY * mask.height) * size.height),
        ];
        if (mask.width === 0 || mask.height === 0 || px >= size.width || py >= size.height) return;
        if (alongX === 1 || alongY === 1) return; // the far edge is the next pixel's
        expect(pixels).not.toBeNull();
        if (pixels === null) return;
        const { left, top, width, height } = pixels;
        expect([left >= 0, top >= 0, left + width <= size.width, top + height <= size.height]).not.toContain(false);
        expect([px >= left, px < left + width, py >= top, py < top + height]).not.toContain(false);
      }),
    );
  });

  test('keep their copy only where file and masks are the same', () => {
    const mask = { x: 0, y: 0, width: 0.5, height: 0.5 };
    expect(isSameCopy(aPicture({ masks: [mask] }), aPicture({ masks: [{ ...mask }], caption: 'other' }))).toBe(true);
    expect(isSameCopy(aPicture({ masks: [mask] }), aPicture())).toBe(false);
    expect(isSameCopy(aPicture(), aPicture({ attachmentId: 'other' }))).toBe(false);
  });
});
