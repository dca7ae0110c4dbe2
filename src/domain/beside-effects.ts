import { type Effects, withPart } from './change.ts';
import { extendClock } from './clocks.ts';
import { assisted } from './co-handlers.ts';
import type { Setting } from './obstacles.ts';
import { clockOf, endClocks, startClockOf, timetableOf } from './order-clocks.ts';
import type { WorkOrder } from './work-order.ts';

/** What is added to an open order without moving it. */
export const besideEffects = {
  note: (order, said, setting) => {
    const { actor, now } = setting;
    const noted = withPart(order, 'notes', {
      actor: actor.name,
      unit: actor.unit,
      at: now,
      text: said.text,
      public: said.public,
      mark: said.mark ?? null,
      request: said.requestId ?? null,
    });
    if (said.mark === 'progress' && said.public && actor.unit === order.owner && order.state !== 'on_account')
      return { order: withProgressReply(noted, setting), body: { mark: said.mark, public: true } };
    // A progress note shows that an order on account is not forgotten: its review starts again.
    if (said.mark !== 'progress' || order.state !== 'on_account')
      return { order: noted, body: { mark: said.mark ?? null, public: said.public } };
    return {
      order: startClockOf(endClocks(noted, ['on_account_review'], setting, 'progress'), 'on_account_review', setting),
      body: { mark: said.mark, public: said.public },
    };
  },
  urge: (order, said, { actor, now }) => {
    const reminded = { ...order, reminders: order.reminders + 1 };
    const words = said.text
      ? withPart(reminded, 'notes', {
          actor: actor.name,
          unit: actor.unit,
          at: now,
          text: said.text,
          public: false,
          mark: null,
          request: said.requestId ?? null,
        })
      : reminded;
    return { order: words, body: { reminders: reminded.reminders, request: said.requestId ?? null } };
  },
  assist: (order, said, setting) => {
    const helped = assisted(order, said, setting);
    return { order: helped, body: { assist: helped.assists.at(-1)?.id, unit: said.unit } };
  },
  watch: (order, said, { now }) => ({
    order: withPart(order, 'watchers', {
      unit: said.unit ?? null,
      actor: said.actor ?? null,
      why: said.why,
      since: now,
    }),
    body: said,
  }),
} satisfies Effects;

/**
 * Where a law gives longer, the service limit asks for a reply that the resident can read (阶段性答复): with it the work is
 * due by the law's own date.
 */
function withProgressReply(order: WorkOrder, { city, now }: Setting): WorkOrder {
  const lawful = clockOf(order, 'statutory');
  const resolve = clockOf(order, 'resolve');
  if (lawful === undefined || resolve === undefined || resolve.dueAt < now || lawful.dueAt <= resolve.dueAt)
    return order;
  const grant = { dueAt: lawful.dueAt, reason: 'progress_reply', approver: lawful.rule.version, at: now };
  const later = extendClock(resolve, grant, timetableOf(city, resolve.unit));
  return { ...order, clocks: order.clocks.map((clock) => (clock === resolve ? later : clock)) };
}
