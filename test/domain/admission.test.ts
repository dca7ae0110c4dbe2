import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Admission,
  type AdmissionAction,
  type AdmissionParty,
  type AdmissionState,
  admissionLife,
  admissionParties,
  admissionSight,
  admissionStates,
  canSeeAdmission,
  dueOfAdmission,
  dutyLineOf,
  pendingStep,
} from '../../src/domain/admission.ts';
import {
  type AdmissionCommand,
  type AdmissionDecision,
  type AdmissionProposal,
  decideAdmission,
  propose,
} from '../../src/domain/admit.ts';
import type { City, DutyLine, Role } from '../../src/domain/city.ts';
import { isRefusal, type Refusal } from '../../src/domain/refusal.ts';
import { admits } from '../../src/domain/routing.ts';
import { allowedIn, endsOf, type Table } from '../../src/domain/table.ts';
import { after, type Instant, minutes } from '../../src/domain/time.ts';
import { type Actor, theSystem } from '../../src/domain/work-order.ts';
import { at, city, clerk, dispatcher, everybody, gridWorker, head, monday, operator } from '../support/orders.ts';
import { diagramOf } from '../support/picture.ts';

const office = (role: Role): Actor => ({ ...dispatcher, client: role, name: role, roles: [role], unit: null });
const legal = office('legal_office');
const government = office('government');
const bureau = clerk('lights');

const proposal: AdmissionProposal = {
  category: 'city/light',
  unit: null,
  unitKind: 'street',
  list: 'purchase',
  text: 'streets mend the lamps of their lanes',
  power: 'orders to the electrician',
  fund: '200 a lamp',
  staff: 'one post a street',
  contract: { number: 'C-1', between: 'lights and the streets', text: 'yearly' },
  effectiveAt: at('2026-04-01 00:00'),
  reason: 'lanes are dark for weeks',
  workOrderId: null,
};
// In this city streets do whatever is of `city`; nothing of `people` is on a list.
const people = { ...proposal, category: 'people/pension' };
const names = { id: '0199a000-0000-7000-8000-0000000000d1', number: 'ZR20260302000001' };
const setting = (actor: Actor, now: Instant = monday, where: City = city) => ({ city: where, now, actor });
const granted = (outcome: AdmissionDecision | Refusal): AdmissionDecision => {
  if (isRefusal(outcome)) throw new Error(`${outcome.code} ${JSON.stringify(outcome.details)}`);
  return outcome;
};
const proposed = (more: Partial<AdmissionProposal> = {}, as: Actor = bureau): Admission =>
  granted(propose({ ...people, ...more }, names, setting(as))).admission;
const code = (outcome: AdmissionDecision | Refusal): string | null => (isRefusal(outcome) ? outcome.code : null);
const yes = { granted: true, reason: 'so decided' };
const doing = (admission: Admission, command: AdmissionCommand, as: Actor, now?: Instant, where?: City) =>
  decideAdmission(admission, command, setting(as, now, where));
const done = (...of: Parameters<typeof doing>): Admission => granted(doing(...of)).admission;
const reviewed = (): Admission => done(proposed(), { action: 'review', said: yes }, legal);
const admitted = (): Admission => done(reviewed(), { action: 'approve', said: yes }, government);
const inState: { [S in AdmissionState]: () => Admission } = {
  legal_review: proposed,
  government_approval: reviewed,
  granted: admitted,
  refused: () => done(proposed(), { action: 'review', said: { ...yes, granted: false } }, legal),
  withdrawn: () => done(proposed(), { action: 'withdraw', said: {} }, bureau),
};

describe('proposing', () => {
  const withDuty = (line: Partial<DutyLine>): City => ({
    ...city,
    dutyLists: [
      ...city.dutyLists,
      { line: 'x', unit: null, unitKind: 'street', category: 'people', list: 'negative', text: 'never', ...line },
    ],
  });
  test.each<[string, Partial<AdmissionProposal>, string | null, City?]>([
    ['what is on no list', {}, null],
    ['for one unit', { unitKind: null, unit: 'community-a1' }, null],
    ['N6 without the power', { power: ' ' }, 'transfer-missing'],
    ['N6 without the fund', { fund: '' }, 'transfer-missing'],
    ['N6 without the staff', { staff: '' }, 'transfer-missing'],
    ['N18 without a contract', { contract: { number: '', between: 'x', text: 'x' } }, 'contract-missing'],
    ['for nobody', { unitKind: null }, 'receiver-missing'],
    ['for a unit and a kind', { unit: 'street-a' }, 'receiver-missing'],
    ['for an unknown unit', { unitKind: null, unit: 'x' }, 'unit-unknown'],
    ['for a bureau', { unitKind: null, unit: 'water' }, 'not-guarded'],
    ['an unknown category', { category: 'x' }, 'category-unknown'],
    ['from yesterday', { effectiveAt: at('2026-03-01 09:00') }, 'in-the-past'],
    ['without a reason', { reason: '' }, 'reason-missing'],
    ['what is on the list', { category: 'city/light' }, 'admitted-already'],
    [
      'an administrative act, for a community',
      { category: 'city/building', unitKind: 'community' },
      'administrative-act',
    ],
    [
      'a branch with an administrative act, for communities',
      { category: 'city', unitKind: 'community' },
      'administrative-act',
    ],
    ['what the negative list forbids', { category: 'city/building' }, 'negative-list'],
    ['more narrowly than the negative list', {}, null, withDuty({})],
    ['as broadly as the negative list', {}, 'negative-list', withDuty({ category: 'people/pension' })],
    [
      'what one unit’s own negative list forbids',
      { unitKind: null, unit: 'street-a' },
      'negative-list',
      withDuty({ unitKind: null, unit: 'street-a', category: 'people/pension' }),
    ],
  ])('%s', (_what, more, expected, where = city) => {
    expect(code(propose({ ...people, ...more }, names, setting(bureau, monday, where)))).toBe(expected);
  });

  test('names what goes not along', () => {
    const bare = propose({ ...people, power: '', staff: ' ' }, names, setting(bureau));
    expect(bare).toMatchObject({ code: 'transfer-missing', details: { missing: ['power', 'staff'] } });
  });

  test('by bureaus, streets, the district and the hotline’s leaders, and by nobody else', () => {
    const may = everybody.filter((as) => code(propose(people, names, setting(as))) === null).map((a) => a.name);
    const units = ['district', 'street-a', 'street-b', 'lights', 'enforcement', 'water', 'enforcement-a'];
    const leaders = ['dispatcher', 'shift leader', 'centre leader'];
    expect(may.toSorted()).toEqual([...leaders, ...units.flatMap((u) => [`clerk of ${u}`, `head of ${u}`])].toSorted());
    expect([operator, gridWorker].map((as) => code(propose(people, names, setting(as))))).toEqual([
      'not-yours',
      'not-yours',
    ]);
  });
});

describe('W6 two looks, each with its own limit', () => {
  test('the legal office first, the government then, and the line holds from its date', () => {
    const first = proposed();
    expect([pendingStep(first)?.decider, dueOfAdmission(first)]).toEqual(['legal_office', at('2026-03-09 18:00')]);
    const second = done(first, { action: 'review', said: yes }, legal, at('2026-03-04 10:00'));
    expect(second).toMatchObject({ state: 'government_approval', endedAt: null });
    expect([pendingStep(second)?.decider, dueOfAdmission(second)]).toEqual(['government', at('2026-03-18 18:00')]);
    const outcome = granted(doing(second, { action: 'approve', said: yes }, government, at('2026-03-05 10:00')));
    expect(outcome.admission).toMatchObject({ state: 'granted', effectiveAt: proposal.effectiveAt });
    expect(dueOfAdmission(outcome.admission)).toBeNull();
    expect(outcome.facts).toMatchObject([{ type: 'admission_granted', unit: 'lights' }]);
    const line = dutyLineOf(outcome.admission);
    expect(line).toMatchObject({ line: names.number, list: 'purchase', text: people.text, basis: names.id });
    const street = city.units.get('street-a');
    const asked =
      street &&
      [city, { ...city, dutyLists: [...city.dutyLists, line] }].map((c) => admits(c, street, people.category).refused);
    expect(asked).toEqual([true, false]);
  });

  test('either refuses, and that is the end', () => {
    const no = { granted: false, reason: 'no fund' };
    expect(done(proposed(), { action: 'review', said: no }, legal)).toMatchObject({
      state: 'refused',
      steps: [{ state: 'refused' }],
    });
    const end = done(reviewed(), { action: 'approve', said: no }, government);
    expect(end).toMatchObject({
      state: 'refused',
      steps: [{ state: 'granted' }, { state: 'refused', reason: 'no fund' }],
    });
    expect(end.clocks.every((c) => c.state === 'stopped')).toBe(true);
  });

  test('what has become wrong meanwhile cannot be granted, and can be refused', () => {
    const lists = [...city.dutyLists, dutyLineOf(admitted())];
    const later = { ...city, dutyLists: lists };
    const waiting = reviewed();
    expect(code(doing(waiting, { action: 'approve', said: yes }, government, monday, later))).toBe('admitted-already');
    const no = { granted: false, reason: 'done elsewhere' };
    expect(code(doing(waiting, { action: 'approve', said: no }, government, monday, later))).toBeNull();
  });

  test('nobody decides what they asked, by any name', () => {
    const both: Actor = { ...bureau, roles: ['unit_leader', 'legal_office', 'government'] };
    const waiting = proposed({}, both);
    for (const as of [both, { ...both, name: 'somebody else' }, { ...both, client: 'another' }])
      expect(code(doing(waiting, { action: 'review', said: yes }, as))).toBe('own-request');
    expect(code(doing(waiting, { action: 'review', said: yes }, government))).toBe('not-the-decider');
    expect(code(doing(waiting, { action: 'review', said: { ...yes, reason: ' ' } }, legal))).toBe('reason-missing');
  });
});

describe('silence', () => {
  const lapse = { action: 'lapse', said: {} } as const;
  test('the review of a silent legal office goes to the government, which still approves as well', () => {
    const now = at('2026-03-09 18:00');
    const lapsed = granted(doing(proposed(), lapse, theSystem, now));
    expect(lapsed.admission).toMatchObject({
      state: 'legal_review',
      steps: [
        { state: 'lapsed', decidedBy: null },
        { state: 'pending', decider: 'government' },
      ],
    });
    expect(pendingStep(lapsed.admission)?.succeeds).toBe(lapsed.admission.steps[0]?.id);
    expect(lapsed.facts).toMatchObject([{ type: 'admission_lapsed', body: { from: 'legal_office' } }]);
    expect(code(doing(lapsed.admission, { action: 'review', said: yes }, legal, now))).toBe('not-the-decider');
    const next = done(lapsed.admission, { action: 'review', said: yes }, government, now);
    expect(next.state).toBe('government_approval');
  });

  test('a silent government is urged with every working day, and nothing is decided by it', () => {
    const due = at('2026-03-16 18:00');
    const urged = granted(doing(reviewed(), lapse, theSystem, due));
    expect(urged.facts).toMatchObject([{ type: 'urged' }]);
    expect(urged.admission).toMatchObject({ state: 'government_approval', steps: [{}, { state: 'pending' }] });
    expect(dueOfAdmission(urged.admission)).toBe(at('2026-03-17 18:00'));
  });

  test('however long it lasts, it never grants and never refuses, and one look waits with one clock', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3), { maxLength: 12 }), (steps) => {
        let admission = proposed();
        let now = monday;
        for (const step of steps) {
          now = after(now, minutes(60 * 24 * 9));
          const command: AdmissionCommand =
            step === 3 && admission.state === 'legal_review' ? { action: 'review', said: yes } : lapse;
          const as = command.action === 'lapse' ? theSystem : office(pendingStep(admission)?.decider ?? 'admin');
          admission = done(admission, command, as, now);
          expect(admission.steps.filter((s) => s.state === 'pending')).toHaveLength(1);
          expect(admission.clocks.filter((c) => c.state !== 'stopped').map((c) => c.about)).toEqual([
            pendingStep(admission)?.id,
          ]);
          expect(['legal_review', 'government_approval']).toContain(admission.state);
        }
      }),
    );
  });
});

describe.each(admissionStates)('an admission in %s', (state) => {
  const words: { [A in AdmissionAction]: object } = { review: yes, approve: yes, withdraw: {}, lapse: {} };
  test.each(Object.keys(admissionLife) as AdmissionAction[])('takes %s exactly from whom the table says', (action) => {
    const table: Table<AdmissionAction, AdmissionState, AdmissionParty, string> = admissionLife;
    const admission = inState[state]();
    expect(admission.state).toBe(state);
    for (const actor of [...everybody, legal, government]) {
      const outcome = doing(admission, { action, said: words[action] } as AdmissionCommand, actor);
      const mayNow = allowedIn(table, state, admissionParties(actor, admission));
      if (admission.endedAt !== null) expect(code(outcome)).toBe('not-pending');
      else if (!table[action].from.includes(state))
        expect(outcome).toMatchObject({ code: 'wrong-state', details: { allowedActions: mayNow } });
      else if (!mayNow.includes(action))
        expect(['not-yours', 'own-request', 'not-the-decider']).toContain(code(outcome));
      else {
        const to = granted(outcome).admission.state;
        expect(endsOf(table[action], state)).toContain(to === state ? 'unchanged' : to);
      }
    }
  });
});

test('W6 the life of an admission', () => {
  const table: Table<AdmissionAction, AdmissionState, AdmissionParty, string> = admissionLife;
  expect(diagramOf(table, ['legal_review', 'propose'])).toMatchInlineSnapshot(`
    "stateDiagram-v2
      [*] --> legal_review : propose
      legal_review --> government_approval : review
      legal_review --> refused : review
      government_approval --> granted : approve
      government_approval --> refused : approve
      legal_review --> withdrawn : withdraw
      government_approval --> withdrawn : withdraw
      refused --> [*]
      granted --> [*]
      withdrawn --> [*]"
  `);
});

test('a unit sees what it asked and what it, or its kind, would be given', () => {
  const sees = (as: Actor, admission: Admission) => canSeeAdmission(admissionSight(as, city), admission);
  const all = proposed();
  const one = proposed({ unitKind: null, unit: 'street-b' });
  const who = [
    bureau,
    clerk('water'),
    head('street-a'),
    head('street-b'),
    head('district'),
    clerk('community-a1'),
    legal,
    government,
  ];
  expect(who.map((as) => sees(as, all))).toEqual([true, false, true, true, true, false, true, true]);
  expect(who.map((as) => sees(as, one))).toEqual([true, false, false, true, true, false, true, true]);
});
