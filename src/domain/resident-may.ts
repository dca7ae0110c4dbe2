import { ask } from './approvals.ts';
import { remarked } from './conduct.ts';
import { decide } from './decide.ts';
import { exclusionFor } from './exclusion.ts';
import type { Setting } from './obstacles.ts';
import { isRefusal } from './refusal.ts';
import { type Words, wordsFor } from './resident.ts';
import type { Instant } from './time.ts';
import { isEnd, type State, theResident, type WorkOrder } from './work-order.ts';

/**
 * What a resident may do to the own request: `object` is about how it ended, `appeal` about the own answer not being
 * counted, `conduct` a word on how the unit behaved.
 */
export const residentActions = ['withdraw', 'note', 'urge', 'reopen', 'object', 'appeal', 'conduct'] as const;
export type ResidentAction = (typeof residentActions)[number];

/** A request of the resident: `aside` where it only joined an incident, whose question has a way of its own. */
type Own = Readonly<{ id: string; aside: boolean }>;

/** What would be granted if it were asked now, with whatever words: what is not is not offered. */
export function residentMay(
  order: WorkOrder,
  { id, aside }: Own,
  { city, now }: Pick<Setting, 'city' | 'now'>,
): readonly ResidentAction[] {
  const setting: Setting = { city, now, actor: theResident(id) };
  const said = { requestId: id, text: '-', reason: '-', public: false };
  const against = exclusionFor(order, id);
  const objection = { kind: 'objection', reason: said.reason } as const;
  const tries: Readonly<Record<ResidentAction, () => boolean>> = {
    withdraw: () => !isRefusal(decide(order, { action: 'withdraw', said }, setting)),
    note: () => !isRefusal(decide(order, { action: 'note', said }, setting)),
    urge: () => !isRefusal(decide(order, { action: 'urge', said }, setting)),
    reopen: () => !aside && !isRefusal(decide(order, { action: 'reopen', said }, setting)),
    object: () => !isRefusal(ask(order, { ...objection, terms: {} }, setting)),
    appeal: () => against !== null && !isRefusal(ask(order, { ...objection, terms: { against } }, setting)),
    conduct: () => !isRefusal(remarked(order, { about: 'unit', tone: 'praise', text: said.text }, id, setting)),
  };
  return residentActions.filter((action) => tries[action]());
}

/** An objection that somebody has still to decide: to the end, whoever on the matter objected, or about the own answer. */
export function pendingObjection(
  order: WorkOrder,
  request: string,
): Readonly<{ about: 'end' | 'exclusion'; askedAt: Instant }> | null {
  const against = exclusionFor(order, request);
  const pending = order.approvals.findLast(
    ({ kind, state, terms }) =>
      kind === 'objection' && state === 'pending' && (terms.against === undefined || terms.against === against),
  );
  if (pending === undefined) return null;
  return { about: pending.terms.against === undefined ? 'end' : 'exclusion', askedAt: pending.askedAt };
}

/** What comes next, in plain words: of an order that has ended no more than what may still be done. */
export function nextFor(
  state: State,
  may: readonly ResidentAction[],
  objection: ReturnType<typeof pendingObjection>,
): Words | null {
  if (objection?.about === 'end')
    return ['对办理结果的异议正在审核', 'The objection to how it ended is being decided.'];
  const { next } = wordsFor(state);
  if (!isEnd(state) || may.includes('reopen')) return next;
  if (may.includes('object')) return wordsFor('answered').next;
  return state === 'merged' ? next : null;
}
