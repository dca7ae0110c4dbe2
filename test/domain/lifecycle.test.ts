import { describe, expect, test } from 'vitest';
import type { Said } from '../../src/domain/commands.ts';
import { type Command, decide } from '../../src/domain/decide.ts';
import { type Action, actions, endsOf, lifecycle, type Row } from '../../src/domain/lifecycle.ts';
import { partiesOf } from '../../src/domain/parties.ts';
import { isEnd, isOpen, openStates, states } from '../../src/domain/work-order.ts';
import { anOrder, at, city, everybody, inside, monday } from '../support/orders.ts';
import { arrows, shown, wanted } from '../support/picture.ts';

/** Something sensible to say with each action. */
const words: { [A in Action]: Said[A] } = {
  correct: { urgency: 'urgent' },
  place: { placement: inside('DA'), reason: 'heard on the phone' },
  accept: {},
  split: { orders: [] },
  answer: { text: 'like this' },
  refer: { to: 'wishes', reason: 'a wish' },
  merge: { into: 'another', number: '20260302-000002' },
  unmerge: { disposition: 'hold' },
  void: { reason: 'a test call' },
  'self-handle': { text: 'swept', result: 'solved', evidence: [] },
  dispatch: { unit: 'water', basis: 'by agreement' },
  sign: {},
  sign_by_timeout: {},
  redispatch: { unit: 'water', basis: 'by agreement', reason: 'a slip' },
  'move-duty': { unit: 'water', basis: 'by agreement', reason: 'moved' },
  'pass-down': { unit: 'street-a' },
  designate: { unit: 'water', basis: 'by agreement' },
  return: { unit: 'water', basis: 'by agreement', since: monday },
  hand_over: { unit: 'water', basis: 'by agreement' },
  contact: { how: 'phone', whom: 'resident', outcome: 'reached' },
  assign: { to: 'office', task: 'look' },
  promise: { dueAt: at('2026-03-03 12:00') },
  suspend: { cause: 'force_majeure', until: at('2026-03-03 12:00'), approver: 'somebody' },
  resume: {},
  put_on_account: { plan: 'later', cause: 'legal_process', until: at('2026-03-03 12:00'), approver: 'somebody' },
  restore: {},
  submit: { result: 'solved', text: 'mended', evidence: [{ text: 'photo' }], requesterTold: true },
  review: { passed: true },
  verify: { passed: true },
  verify_by_timeout: {},
  judge: { cause: 'inspection', reason: 'seen' },
  conclude: {},
  reopen: {},
  take: {},
  terminate: { reason: 'in court' },
  reject: { class: 'secrets', explanation: 'a secret' },
  object: { reason: 'not so' },
  withdraw: { requestId: 'r1' },
  note: { text: 'seen', public: false },
  urge: {},
  assist: { unit: 'water', task: 'pump' },
  watch: { unit: 'water', why: 'curious' },
  archive: {},
};
const command = (action: Action) => ({ action, said: words[action] }) as unknown as Command;
const orders = states.map((state) => anOrder(state));

describe.each(orders)('an order in $state', (order) => {
  test.each(actions)('takes %s exactly from whom the table says', (action) => {
    expect(order.state).toBe(states[orders.indexOf(order)]);
    const row: Row = lifecycle[action];
    for (const actor of everybody) {
      const parties = partiesOf(actor, order, city);
      const mayNow = actions.filter((other) => {
        const { from, by }: Row = lifecycle[other];
        return from.includes(order.state) && by.some((party) => parties.has(party));
      });
      const outcome = decide(order, command(action), { city, now: monday, actor });
      const seen = `${actor.name}: ${JSON.stringify(outcome).slice(0, 200)}`;
      if (!row.from.includes(order.state)) {
        const details = { state: order.state, action, allowedActions: mayNow };
        expect(outcome, seen).toEqual({ kind: 'refused', code: 'wrong-state', details });
      } else if (!mayNow.includes(action)) {
        const code = { verify: 'verifier-only', designate: 'not-superior' }[action as string] ?? 'not-yours';
        expect(outcome, seen).toMatchObject({ kind: 'refused', code, details: { action, allowedFor: row.by } });
      } else if (outcome.kind === 'refused') {
        expect(row.unless, seen).toContain(outcome.code);
      } else {
        const to = outcome.order.state === order.state ? 'unchanged' : outcome.order.state;
        const ends = endsOf(row, order.state);
        expect(ends.includes(order.state) ? [...ends, 'unchanged'] : ends, seen).toContain(to);
      }
    }
  });
});

test('every state but the archive can be left, and every one but the first is reached', () => {
  const from = new Set(arrows().map((arrow) => arrow.from));
  const to = new Set(arrows().map((arrow) => arrow.to));
  expect(states.filter((state) => !from.has(state))).toEqual(['archived']);
  expect(states.filter((state) => !to.has(state))).toEqual(['registered']);
  expect(states.filter((state) => !isOpen(state) && !isEnd(state))).toEqual(['archived']);
});

test('an order can end from wherever it is', () => {
  for (const start of openStates) {
    const reached = new Set<string>([start]);
    for (const state of reached) for (const { from, to } of arrows()) if (from === state) reached.add(to);
    expect([...reached].some((state) => isEnd(state as (typeof states)[number]))).toBe(true);
  }
});

test('the README shows the table as it is; `npm run picture` writes it', () => {
  expect(shown()).toBe(wanted());
});

// The matrix above follows the table wherever it goes; this does not.
test('the life of a work order', () => {
  expect(arrows().map(({ from, to, actions: by }) => `${from} > ${to}: ${by.join(', ')}`)).toMatchInlineSnapshot(`
    [
      "registered > accepted: accept",
      "registered > answered: answer",
      "accepted > answered: answer",
      "registered > referred: refer",
      "accepted > referred: refer",
      "registered > merged: merge",
      "accepted > merged: merge",
      "dispatched > merged: merge",
      "signed > merged: merge",
      "handling > merged: merge",
      "merged > accepted: unmerge",
      "registered > void: void",
      "accepted > void: void",
      "dispatched > void: void",
      "registered > submitted: self-handle",
      "accepted > submitted: self-handle",
      "accepted > dispatched: dispatch",
      "dispatched > signed: sign, sign_by_timeout",
      "signed > signed: sign",
      "dispatched > dispatched: redispatch, move-duty, pass-down, designate, return",
      "signed > dispatched: redispatch, move-duty, pass-down, designate, return, hand_over",
      "handling > dispatched: move-duty, designate, return, hand_over",
      "rework > dispatched: move-duty, designate",
      "suspended > dispatched: move-duty, designate",
      "on_account > dispatched: move-duty, designate",
      "signed > handling: contact",
      "rework > handling: contact, take",
      "handling > suspended: suspend",
      "suspended > handling: resume",
      "handling > on_account: put_on_account",
      "on_account > on_account: put_on_account",
      "on_account > handling: restore",
      "signed > submitted: submit",
      "handling > submitted: submit",
      "submitted > verifying: review",
      "submitted > following_up: review",
      "submitted > handling: review",
      "verifying > following_up: verify, verify_by_timeout",
      "verifying > rework: verify",
      "following_up > closed: conclude",
      "following_up > rework: conclude",
      "closed > rework: reopen, object",
      "signed > terminated: terminate",
      "handling > terminated: terminate",
      "rework > terminated: terminate",
      "suspended > terminated: terminate",
      "on_account > terminated: terminate",
      "registered > rejected: reject",
      "accepted > rejected: reject",
      "rejected > accepted: object",
      "answered > accepted: object",
      "terminated > handling: object",
      "registered > withdrawn: withdraw",
      "accepted > withdrawn: withdraw",
      "dispatched > withdrawn: withdraw",
      "signed > withdrawn: withdraw",
      "handling > withdrawn: withdraw",
      "suspended > withdrawn: withdraw",
      "on_account > withdrawn: withdraw",
      "submitted > withdrawn: withdraw",
      "verifying > withdrawn: withdraw",
      "following_up > withdrawn: withdraw",
      "rework > withdrawn: withdraw",
      "closed > archived: archive",
      "answered > archived: archive",
      "rejected > archived: archive",
      "merged > archived: archive",
      "referred > archived: archive",
      "terminated > archived: archive",
      "withdrawn > archived: archive",
      "void > archived: archive",
    ]
  `);
});

test('whose part each action is', () => {
  const byWhom = Object.fromEntries(actions.map((action) => [action, lifecycle[action].by.join(' ')]));
  expect(byWhom).toMatchInlineSnapshot(`
    {
      "accept": "operator system",
      "answer": "operator system",
      "archive": "system",
      "assign": "owner owner_leader",
      "assist": "dispatcher shift_leader owner owner_leader street superior",
      "conclude": "system",
      "contact": "owner go_between",
      "correct": "operator dispatcher",
      "designate": "superior_of_problem approval",
      "dispatch": "dispatcher system",
      "hand_over": "approval",
      "judge": "inspector shift_leader system",
      "merge": "operator dispatcher shift_leader",
      "move-duty": "dispatcher",
      "note": "onlooker",
      "object": "approval",
      "pass-down": "district_or_street_owner",
      "place": "operator dispatcher",
      "promise": "owner",
      "put_on_account": "approval",
      "redispatch": "dispatcher",
      "refer": "operator dispatcher",
      "reject": "approval",
      "reopen": "requester inspector system",
      "restore": "owner system",
      "resume": "owner system",
      "return": "approval",
      "review": "reviewer",
      "self-handle": "grid_worker community",
      "sign": "owner",
      "sign_by_timeout": "system",
      "split": "operator",
      "submit": "owner owner_leader",
      "suspend": "approval",
      "take": "owner",
      "terminate": "approval",
      "unmerge": "operator dispatcher",
      "urge": "requester operator dispatcher street superior",
      "verify": "verifier",
      "verify_by_timeout": "system",
      "void": "shift_leader",
      "watch": "dispatcher street grid_worker superior system",
      "withdraw": "requester operator",
    }
  `);
});

test('what stays within its state', () => {
  const unchanged = actions.filter((action) =>
    (lifecycle[action] as Row).from.some((from) => endsOf(lifecycle[action], from).includes('unchanged')),
  );
  const where = Object.fromEntries(unchanged.map((action) => [action, lifecycle[action].from.join(' ')]));
  expect(where).toMatchInlineSnapshot(`
    {
      "assign": "signed handling rework",
      "assist": "registered accepted dispatched signed handling suspended on_account submitted verifying following_up rework",
      "contact": "signed handling rework suspended following_up",
      "correct": "registered accepted dispatched signed handling",
      "judge": "following_up closed",
      "note": "registered accepted dispatched signed handling suspended on_account submitted verifying following_up rework",
      "place": "registered accepted",
      "promise": "signed handling rework",
      "split": "registered accepted",
      "urge": "registered accepted dispatched signed handling suspended on_account submitted verifying following_up rework",
      "watch": "registered accepted dispatched signed handling suspended on_account submitted verifying following_up rework",
      "withdraw": "registered accepted dispatched signed handling suspended on_account submitted verifying following_up rework",
    }
  `);
});

test('what may stand in the way of each, and the clocks it stops and starts', () => {
  const lines = actions.map((action) => {
    const { unless = [], stops = [], starts = [] }: Row = lifecycle[action];
    return `${action}: unless ${unless.join(' ')} | stops ${stops.join(' ')} | starts ${starts.join(' ')}`;
  });
  expect(lines).toMatchInlineSnapshot(`
    [
      "correct: unless category-unknown category-not-leaf | stops  | starts ",
      "place: unless already-placed reason-missing | stops  | starts ",
      "accept: unless category-missing | stops  | starts ",
      "split: unless  | stops  | starts ",
      "answer: unless answer-missing | stops  | starts ",
      "refer: unless reason-missing | stops  | starts ",
      "merge: unless leads-incident | stops  | starts ",
      "unmerge: unless  | stops  | starts dispatching",
      "void: unless reason-missing leads-incident | stops  | starts ",
      "self-handle: unless category-missing off-duty-list administrative-act photos-missing | stops dispatching | starts review",
      "dispatch: unless directory-undecided unit-unknown unit-not-ready basis-missing administrative-act assessment-task off-duty-list | stops dispatching sign contact resolve promise rework pause_end on_account_review pass_down | starts sign contact resolve",
      "sign: unless signed-by-a-clerk | stops sign | starts ",
      "sign_by_timeout: unless urgent-never | stops sign | starts ",
      "redispatch: unless reason-missing directory-undecided unit-unknown unit-not-ready basis-missing same-unit administrative-act assessment-task off-duty-list | stops dispatching sign contact resolve promise rework pause_end on_account_review pass_down | starts sign contact resolve",
      "move-duty: unless reason-missing unit-unknown unit-not-ready same-unit administrative-act assessment-task off-duty-list | stops dispatching sign contact resolve promise rework pause_end on_account_review pass_down | starts sign contact resolve",
      "pass-down: unless unit-unknown unit-not-ready not-subordinate pass-down-late administrative-act assessment-task off-duty-list | stops dispatching sign contact resolve promise rework pause_end on_account_review pass_down | starts sign contact resolve",
      "designate: unless unit-unknown unit-not-ready basis-missing administrative-act assessment-task off-duty-list | stops dispatching sign contact resolve promise rework pause_end on_account_review pass_down | starts sign contact resolve",
      "return: unless unit-unknown unit-not-ready same-unit administrative-act assessment-task off-duty-list | stops dispatching sign contact resolve promise rework pause_end on_account_review pass_down | starts sign contact resolve",
      "hand_over: unless unit-unknown unit-not-ready same-unit administrative-act assessment-task off-duty-list | stops dispatching sign contact resolve promise rework pause_end on_account_review pass_down | starts sign contact resolve",
      "contact: unless in-the-future contact-not-applicable | stops pass_down | starts ",
      "assign: unless later-than-the-limit not-of-the-unit | stops  | starts ",
      "promise: unless in-the-past not-earlier | stops  | starts ",
      "suspend: unless  | stops  | starts pause_end",
      "resume: unless  | stops pause_end | starts ",
      "put_on_account: unless  | stops  | starts pause_end on_account_review",
      "restore: unless  | stops pause_end on_account_review | starts ",
      "submit: unless evidence-missing requester-not-told leader-signature-missing | stops resolve rework promise pass_down | starts review",
      "review: unless reason-missing | stops review | starts verify",
      "verify: unless reason-missing | stops verify | starts ",
      "verify_by_timeout: unless  | stops verify | starts ",
      "judge: unless judged-already | stops  | starts judgement",
      "conclude: unless answers-awaited | stops follow_up first_attempt link | starts ",
      "reopen: unless requester-window reopened-before | stops  | starts rework",
      "take: unless  | stops  | starts ",
      "terminate: unless  | stops  | starts ",
      "reject: unless leads-incident | stops  | starts ",
      "object: unless  | stops  | starts ",
      "withdraw: unless request-unknown withdrawn-already | stops  | starts ",
      "note: unless  | stops  | starts ",
      "urge: unless  | stops  | starts ",
      "assist: unless unit-unknown same-unit assessment-task off-duty-list | stops  | starts ",
      "watch: unless  | stops  | starts ",
      "archive: unless too-early | stops  | starts ",
    ]
  `);
});
