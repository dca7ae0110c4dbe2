import { besideAsking } from './asking.ts';
import { type Effects, withPart } from './change.ts';
import type { Said } from './commands.ts';
import { type Setting, selfHandler } from './obstacles.ts';
import { endClocks, pauseClocks, resumeClocks, startClockOf } from './order-clocks.ts';
import { type PauseReason, pauseReasons } from './pauses.ts';
import { give } from './responsibility.ts';
import type { Instant } from './time.ts';
import type { WorkOrder } from './work-order.ts';

/** What the responsible unit does with the work until it hands it in. */
export const handlingEffects = {
  contact: (order, said, setting) => {
    const { actor, now } = setting;
    const at = said.at ?? now;
    const logged = withPart(order, 'contacts', {
      unit: order.owner,
      actor: actor.name,
      at,
      loggedAt: now,
      how: said.how,
      whom: said.whom,
      outcome: said.outcome,
    });
    const reached = said.outcome === 'reached' || said.outcome === 'not_applicable';
    const heard = reached ? endClocks(logged, ['contact'], setting, 'contact') : logged;
    const stays = order.state === 'suspended' || order.state === 'following_up';
    const flagged = actor.unit === order.owner ? besideAsking(heard, said.outcome, at) : { order: heard };
    return { ...flagged, to: stays ? order.state : 'handling', body: { outcome: said.outcome, how: said.how } };
  },
  assign: (order, said, { actor, now }) => ({
    order: withPart(order, 'innerAssignments', {
      to: said.to,
      task: said.task,
      at: now,
      dueAt: said.dueAt ?? null,
      by: actor.name,
    }),
    body: { assignee: said.to, dueAt: said.dueAt ?? null },
  }),
  promise: (order, said, setting) => ({
    order: startClockOf(endClocks(order, ['promise'], setting, 'promised anew'), 'promise', setting, {
      dueAt: said.dueAt,
    }),
    body: { dueAt: said.dueAt },
  }),
  suspend: (order, said, setting) => ({
    order: startClockOf(paused(order, said.cause, said, setting), 'pause_end', setting, { dueAt: said.until }),
    body: { cause: said.cause, until: said.until },
  }),
  resume: (order, _said, setting) => ({ order: { ...order, clocks: resumeClocks(order.clocks, setting) } }),
  // Renewed, it stands still from now on to the new date, and is looked at again from now.
  put_on_account: (order, said, setting) => {
    const goesOn = { ...order, clocks: resumeClocks(order.clocks, setting) };
    const ended = endClocks(goesOn, ['pause_end', 'on_account_review'], setting, 'renewed');
    const still = paused(ended, said.cause, said, setting);
    return {
      order: startClockOf(
        startClockOf(still, 'pause_end', setting, { dueAt: said.until }),
        'on_account_review',
        setting,
      ),
      body: { plan: said.plan, until: said.until },
    };
  },
  restore: (order, _said, setting) => ({ order: { ...order, clocks: resumeClocks(order.clocks, setting) } }),
  take: (order, _said, { actor }) => ({ order: { ...order, clerk: actor.name }, body: { clerk: actor.name } }),
  submit: (order, said, setting) => ({ order: submission(order, said, setting), body: { result: said.result } }),
  'self-handle': (order, said, setting) => {
    const unit = selfHandler(order, setting.actor, setting.city);
    const given = give(order, { unit, cause: 'self_handled', basis: 'own duty list' }, setting);
    const worked = startClockOf(given.order, 'resolve', setting);
    const done = {
      ...endClocks(worked, ['resolve'], setting, 'submit'),
      signedAt: setting.now,
      clerk: setting.actor.name,
    };
    return { ...given, order: submission(done, { ...said, requesterTold: true }, setting) };
  },
} satisfies Effects;

/** The resident's own clock pauses only while the resident is the one awaited. */
const paused = (
  order: WorkOrder,
  reason: PauseReason,
  { approver, until }: Readonly<{ approver: string; until: Instant }>,
  setting: Setting,
): WorkOrder => ({
  ...order,
  clocks: pauseClocks(order.clocks, pauseReasons[reason], { reason, approver, until }, setting),
});

const submission = (order: WorkOrder, said: Said['submit'], { actor, now }: Setting): WorkOrder =>
  withPart(order, 'submissions', {
    unit: order.owner,
    actor: actor.name,
    at: now,
    result: said.result,
    text: said.text,
    evidence: said.evidence,
    requesterTold: said.requesterTold,
    resolveDueAt: order.clocks.findLast((c) => c.kind === 'resolve')?.dueAt ?? null,
  });
