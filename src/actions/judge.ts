import { type CaseFile, caseFileOf } from '../domain/case-file.ts';
import { holderOf } from '../domain/city.ts';
import { settle } from '../domain/decide.ts';
import type { Judgement, JudgementCause, JudgesOpinion } from '../domain/judgement.ts';
import { giveOpinion, type Opinion, type Party, recuse, recuseOneself } from '../domain/judging.ts';
import { postsOf, type Seat } from '../domain/panel.ts';
import { type Refusal, refuse } from '../domain/refusal.ts';
import type { Instant } from '../domain/time.ts';
import { canSee, sightOf } from '../domain/visibility.ts';
import type { Actor, Recusal, WorkOrder } from '../domain/work-order.ts';
import { findJudgements, type JudgementFilter, orderOfJudgement } from '../store/judgements.ts';
import { type RequestRow, requestsOn } from '../store/look.ts';
import { load, loadAll } from '../store/orders.ts';
import type { Deps } from './deps.ts';
import { change, type Deciding, perform } from './perform.ts';

export type { JudgementFilter } from '../store/judgements.ts';

/** A seat as somebody may see it: what was said is sealed until all have spoken. */
export type SeenSeat = Omit<Seat<JudgesOpinion>, 'opinion'> &
  Readonly<{ holder: string | null; spoken: boolean; opinion: JudgesOpinion | null; mine: boolean }>;

/** A case before judges, as a judge or whoever oversees them sees it. */
export type SeenJudgement = Readonly<{
  judgement: Judgement;
  order: WorkOrder;
  dueAt: Instant | null;
  seats: readonly SeenSeat[];
  /** What the judges read; null in lists, where every text of every case would be screened. */
  file: CaseFile | null;
}>;

/** Somebody has a case judged by hand: what an inspection or a complaint brought up. */
export async function drawJudges(
  deps: Deps,
  { workOrderId, cause, reason }: Readonly<{ workOrderId: string; cause: JudgementCause; reason: string }>,
  actor: Actor,
): Promise<SeenJudgement | Refusal> {
  const order = await load(deps.pool, workOrderId);
  if (order === null || !canSee(actor, order, deps.city().city)) return refuse('not-found');
  const outcome = await perform(deps, workOrderId, { action: 'judge', said: { cause, reason } }, actor);
  if (outcome.kind === 'refused') return outcome;
  return seenOn(deps, outcome.order, outcome.order.judgements.at(-1)?.id ?? '', actor);
}

/** A drawn judge says both answers. With the last of the bench the order moves on in the same transaction. */
export const sayOpinion = (deps: Deps, id: string, opinion: Opinion, actor: Actor): Promise<SeenJudgement | Refusal> =>
  onJudgement(deps, id, actor, (order, setting) => {
    const given = giveOpinion(order, id, opinion, setting);
    return given.kind === 'refused' ? given : settle(given, setting);
  });

/** A drawn judge is a party to the case: somebody else is drawn. */
export const stepDown = (deps: Deps, id: string, reason: string, actor: Actor): Promise<SeenJudgement | Refusal> =>
  onJudgement(deps, id, actor, (order, setting) => recuseOneself(order, id, reason, setting));

/** Marks somebody as a party to a case: barred from it, and from every seat they were drawn for. */
export async function markParty(
  deps: Deps,
  orderId: string,
  party: Party,
  actor: Actor,
): Promise<readonly Recusal[] | Refusal> {
  const order = await load(deps.pool, orderId);
  if (order === null || !canSee(actor, order, deps.city().city)) return refuse('not-found');
  const outcome = await change(deps, orderId, actor, null, (now, setting) => recuse(now, party, setting));
  return outcome.kind === 'refused' ? outcome : outcome.order.recusals;
}

/** The cases an actor judges, newest first; whoever sees every order sees all of them. */
export async function listJudgements(
  deps: Deps,
  filter: JudgementFilter,
  actor: Actor,
): Promise<readonly SeenJudgement[]> {
  const { city } = deps.city();
  const scope = sightOf(actor, city).all || isPool(actor) ? 'all' : { posts: postsOf(actor, city).map((p) => p.code) };
  const found = await findJudgements(deps.pool, scope, filter);
  const ids = [...new Set(found.map((f) => f.orderId))];
  const orders = await loadAll(deps.pool, ids);
  return found.flatMap(({ id, orderId }) => {
    const order = orders.find((o) => o.id === orderId);
    return order === undefined ? [] : [seen(deps, order, id, null, actor)];
  });
}

/** One case, or a refusal that does not tell whether it exists. */
export async function lookAtJudgement(deps: Deps, id: string, actor: Actor): Promise<SeenJudgement | Refusal> {
  const order = await orderFor(deps, id, actor);
  return order === null ? refuse('not-found') : seenOn(deps, order, id, actor);
}

async function onJudgement(deps: Deps, id: string, actor: Actor, deciding: Deciding): Promise<SeenJudgement | Refusal> {
  const order = await orderFor(deps, id, actor);
  if (order === null) return refuse('not-found');
  const outcome = await change(deps, order.id, actor, null, deciding);
  return outcome.kind === 'refused' ? outcome : seenOn(deps, outcome.order, id, actor);
}

/** The order of a judgement within the actor's sight: a judge's own seats, also those left; everything for the hotline. */
async function orderFor(deps: Deps, id: string, actor: Actor): Promise<WorkOrder | null> {
  const orderId = await orderOfJudgement(deps.pool, id);
  const order = orderId === null ? null : await load(deps.pool, orderId);
  const judgement = order?.judgements.find((j) => j.id === id);
  if (order === null || judgement === undefined) return null;
  const { city } = deps.city();
  if (sightOf(actor, city).all || isPool(actor)) return order;
  const posts = new Set(postsOf(actor, city).map(({ code }) => code));
  return judgement.seats.some(({ post, left }) => left === null && posts.has(post)) ? order : null;
}

/** A key that all judges share, used by nobody named: it sees the cases that wait for any of them, and says nothing. */
const isPool = (actor: Actor): boolean =>
  actor.roles.includes('judge') && actor.unit === null && actor.name === (actor.clientName ?? actor.client);

async function seenOn(deps: Deps, order: WorkOrder, id: string, actor: Actor): Promise<SeenJudgement> {
  return seen(deps, order, id, await requestsOn(deps.pool, [order.id]), actor);
}

function seen(
  deps: Deps,
  order: WorkOrder,
  id: string,
  requests: readonly RequestRow[] | null,
  actor: Actor,
): SeenJudgement {
  const judgement = order.judgements.find((j) => j.id === id);
  if (judgement === undefined) throw new Error(`judgement ${id} is not on its order`);
  const { city } = deps.city();
  const mine = new Set(postsOf(actor, city).map(({ code }) => code));
  const isOverseer = sightOf(actor, city).all || isPool(actor);
  const seats = judgement.seats
    .map((seat) => ({
      ...seat,
      holder: holderNow(seat.post, deps),
      spoken: seat.opinion !== null,
      mine: mine.has(seat.post),
      opinion: judgement.state === 'decided' || mine.has(seat.post) ? seat.opinion : null,
    }))
    .filter((seat) => isOverseer || seat.mine);
  return {
    judgement,
    order,
    dueAt: order.clocks.findLast((c) => c.about === id && c.state !== 'stopped')?.dueAt ?? null,
    seats,
    file: requests && caseFileOf(order, requests, judgement),
  };
}

const holderNow = (code: string, deps: Deps): string | null => {
  const post = deps.city().city.posts.find((p) => p.code === code);
  return post === undefined ? null : holderOf(post);
};
