import { clockOf } from './order-clocks.ts';
import type { Instant } from './time.ts';
import type { State, WorkOrder } from './work-order.ts';

/** A sentence in both languages. */
export type Words = readonly [zh: string, en: string];

/** What each state means to the resident, and what comes next. Null: nothing more comes by itself. */
const told: Readonly<Record<State, Readonly<{ now: Words; next: Words | null }>>> = {
  registered: {
    now: ['已登记', 'Registered'],
    next: ['热线受理您的诉求', 'The hotline takes your request on.'],
  },
  accepted: {
    now: ['已受理', 'Accepted'],
    next: ['热线确定承办单位', 'The hotline names the responsible unit.'],
  },
  dispatched: {
    now: ['已派单，待承办单位签收', 'Sent to the responsible unit'],
    next: ['承办单位签收并与您联系', 'The unit signs for it and contacts you.'],
  },
  signed: {
    now: ['承办单位已签收', 'Received by the responsible unit'],
    next: ['承办单位与您联系', 'The unit contacts you.'],
  },
  handling: {
    now: ['正在办理', 'Being handled'],
    next: ['承办单位办理并告知您结果', 'The unit handles it and tells you the result.'],
  },
  suspended: {
    now: ['暂时中止办理', 'Paused'],
    next: ['中止原因消除后继续办理', 'Handling goes on when the cause of the pause is over.'],
  },
  on_account: {
    now: ['已列入计划，按计划解决', 'Planned for a later date'],
    next: ['按计划办理', 'It is handled as planned.'],
  },
  submitted: {
    now: ['已办理，正在审核', 'Done; the result is being reviewed'],
    next: ['审核办理结果', 'The result is reviewed.'],
  },
  verifying: {
    now: ['已办理，正在现场核实', 'Done; somebody looks whether it really is'],
    next: ['核实后回访您', 'After that we ask you.'],
  },
  following_up: {
    now: ['已办理，等待您的评价', 'Done; waiting for your opinion'],
    next: ['热线回访您', 'The hotline asks you whether it is solved.'],
  },
  rework: {
    now: ['重新办理', 'Being handled again'],
    next: ['承办单位重新办理', 'The unit handles it again.'],
  },
  closed: {
    now: ['已办结', 'Closed'],
    next: [
      '如未解决，十五日内可以要求重新办理或提出异议',
      'If it is not solved you can reopen it or object within 15 days.',
    ],
  },
  answered: {
    now: ['已答复', 'Answered'],
    next: ['如不认可，十五日内可以提出异议', 'If you do not agree you can object within 15 days.'],
  },
  rejected: {
    now: ['不予受理', 'Not accepted'],
    next: ['如不认可，十五日内可以提出异议', 'If you do not agree you can object within 15 days.'],
  },
  terminated: {
    now: ['终止办理', 'Ended without a result'],
    next: ['如不认可，十五日内可以提出异议', 'If you do not agree you can object within 15 days.'],
  },
  merged: {
    now: ['已并入同一事项办理', 'Handled together with the same matter'],
    next: ['与同一事项一并办理', 'It is handled together with that matter.'],
  },
  referred: { now: ['已转有关组织', 'Passed on to another organisation'], next: null },
  withdrawn: { now: ['您已撤回', 'Withdrawn by you'], next: null },
  void: { now: ['已作废', 'Void'], next: null },
  archived: { now: ['已归档', 'Archived'], next: null },
};

/** What a resident is told of an order in plain words. */
export const wordsFor = (state: State): (typeof told)[State] => told[state];

/** By when the city has said it will be done: the unit's promise where there is one, else the resident's own limit. */
export const promisedTo = (order: WorkOrder): Instant | null =>
  (clockOf(order, 'promise') ?? clockOf(order, 'resident'))?.dueAt ?? null;

/** To when the unit's own time was extended, or the work stands still: the requester is told, though their own time runs on. */
export function extendedTo(order: WorkOrder): Instant | null {
  const still = clockOf(order, 'pause_end');
  if (still !== undefined) return still.dueAt;
  const resolve = clockOf(order, 'resolve');
  return resolve?.grants.some(({ approver }) => approver !== 'system') ? resolve.dueAt : null;
}

/** What was answered: how it ended where that was told, else the last result handed in. */
export function answerOf(order: WorkOrder): Readonly<{ at: Instant; text: string }> | null {
  const { ending, endedAt } = order;
  const last = ending?.text ?? ending?.reason;
  if (endedAt !== null && last && ['answered', 'rejected', 'terminated'].includes(order.state))
    return { at: endedAt, text: last };
  const done = order.submissions.findLast((s) => s.text !== '');
  const shown = done !== undefined && !['submitted', 'handling'].includes(order.state);
  return shown ? { at: done.at, text: done.text } : null;
}
