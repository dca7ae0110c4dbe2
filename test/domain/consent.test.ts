import { describe, expect, test } from 'vitest';
import { askingFault, type Consent, consentSightOf, seesConsent } from '../../src/domain/consent.ts';
import { climbUndertaking } from '../../src/domain/ladder-climb.ts';
import { defaultLadder } from '../../src/domain/ladder-rows.ts';
import { isRefusal } from '../../src/domain/refusal.ts';
import { askConsent, decideUndertaking, type UndertakingCommand } from '../../src/domain/undertake.ts';
import {
  type Undertaking,
  type UndertakingAction,
  type UndertakingState,
  undertakingLife,
  undertakingParties,
  undertakingStates,
} from '../../src/domain/undertaking.ts';
import { type Actor, theSystem } from '../../src/domain/work-order.ts';
import { at, clerk, everybody, head, inspector, city as plain } from '../support/orders.ts';
import { asks as asksPlain, yes } from '../support/powers.ts';
import { heldToLife } from '../support/undertakings.ts';

// The city of the other tests, with a post for the head of whoever is to be appointed.
const leader = (unit: string) => ({
  code: `${unit}-leader`,
  unit,
  name: 'head',
  role: 'unit_leader' as const,
  holderA: 'jia',
  holderB: null,
  acting: 'A' as const,
  areas: [],
  skills: [],
});
const city = { ...plain, posts: [...plain.posts, leader('enforcement-a'), leader('water'), leader('street-a')] };
const asks = (actor: Actor, more: object = {}) => asksPlain(actor, { city, ...more });
const district = head('district');
// The street's desk calls units together; consent is its leader's own word.
const desk = head('street-a');
const street: Actor = { ...desk, roles: ['unit_leader'] };
const government: Actor = { ...head('district'), name: 'mayor', roles: ['government'] };

const consent: Consent = {
  unit: 'enforcement-a',
  post: 'enforcement-a-leader',
  candidate: null,
  purpose: 'promotion',
  dossier: { id: '0199a000-0000-7000-8000-00000000f001', hash: 'h' },
  decision: null,
};
const names = { id: '0199a000-0000-7000-8000-00000000f002', number: 'U-2' };
const asked = (setting = asks(district), more: object = {}): Undertaking =>
  yes(askConsent({ asked: 'street-a', consent, title: 'head', demand: '', ...more }, names, setting)).undertaking;
const then = (of: Undertaking, command: UndertakingCommand, actor: Actor): Undertaking =>
  yes(decideUndertaking(of, command, asks(actor))).undertaking;
const answered = (result: 'consented' | 'refused' = 'consented'): Undertaking =>
  then(asked(), { action: 'finish', said: { result, text: 'late twice' } }, street);
const consentIn = (state: UndertakingState): Undertaking => {
  switch (state) {
    case 'open':
      return asked();
    case 'done':
      return answered();
    case 'decided':
      return then(answered(), { action: 'decide', said: { taken: true } }, district);
    case 'cancelled':
      return then(asked(), { action: 'cancel', said: { reason: 'the post is gone' } }, district);
  }
};
describe.each(undertakingStates)('W4b a consent that is %s', (state) => {
  test.each(Object.keys(undertakingLife) as UndertakingAction[])(
    'takes %s exactly from whom the table says',
    (action) => {
      const said = { finish: { result: 'consented', text: '' } } as const;
      heldToLife(consentIn(state), action, [...everybody, government, street], asks, said);
    },
  );
});

test('W4b only the leader of the asked street answers, and only whoever appoints decides or withdraws', () => {
  const allowed = (actor: Actor) => [...undertakingParties(actor, asked(), city)];
  expect([allowed(street), allowed(district), allowed(government)]).toEqual([['leader'], ['organiser'], ['organiser']]);
  for (const actor of [desk, clerk('street-a'), clerk('district'), head('enforcement-a'), head('street-b'), inspector])
    expect(allowed(actor), actor.name).toEqual([]);
});

describe('W4b G11 who may ask whom', () => {
  const fault = (actor: Actor, more: object = {}) =>
    askingFault({ asked: 'street-a', unit: 'enforcement-a', post: 'enforcement-a-leader', ...more }, asks(actor))?.code;
  test('the district or the bureau of the line asks the street at which the unit is stationed', () => {
    expect(fault(district)).toBeUndefined();
    expect(fault(government)).toBeUndefined();
    const line = city.units.get('enforcement-a')?.line ?? '';
    expect(fault(head(line))).toBeUndefined();
  });
  test('whoever does not appoint asks nobody: a clerk, another bureau, the unit, and the street itself', () => {
    for (const actor of [clerk('district'), head('water'), head('enforcement-a'), head('street-b')])
      expect(fault(actor), actor.unit ?? '').toBe('not-appointing');
    expect(fault(street)).toBe('not-served');
  });
  test('a street is asked about those it is served by, and about no others', () => {
    expect(fault(district, { unit: 'water', post: 'water-leader' })).toBeUndefined();
    expect(fault(district, { asked: 'street-b' })).toBe('not-served');
    expect(fault(district, { asked: 'water' })).toBe('not-served');
    expect(fault(district, { unit: 'street-a', post: 'street-a-leader' })).toBe('not-served');
    expect(fault(district, { post: 'water-leader' })).toBe('post-unknown');
    expect(fault(district, { asked: 'nobody' })).toBe('unit-unknown');
  });
});

test('W4b a refusal needs its reason, and so does whoever decides against one', () => {
  const finish = (result: 'consented' | 'consented_with_remarks' | 'refused', text: string) => {
    const outcome = decideUndertaking(asked(), { action: 'finish', said: { result, text } }, asks(street));
    return isRefusal(outcome) ? outcome.code : outcome.undertaking.state;
  };
  expect(finish('consented', '')).toBe('done');
  expect([finish('refused', ' '), finish('consented_with_remarks', '')]).toEqual(['reason-missing', 'reason-missing']);
  const decide = (of: Undertaking, taken: boolean, reason?: string) => {
    const outcome = decideUndertaking(of, { action: 'decide', said: { taken, reason } }, asks(district));
    return isRefusal(outcome) ? outcome.code : outcome.undertaking.about.consent?.decision?.taken;
  };
  expect(decide(answered('refused'), true)).toBe('reason-missing');
  expect(decide(answered('refused'), true, 'nobody else')).toBe(true);
  expect(decide(answered('refused'), false)).toBe(false);
  expect(decide(answered('consented'), true)).toBe(true);
});

test('W4b silence is never consent: five working days on the street is urged, a day later the asker told, and it stays open', () => {
  let of = asked();
  expect(of.dueAt).toBe(at('2026-03-09 18:00'));
  const climb = (moment: string) => {
    const climbed = climbUndertaking(of, 1, defaultLadder, asks(theSystem, { now: at(moment) }));
    of = climbed?.order ?? of;
    return climbed?.intents.map((intent) => [intent.do, 'unit' in intent ? intent.unit : null]);
  };
  expect(climb('2026-03-06 18:00')).toEqual([['warn', 'street-a']]);
  expect(climb('2026-03-09 18:00')).toEqual([['urge', 'street-a']]);
  expect(climb('2026-03-10 18:00')).toEqual([['tell', 'district']]);
  expect(climb('2026-12-31 18:00')).toBeUndefined();
  expect(of.state).toBe('open');
  const early = decideUndertaking(of, { action: 'decide', said: { taken: true } }, asks(district));
  expect(isRefusal(early) && early.code).toBe('wrong-state');
});

test('W4b it is seen by both sides’ leaders and those who look after appointments, and never by the unit it is about', () => {
  const of = { unit: 'street-a', by: 'district', consent };
  const sees = (actor: Actor) => seesConsent(consentSightOf(actor), of);
  const own: Actor = { ...head('enforcement-a'), roles: ['unit_leader', 'auditor'] };
  expect([street, district, government, inspector].map(sees)).toEqual([true, true, true, true]);
  for (const actor of everybody.filter((each) => !each.system && each !== inspector)) {
    const isSide = ['street-a', 'district'].includes(actor.unit ?? '') && actor.roles.includes('unit_leader');
    expect(sees(actor), `${actor.name} of ${actor.unit}`).toBe(isSide);
  }
  expect([own, head('enforcement-a')].map(sees)).toEqual([false, false]);
});
