import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AttemptSaid, recordAttempt } from '../../src/domain/attempt.ts';
import { callFault, dayPartOf, isCalled, nextCallAt } from '../../src/domain/calling.ts';
import { settle } from '../../src/domain/decide.ts';
import { type FollowUp, unsolvedRounds } from '../../src/domain/follow-up.ts';
import { clockOf } from '../../src/domain/order-clocks.ts';
import { hours, type Instant, iso, after as later, minutes, shanghai } from '../../src/domain/time.ts';
import type { WorkOrder } from '../../src/domain/work-order.ts';
import { anOrder, at, city, clerk, followUpAgent, granted, monday } from '../support/orders.ts';

const said = (outcome: AttemptSaid['outcome'], local: string, callBackAt: string | null = null): AttemptSaid => ({
  outcome,
  at: at(local),
  callRecordId: null,
  callBackAt: callBackAt === null ? null : at(callBackAt),
});
const settingAt = (now: Instant) => ({ city, now, actor: followUpAgent });
const asked = (): WorkOrder => anOrder('following_up', { now: monday });
const first = (order: WorkOrder): FollowUp => order.followUps[0] as FollowUp;
const attempt = (order: WorkOrder, words: AttemptSaid) =>
  recordAttempt(order, first(order).id, words, settingAt(words.at));
/** The order after these calls, each expected to be allowed. */
const called = (...calls: readonly AttemptSaid[]): WorkOrder =>
  calls.reduce((order, words) => settle(granted(attempt(order, words)), settingAt(words.at)).order, asked());
const refusal = (order: WorkOrder, words: AttemptSaid): string | null => {
  const outcome = attempt(order, words);
  return outcome.kind === 'refused' ? outcome.code : null;
};
const next = (order: WorkOrder): string | null => {
  const moment = nextCallAt(first(order), shanghai);
  return moment === null ? null : iso(moment).slice(0, 16).replace('T', ' ');
};
const monday9 = said('no_answer', '2026-03-02 09:00');

describe('G37 when a resident may be called', () => {
  test.each([
    ['2026-03-02 08:59', 'outside-calling-hours'],
    ['2026-03-02 09:00', null],
    ['2026-03-02 19:59', null],
    ['2026-03-02 20:00', 'outside-calling-hours'],
    ['2026-03-03 03:00', 'outside-calling-hours'],
  ])('at %s: %s', (local, code) => {
    const order = { ...asked(), followUps: [{ ...first(asked()), openedAt: at('2026-03-02 08:00') }] };
    expect(refusal(order, said('no_answer', local))).toBe(code);
  });

  test('the second call is four hours later and in another part of the day', () => {
    const order = called(said('no_answer', '2026-03-02 11:00'));
    expect(next(order)).toBe('2026-03-02 15:00');
    expect(refusal(order, said('no_answer', '2026-03-02 14:59'))).toBe('called-too-soon');
    expect(refusal(order, said('no_answer', '2026-03-03 11:00'))).toBe('day-part-used');
    expect(refusal(order, said('no_answer', '2026-03-02 15:00'))).toBeNull();
  });

  test('a late afternoon leaves the evening of the next day, and a morning between', () => {
    expect(next(called(said('no_answer', '2026-03-02 17:30')))).toBe('2026-03-03 09:00');
    expect(next(called(said('no_answer', '2026-03-02 10:00'), said('no_answer', '2026-03-02 17:30')))).toBe(
      '2026-03-03 18:00',
    );
  });

  test('who asked to be called at an hour is called then and not before, in whatever part of the day', () => {
    const order = called(monday9, said('call_back_at', '2026-03-02 14:00', '2026-03-03 10:30'));
    expect(next(order)).toBe('2026-03-03 10:30');
    expect(refusal(order, said('no_answer', '2026-03-03 10:29'))).toBe('called-too-soon');
    expect(refusal(order, said('no_answer', '2026-03-03 10:30'))).toBeNull();
  });

  test.each([
    [null, 'call-back-missing'],
    ['2026-03-02 08:00', 'in-the-past'],
    ['2026-03-02 20:30', 'outside-calling-hours'],
    ['2026-03-10 10:00', 'later-than-the-limit'],
    ['2026-03-09 17:00', null],
  ])('a call back at %s: %s', (callBackAt, code) => {
    expect(refusal(asked(), said('call_back_at', '2026-03-02 10:00', callBackAt))).toBe(code);
  });

  test('a call that has not been made yet is refused', () => {
    const setting = settingAt(monday);
    const outcome = recordAttempt(asked(), first(asked()).id, said('no_answer', '2026-03-02 10:00'), setting);
    expect(outcome).toMatchObject({ kind: 'refused', code: 'in-the-future' });
  });

  test('the handling unit calls nobody about its own work', () => {
    const order = asked();
    const setting = { city, now: monday, actor: clerk(order.owner) };
    expect(recordAttempt(order, first(order).id, monday9, setting)).toMatchObject({ code: 'handling-unit-asks' });
  });

  test('the next call is the first moment that is not refused', () => {
    const moments = fc.integer({ min: 0, max: 60 * 24 * 4 }).map((m) => later(monday, minutes(m)));
    fc.assert(
      fc.property(fc.array(moments, { maxLength: 2 }), (times) => {
        const attempts = times
          .toSorted((a, b) => a - b)
          .filter((t) => dayPartOf(t, shanghai) !== null)
          .map((t) => ({ ...said('no_answer', '2026-03-02 09:00'), at: t, by: 'agent' }));
        const followUp: FollowUp = { ...first(asked()), attempts };
        const moment = nextCallAt(followUp, shanghai);
        if (moment === null) throw new Error('somebody is still to be called');
        expect(callFault(followUp, moment, shanghai)).toBeNull();
        const from = Math.max(followUp.openedAt, (attempts.at(-1)?.at ?? 0) + hours(4) * 60_000);
        for (let t = from; t < moment; t += 60_000) expect(callFault(followUp, t as Instant, shanghai)).not.toBeNull();
      }),
      { numRuns: 60 },
    );
  });
});

describe('G37 what comes of a call', () => {
  const three = () => called(monday9, said('no_answer', '2026-03-02 13:00'), said('no_answer', '2026-03-02 18:00'));

  test('after three that nobody answered a link is sent, valid for seven days, and nobody calls any more', () => {
    const order = three();
    expect(order.state).toBe('following_up');
    expect(first(order)).toMatchObject({ state: 'open', linkSentAt: at('2026-03-02 18:00') });
    expect(isCalled(first(order))).toBe(false);
    expect(clockOf(order, 'follow_up')).toBeUndefined();
    expect(iso(clockOf(order, 'link')?.dueAt ?? monday)).toBe('2026-03-09T23:59:59+08:00');
    expect(refusal(order, said('no_answer', '2026-03-03 09:00'))).toBe('calls-over');
  });

  test('a call back is not one of the three', () => {
    const order = called(
      monday9,
      said('call_back_at', '2026-03-02 13:00', '2026-03-02 15:00'),
      said('no_answer', '2026-03-02 15:00'),
    );
    expect(first(order).linkSentAt).toBeNull();
    expect(next(order)).toBe('2026-03-02 19:00');
  });

  test('whoever refuses to talk gets the link at once; an asker’s word alone ends nothing', () => {
    const order = called(said('refused', '2026-03-02 10:00'));
    expect(first(order)).toMatchObject({ state: 'open', linkSentAt: at('2026-03-02 10:00') });
    expect(order.state).toBe('following_up');
  });

  test('a wrong number gets no link, for a stranger would answer it: not reached, and the order closes', () => {
    const order = called(said('wrong_number', '2026-03-02 10:00'));
    expect(first(order)).toMatchObject({ state: 'not_reached', linkSentAt: null, answer: null });
    expect(order).toMatchObject({ state: 'closed', ending: { class: 'followed_up' } });
  });

  test('the first call stops the clock of the first call alone', () => {
    const order = asked();
    expect(iso(clockOf(order, 'first_attempt')?.dueAt ?? monday)).toBe('2026-03-03T18:00:00+08:00');
    expect(iso(clockOf(order, 'follow_up')?.dueAt ?? monday)).toBe('2026-03-09T18:00:00+08:00');
    const tried = called(monday9);
    expect([clockOf(tried, 'first_attempt'), clockOf(tried, 'follow_up')?.state]).toEqual([undefined, 'running']);
  });

  test('the same call again changes nothing', () => {
    const order = called(monday9);
    expect(granted(attempt(order, monday9))).toEqual({ kind: 'decided', order, facts: [] });
  });

  test('no fact says who was called or names the record', () => {
    const outcome = granted(attempt(asked(), { ...monday9, callRecordId: 'rec-77' }));
    expect(outcome.facts.map(({ type, unit }) => [type, unit])).toEqual([['follow_up_attempted', null]]);
    expect(JSON.stringify(outcome.facts)).not.toContain('rec-77');
  });
});

test('an extra follow-up that says "not solved" is no round of asking: it sent nothing back', () => {
  const answer = {
    contacted: true,
    solved: 'no',
    satisfaction: 'basically',
    reason: null,
    askedToChange: null,
    comment: null,
  } as const;
  const answered: FollowUp = { ...first(asked()), state: 'answered', answer };
  expect(unsolvedRounds([answered], 1)).toBe(1);
  expect(unsolvedRounds([{ ...answered, occasion: 'overdue' }], 1)).toBe(0);
});
