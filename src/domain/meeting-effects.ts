import type { AgendaItem, Invited, Meeting, MeetingAction, MeetingMember, MeetingSaid } from './meeting.ts';
import type { Setting } from './obstacles.ts';
import type { Instant } from './time.ts';
import { partId } from './work-order.ts';

const onItem = (meeting: Meeting, id: string, change: (item: AgendaItem) => AgendaItem): Meeting => ({
  ...meeting,
  items: meeting.items.map((item) => (item.id === id ? change(item) : item)),
});

/** What each action changes on a meeting. */
export const meetingEffects: {
  [A in MeetingAction]: (of: Meeting, said: MeetingSaid[A], setting: Setting) => Meeting;
} = {
  amend: (of, said) => {
    const { title = of.title, meetsAt = of.meetsAt, place = of.place, everyWeeks = of.everyWeeks, members } = said;
    const changed = { ...of, title, meetsAt, place, everyWeeks };
    return members === undefined ? changed : invited(changed, members);
  },
  // Asked again, what is on the list keeps its place and says why it is stuck now; what was taken off stays off.
  fill: (of, { stuck }, { now }) => {
    const why = new Map(stuck.map((order) => [order.id, order.why]));
    const items = of.items.map((item) => ({ ...item, why: why.get(item.workOrderId ?? '') ?? item.why }));
    const more = stuck.filter(({ id }) => !of.items.some((item) => item.workOrderId === id));
    const added = more.map((order, i) =>
      fresh(of, of.seq + i + 1, { source: 'stuck', workOrderId: order.id, subject: null, why: order.why }, now),
    );
    return { ...of, seq: of.seq + more.length, items: [...items, ...added] };
  },
  add: (of, { workOrderId, subject }, { now }) => {
    const before = of.items.find((item) => workOrderId !== null && item.workOrderId === workOrderId);
    if (before !== undefined) return onItem(of, before.id, (item) => ({ ...item, state: 'open', removedReason: null }));
    const seq = of.seq + 1;
    return {
      ...of,
      seq,
      items: [...of.items, fresh(of, seq, { source: 'by_hand', workOrderId, subject, why: [] }, now)],
    };
  },
  remove: (of, { itemId, reason }) =>
    onItem(of, itemId, (item) => ({ ...item, state: 'removed', removedReason: reason })),
  receive: (of, { items }) => received(of, items),
  invite: (of, { hashes }) => ({
    ...of,
    members: of.members.map((each) => ({ ...each, codeHash: hashes[each.id] ?? each.codeHash })),
  }),
  hold: (of, _said, { now }) => ({ ...of, heldAt: now }),
  decide: (of, { itemId, result, text, unit = null, dueAt = null, undertakingId = null }, { actor, now }) => {
    const seq = of.seq + 1;
    const decision = { seq, at: now, actor: actor.name, result, text, unit, dueAt, undertakingId };
    const state = result === 'task' ? 'tasked' : result;
    return onItem({ ...of, seq }, itemId, (item) => ({ ...item, state, decisions: [...item.decisions, decision] }));
  },
  minutes: (of, { text }) => ({ ...of, minutes: text }),
  // What nobody came to is not unresolved: it waits for the next time. An order that has ended has resolved itself.
  close: (of, { ended }) => ({
    ...of,
    items: of.items.map((item) => {
      const isOver = item.workOrderId !== null && ended.includes(item.workOrderId);
      if (isOver && (item.state === 'open' || item.state === 'unresolved')) return { ...item, state: 'resolved' };
      return item.state === 'open' ? { ...item, state: 'deferred' } : item;
    }),
  }),
  cancel: (of, { reason }) => ({ ...deferred(of), cancelReason: reason }),
  miss: (of) => deferred(of),
};

const deferred = (of: Meeting): Meeting => ({
  ...of,
  items: of.items.map((item) => (item.state === 'open' ? { ...item, state: 'deferred' } : item)),
});

/** Invites these people instead of those who were; whoever was invited before stays the same member. */
export function invited(meeting: Meeting, wanted: readonly Invited[]): Meeting {
  let { seq } = meeting;
  const members = wanted.map(({ role, unit, name }): MeetingMember => {
    const before = meeting.members.find((m) => m.role === role && m.unit === unit && m.name === name);
    if (before !== undefined) return before;
    seq += 1;
    return { seq, id: partId(meeting.id, seq), role, unit, name, codeHash: null };
  });
  return { ...meeting, seq, members };
}

/**
 * Items from elsewhere, each order and each trail once. What is on the agenda by the unit's own account goes on as what
 * was passed up, also where it had been taken off: the level below waits for a word on it.
 */
export function received(meeting: Meeting, items: readonly Omit<AgendaItem, 'seq'>[]): Meeting {
  return items.reduce((of, item) => {
    const there = of.items.find((each) => isSame(each, item));
    if (there === undefined) return { ...of, seq: of.seq + 1, items: [...of.items, { ...item, seq: of.seq + 1 }] };
    if (there.from !== null || item.source !== 'passed_up') return of;
    const { root, source, from } = item;
    const why = [...new Set([...there.why, ...item.why])];
    return onItem(of, there.id, (own) => ({ ...own, root, source, from, why, state: 'open', removedReason: null }));
  }, meeting);
}

const isSame = (a: Pick<AgendaItem, 'root' | 'workOrderId'>, b: Pick<AgendaItem, 'root' | 'workOrderId'>): boolean =>
  a.root === b.root || (a.workOrderId !== null && a.workOrderId === b.workOrderId);

const fresh = (
  meeting: Meeting,
  seq: number,
  of: Pick<AgendaItem, 'source' | 'workOrderId' | 'subject' | 'why'>,
  now: Instant,
): AgendaItem => {
  const id = partId(meeting.id, seq);
  return { ...of, seq, id, root: id, from: null, state: 'open', decisions: [], removedReason: null, addedAt: now };
};
