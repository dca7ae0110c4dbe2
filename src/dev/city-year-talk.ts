import { answerFollowUp } from '../domain/answer.ts';
import { rule } from '../domain/approvals.ts';
import { recordAttempt } from '../domain/attempt.ts';
import { nextCallAt } from '../domain/calling.ts';
import { settle } from '../domain/decide.ts';
import type { FollowUp, FollowUpAnswer } from '../domain/follow-up.ts';
import { giveOpinion } from '../domain/judging.ts';
import { answerByLink } from '../domain/link.ts';
import { isRefusal } from '../domain/refusal.ts';
import { days, type Minutes, minutes } from '../domain/time.ts';
import type { Life, Lot } from './city-year-life.ts';
import { agent, awaitedOn, vendor } from './city-year-people.ts';

/** How one order goes: chance, how prompt its unit is (0 to 1), and units it may be thought to belong to. */
export type Habits = Readonly<{ lot: Lot; prompt: number; others: readonly string[] }>;

/** Some time from `least` to `most` minutes, more often short than long. */
export const some = ({ lot }: Habits, least: number, most: number): Minutes =>
  minutes(Math.round(least + (most - least) * lot.next() ** 2));

/** Residents who are asked because their limit has passed say something beside the order, which goes on. */
export function overdue(life: Life, habits: Habits): void {
  for (const { id } of life.order.followUps.filter((f) => f.state === 'open' && f.occasion === 'overdue'))
    answered(life, habits, id, answerFollowUp);
}

/** An agent calls until somebody answers, then a link is sent, then nobody was reached. */
export function heard(life: Life, habits: Habits, id: string): void {
  const { lot } = habits;
  const open = (): FollowUp | undefined => life.order.followUps.find((f) => f.id === id && f.state === 'open');
  const zone = life.world.city.calendar.zone;
  for (let call = 0; call < 4; call += 1) {
    const asked = open();
    const next = asked === undefined ? null : nextCallAt(asked, zone);
    if (next === null) break;
    life.wait(minutes(Math.max(0, next - life.at) / 60_000 + lot.below(30)));
    if (lot.is(0.6)) return answered(life, habits, id, answerFollowUp);
    const outcome = lot.is(0.05) ? 'wrong_number' : 'no_answer';
    const said = { outcome, at: life.at, callRecordId: null, callBackAt: null } as const;
    life.decide((order, setting) => {
      const done = recordAttempt(order, id, said, setting);
      return isRefusal(done) ? done : settle(done, setting);
    }, agent);
  }
  if (open() === undefined) return;
  if (lot.is(0.15)) answered(life, habits, id, answerByLink);
  else life.wait(days(14));
}

function answered(life: Life, { lot, prompt }: Habits, id: string, by: typeof answerFollowUp): void {
  const solved = lot.is(0.6 + 0.35 * prompt) ? 'yes' : lot.of(['partly', 'no'] as const);
  const satisfaction =
    solved === 'yes'
      ? lot.of([
          'very_satisfied',
          'very_satisfied',
          'satisfied',
          'satisfied',
          'satisfied',
          'basically',
          'dissatisfied',
        ] as const)
      : lot.of(['basically', 'dissatisfied', 'very_dissatisfied'] as const);
  const adverse = satisfaction === 'dissatisfied' || satisfaction === 'very_dissatisfied';
  const reason = adverse ? lot.of(['not_done', 'slow', 'attitude', 'demand_not_supported', 'policy'] as const) : null;
  const answer: FollowUpAnswer = {
    contacted: lot.is(0.92),
    solved,
    satisfaction,
    reason,
    askedToChange: lot.is(0.01),
    comment: null,
  };
  const asked = life.order.followUps.find((f) => f.id === id);
  life.decide(
    (order, setting) => {
      const said = by(order, id, answer, setting);
      return isRefusal(said) ? said : settle(said, setting);
    },
    asked?.occasion === 'answered' ? vendor : agent,
  );
}

/** Drawn judges and reviewers speak, one after the other. */
export function judged(life: Life, habits: Habits): void {
  const yes = habits.lot.is(0.5);
  for (let n = 0; n < 6; n += 1) {
    const [next] = awaitedOn(life.world.city, life.order);
    if (next === undefined) return;
    life.wait(some(habits, 20, 500));
    const said = (value: boolean) => ({ yes: value, reason: '依据材料' });
    const opinion = { reasonable: said(habits.lot.is(0.5)), dutiful: said(habits.lot.is(0.6)) };
    const verdict = { granted: yes || habits.lot.is(0.3), reason: '材料属实' };
    const isAllowed = life.decide((order, setting) => {
      const done =
        next.role === 'judge' ? giveOpinion(order, next.id, opinion, setting) : rule(order, next.id, verdict, setting);
      return isRefusal(done) ? done : settle(done, setting);
    }, next.who);
    if (!isAllowed) return;
  }
}
