import type { Admission } from '../domain/admission.ts';
import type { AdmissionProposal } from '../domain/admit.ts';
import type { Approval } from '../domain/approval.ts';
import { type Asking, ask, isAsker, rule, takeBack } from '../domain/approvals.ts';
import type { Verdict } from '../domain/granting.ts';
import { isAnswerable } from '../domain/late-mark.ts';
import { isRefusal, type Refusal, refuse } from '../domain/refusal.ts';
import { canSee, sightOf } from '../domain/visibility.ts';
import { type Actor, clientOf, type WorkOrder } from '../domain/work-order.ts';
import { loadAdmissions } from '../store/admissions.ts';
import { type ApprovalFilter, type ApprovalScope, findApprovals, orderOfApproval } from '../store/approvals.ts';
import { load, loadAll } from '../store/orders.ts';
import { judgeAdmission, lookAtAdmission, proposeAdmission, type SeenAdmission, withdrawAdmission } from './admit.ts';
import type { Deps } from './deps.ts';
import { change, countPush, type Deciding } from './perform.ts';

export type { ApprovalFilter } from '../store/approvals.ts';

/** An approval and the order it stands beside. */
export type SeenApproval = Readonly<{ approval: Approval; order: WorkOrder }>;
/** An admission stands on no order; `order` is the one that showed the need, where there is one. */
export type SeenAdmissionOn = Readonly<{ admission: Admission; order: WorkOrder | null }>;
export type AnyApproval = SeenApproval | SeenAdmissionOn;

/** Puts an approval beside an order the actor can see; a late mark may be of a unit that sees it no more. */
export async function askFor(
  deps: Deps,
  orderId: string,
  asking: Asking,
  actor: Actor,
): Promise<SeenApproval | Refusal> {
  const order = await load(deps.pool, orderId);
  if (order === null) return refuse('not-found');
  const contests = asking.kind === 'late_mark' && isAnswerable(actor, order);
  if (!contests && !canSee(actor, order, deps.city().city)) return refuse('not-found');
  const outcome = await change(deps, orderId, actor, null, (now, setting) => ask(now, asking, setting));
  if (outcome.kind === 'refused') return outcome;
  const approval = outcome.order.approvals.at(-1);
  if (approval === undefined) throw new Error('what was just asked is there');
  return { approval, order: outcome.order };
}

/** Proposes an admission that an order has shown to be needed. */
export async function askForAdmission(
  deps: Deps,
  orderId: string,
  proposal: Omit<AdmissionProposal, 'workOrderId'>,
  actor: Actor,
): Promise<SeenAdmissionOn | Refusal> {
  const asked = await proposeAdmission(deps, { ...proposal, workOrderId: orderId }, actor);
  return isRefusal(asked) ? asked : onItsOrder(deps, asked, actor);
}

/** The decider's word; granting performs the transition in the same transaction. */
export const decideApproval = (deps: Deps, id: string, verdict: Verdict, actor: Actor) =>
  onApproval(deps, id, actor, {
    deciding: (order, setting) => rule(order, id, verdict, setting),
    // Where the decider names nobody else, the unit that was proposed is the asker's choice.
    pusher: ({ askedBy, askedByUnit }) => (verdict.unit === undefined ? { name: askedBy, unit: askedByUnit } : actor),
    admission: () => judgeAdmission(deps, id, verdict, actor),
  });

/** Whoever asked takes it back. */
export const withdrawApproval = (deps: Deps, id: string, actor: Actor) =>
  onApproval(deps, id, actor, {
    deciding: (order, setting) => takeBack(order, id, setting),
    pusher: () => actor,
    admission: () => withdrawAdmission(deps, id, actor),
  });

type Doing = Readonly<{
  deciding: Deciding;
  admission: () => Promise<SeenAdmission | Refusal>;
  pusher: (approval: Approval) => Pick<Actor, 'name' | 'unit'>;
}>;

async function onApproval(
  deps: Deps,
  id: string,
  actor: Actor,
  { deciding, admission, pusher }: Doing,
): Promise<AnyApproval | Refusal> {
  const seen = await lookAtApproval(deps, id, actor);
  if (isRefusal(seen)) return seen;
  if ('admission' in seen) {
    const done = await admission();
    return isRefusal(done) ? done : { admission: done.admission, order: seen.order };
  }
  const outcome = await change(deps, seen.order.id, actor, null, deciding);
  await countPush(deps.pool, deps.now(), { order: seen.order.id, by: pusher(seen.approval) }, outcome);
  return outcome.kind === 'refused' ? outcome : approvalOn(outcome.order, id);
}

/** One approval, or an admission: for whoever sees its order, decides it, or has asked it and may have lost the order since. */
export async function lookAtApproval(deps: Deps, id: string, actor: Actor): Promise<AnyApproval | Refusal> {
  const orderId = await orderOfApproval(deps.pool, id);
  const order = orderId === null ? null : await load(deps.pool, orderId);
  if (order === null) {
    const found = await lookAtAdmission(deps, id, actor);
    return isRefusal(found) ? found : onItsOrder(deps, found, actor);
  }
  const seen = approvalOn(order, id);
  return canSee(actor, order, deps.city().city) || isInvolved(actor, seen.approval) ? seen : refuse('not-found');
}

const isInvolved = (actor: Actor, approval: Approval): boolean =>
  actor.unit === null
    ? isAsker(actor, approval)
    : approval.askedByUnit === actor.unit || approval.decider.unit === actor.unit;

/** Approvals the actor may decide or has asked, the last asked first; whoever sees every order sees all. */
export async function listApprovals(
  { pool, city }: Deps,
  filter: ApprovalFilter,
  actor: Actor,
): Promise<readonly AnyApproval[]> {
  const scope: ApprovalScope = sightOf(actor, city().city).all ? 'all' : { ...actor, client: clientOf(actor) };
  const found = await findApprovals(pool, scope, filter);
  const ids = [...new Set(found.flatMap((f) => f.orderId ?? []))];
  const orders = new Map((await loadAll(pool, ids)).map((o) => [o.id as string, o]));
  const admissions = await loadAdmissions(
    pool,
    found.filter((f) => f.admission).map((f) => f.id),
  );
  return found.flatMap(({ id, orderId, admission }): readonly AnyApproval[] => {
    const order = orders.get(orderId ?? '');
    if (!admission) return order === undefined ? [] : [approvalOn(order, id)];
    const asked = admissions.find((a) => a.id === id);
    return asked === undefined
      ? []
      : [{ admission: asked, order: order && canSee(actor, order, city().city) ? order : null }];
  });
}

async function onItsOrder({ pool, city }: Deps, { admission }: SeenAdmission, actor: Actor): Promise<SeenAdmissionOn> {
  const { workOrderId } = admission;
  const order = workOrderId === null ? null : await load(pool, workOrderId);
  return { admission, order: order !== null && canSee(actor, order, city().city) ? order : null };
}

function approvalOn(order: WorkOrder, id: string): SeenApproval {
  const approval = order.approvals.find((a) => a.id === id);
  if (approval === undefined) throw new Error(`approval ${id} is not on its order`);
  return { approval, order };
}
