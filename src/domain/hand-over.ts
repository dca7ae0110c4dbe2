import type { City, Post } from './city.ts';
import { isUnder } from './city.ts';
import { type Decision, nameOf } from './decide.ts';
import type { Setting } from './obstacles.ts';
import { type Actor, isOpen, type WorkOrder } from './work-order.ts';

/** Whether an actor may say who holds a post: anybody of its unit, who leads a unit above it, and the administrator. */
export function mayStaff(actor: Actor, post: Post, city: City): boolean {
  if (actor.roles.includes('admin') || actor.unit === post.unit) return true;
  const leads = (['unit_leader', 'street_centre', 'supervisor', 'shift_leader', 'centre_leader'] as const).some((r) =>
    actor.roles.includes(r),
  );
  return leads && actor.unit !== null && isUnder(city, post.unit, actor.unit);
}

/** The post with its acting holder replaced; the other holder only changes places. */
export function withHolder(post: Post, to: string): Post {
  if (to === post.holderA) return { ...post, acting: 'A' };
  if (to === post.holderB) return { ...post, acting: 'B' };
  return post.acting === 'B' && post.holderB !== null ? { ...post, holderB: to } : { ...post, holderA: to };
}

/** Everything on an open order that is one person's is somebody else's from now on: the clerk's part and inner work. */
export function handOver(
  order: WorkOrder,
  { from, to, post }: Readonly<{ from: string; to: string; post: string }>,
  { now, actor }: Setting,
): Decision {
  if (!isOpen(order.state)) return { kind: 'decided', order, facts: [] };
  const isClerk = order.clerk === from;
  const last = new Map(order.innerAssignments.map((a) => [a.task, a]));
  const inner = [...last.values()].filter((a) => a.to === from);
  if (!isClerk && inner.length === 0) return { kind: 'decided', order, facts: [] };
  const given = inner.map((a, i) => ({ ...a, seq: order.seq + i + 1, to, at: now, by: actor.name }));
  const next = {
    ...order,
    seq: order.seq + given.length,
    clerk: isClerk ? to : order.clerk,
    innerAssignments: [...order.innerAssignments, ...given],
  };
  const fact = {
    type: 'clerk_changed',
    at: now,
    actor: nameOf(actor),
    unit: order.owner,
    body: { clerk: to, before: from, post, inner: inner.length },
  };
  return { kind: 'decided', order: next, facts: [fact] };
}
