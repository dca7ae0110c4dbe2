import type { Said } from '../domain/commands.ts';
import type { Command } from '../domain/decide.ts';
import type { Action } from '../domain/lifecycle.ts';
import { outageAnswer } from '../domain/outage.ts';
import { type Placement, placeByHand } from '../domain/placement.ts';
import { type Refusal, refuse } from '../domain/refusal.ts';
import { canSee } from '../domain/visibility.ts';
import type { Actor, Evidence, WorkOrder } from '../domain/work-order.ts';
import { toWgs84 } from '../store/coordinates.ts';
import { correctRequester } from '../store/intake.ts';
import { load } from '../store/orders.ts';
import { evidenceFault } from './attach.ts';
import type { Deps } from './deps.ts';
import type { Requester } from './intake.ts';
import { type Location, placementOf } from './location.ts';
import { type Expected, perform } from './perform.ts';
import { hearDanger } from './restored.ts';

/** What a client sent with an action: as the table wants it, with places still to be worked out. */
export type Body = Readonly<
  { location?: Location; areaCode?: string; contact?: Partial<Requester>; requestId?: string } & Record<string, unknown>
>;

/** One command of a client on an order it can see. The reply is the order as it is then. */
export async function act(
  deps: Deps,
  id: string,
  action: Action,
  body: Body,
  actor: Actor,
  expected: Expected,
): Promise<WorkOrder | Refusal> {
  const order = await load(deps.pool, id);
  if (order === null || !canSee(actor, order, deps.city().city)) return refuse('not-found');
  if (action === 'archive') return refuse('not-yours', { action });
  if (Array.isArray(body.evidence)) {
    const fault = await evidenceFault(deps.pool, [id], body.evidence as readonly Evidence[]);
    if (fault !== null) return fault;
  }
  const said = saidWith(deps, order, action, body);
  if ('kind' in said && said.kind === 'refused') return said;
  const { requestId, text } = body;
  if (requestId !== undefined && typeof text === 'string' && order.incident !== null) {
    // A second call may tell of danger that the first did not.
    const own = await hearDanger(deps, requestId, text, actor);
    if (own !== null) return own;
  }
  const outcome = await perform(deps, id, { action, said } as Command, actor, expected);
  if (outcome.kind === 'refused') return outcome;
  if (action === 'correct' && body.contact) await correctContact(deps, outcome.order, body);
  return outcome.order;
}

/** Works out what a client only points at: the areas of a place, the article of an answer. */
function saidWith(deps: Deps, order: WorkOrder, action: Action, body: Body): object | Refusal {
  if (action === 'correct' && body.location)
    return { ...body, placement: placementOf(deps, body.location, order.receivedAt) };
  if (action === 'place') {
    const placement = byHand(deps, order, body);
    return placement === null ? refuse('area-unknown') : { ...body, placement };
  }
  if (action === 'answer' && typeof body.articleId === 'string') {
    const article = deps.city().knowledge.get(body.articleId);
    return article === undefined
      ? refuse('answer-missing')
      : ({ text: article.text, ...body } satisfies Said['answer']);
  }
  if (action === 'answer' && typeof body.noticeId === 'string') {
    const notice = deps.surge().outages.find(({ notice }) => notice.id === body.noticeId)?.notice;
    return notice === undefined
      ? refuse('notice-over')
      : ({ text: outageAnswer(notice), ...body } satisfies Said['answer']);
  }
  return body;
}

function byHand(deps: Deps, order: WorkOrder, { areaCode, location }: Body): Placement | null {
  const index = deps.city().areasAt(order.receivedAt);
  if (areaCode !== undefined) return placeByHand(areaCode, index);
  const point =
    location?.lon == null || location.lat == null
      ? null
      : toWgs84({ lon: location.lon, lat: location.lat, crs: location.crs });
  return point === null ? null : placeByHand(point, index);
}

/** Who asked is kept apart from the order; correcting it leaves no trace of the number in the history. */
async function correctContact(deps: Deps, order: WorkOrder, { contact, requestId }: Body): Promise<void> {
  const id = requestId ?? order.requests[0]?.id;
  if (id === undefined || !order.requests.some((r) => r.id === id)) return;
  await correctRequester(deps.pool, id, contact ?? {});
}
