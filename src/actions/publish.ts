import { uuidv7 } from 'uuidv7';
import {
  type Board,
  barOf,
  copiesOf,
  type Publication,
  type PublicationAction,
  type PublicationSetting,
  problemCause,
  type Source,
  showsResult,
} from '../domain/publication.ts';
import {
  allowedOnPublication,
  decidePublication,
  type Proposal,
  type PublicationCommand,
  type PublicationDecision,
  proposePublication,
} from '../domain/publish.ts';
import { isRefusal, type Refusal, refuse } from '../domain/refusal.ts';
import { type Sight, sightOf } from '../domain/visibility.ts';
import { type Actor, theSystem, type WorkOrder } from '../domain/work-order.ts';
import { hold } from '../store/due.ts';
import { bindFiles, loosenFiles } from '../store/loose-files.ts';
import { load } from '../store/orders.ts';
import {
  findPublications,
  keepWish,
  loadPublication,
  type PublicationFilter,
  publicationsOf,
  savePublication,
  sourceOf,
} from '../store/publications.ts';
import { type Queryable, transaction } from '../store/rows.ts';
import { type Deps, settingOf } from './deps.ts';
import type { Expected } from './perform.ts';

export type { PublicationFilter } from '../store/publications.ts';

/** A publication with what the actor may do to it now. */
export type SeenPublication = Readonly<{ publication: Publication; allowedActions: readonly PublicationAction[] }>;

const settingFor = (deps: Deps, source: Source, actor: Actor): PublicationSetting => ({
  ...settingOf(deps, actor),
  policy: deps.city().publication,
  source,
});

const seen = (publication: Publication, actor: Actor): SeenPublication => ({
  publication,
  allowedActions: allowedOnPublication(publication, actor),
});

/** A publisher proposes an order for a board. */
export const propose = (
  deps: Deps,
  { workOrderId, board }: Readonly<{ workOrderId: string; board: Board }>,
  actor: Actor,
): Promise<SeenPublication | Refusal> =>
  transaction(deps.pool, async (tx) => {
    await hold(tx, workOrderId, true);
    const order = await load(tx, workOrderId);
    if (order === null) return refuse('not-found');
    const setting = settingFor(deps, await sourceOf(tx, order), actor);
    const outcome = await begin(tx, { board, cause: 'chosen' }, setting);
    return isRefusal(outcome) ? outcome : seen(outcome.publication, actor);
  });

async function begin(
  tx: Queryable,
  said: Pick<Proposal, 'board' | 'cause'>,
  setting: PublicationSetting,
): Promise<PublicationDecision | Refusal> {
  const earlier = await publicationsOf(tx, setting.source.order.id);
  const outcome = proposePublication({ ...said, id: uuidv7(), earlier }, setting);
  if (!isRefusal(outcome)) await savePublication(tx, null, outcome.publication, outcome.facts);
  return outcome;
}

/** One action of the publisher or the legal office. Out of sight it does not exist. */
export const actOnPublication = (
  deps: Deps,
  id: string,
  command: PublicationCommand,
  actor: Actor,
  expected: Expected,
): Promise<SeenPublication | Refusal> =>
  transaction(deps.pool, async (tx) => {
    const held = await holdPublication(tx, id, true);
    if (held === null || held === 'held') return refuse('not-found');
    const { version } = held.publication;
    if (expected !== null && expected !== version) return refuse('stale-version', { version });
    const setting = settingFor(deps, await sourceOf(tx, held.order), actor);
    const outcome = await decideAndSave(tx, held.publication, command, setting);
    return isRefusal(outcome) ? outcome : seen(outcome.publication, actor);
  });

/** Whoever decides about a publication holds its order, so that what is shown never lags behind it. */
async function holdPublication(
  tx: Queryable,
  id: string,
  wait: boolean,
): Promise<Readonly<{ publication: Publication; order: WorkOrder }> | null | 'held'> {
  const before = await loadPublication(tx, id);
  if (before === null) return null;
  if (!(await hold(tx, before.workOrderId, wait))) return 'held';
  const [publication, order] = [await loadPublication(tx, id), await load(tx, before.workOrderId)];
  if (publication === null || order === null) throw new Error('a publication and its order are never deleted');
  return { publication, order };
}

async function decideAndSave(
  tx: Queryable,
  publication: Publication,
  command: PublicationCommand,
  setting: PublicationSetting,
): Promise<PublicationDecision | Refusal> {
  const outcome = decidePublication(publication, command, setting);
  if (isRefusal(outcome)) return outcome;
  await savePublication(tx, publication, outcome.publication, outcome.facts);
  const [before, after] = [copiesOf(publication), copiesOf(outcome.publication)];
  const [added, dropped] = [[...after].filter((id) => !before.has(id)), [...before].filter((id) => !after.has(id))];
  if (added.length > 0) await bindFiles(tx, added);
  if (dropped.length > 0) await loosenFiles(tx, 'pictures', dropped, 0);
  return outcome;
}

/** What the system does is allowed, or a bug. */
async function must(decided: Promise<PublicationDecision | Refusal>): Promise<Publication> {
  const outcome = await decided;
  if (isRefusal(outcome)) throw new Error(`the system cannot publish: ${outcome.code}`);
  return outcome.publication;
}

/** Proposes what has become a problem: its order is overdue or listed and not proposed yet. */
export async function fireProblem(
  tx: Queryable,
  deps: Deps,
  orderId: string,
  wait: boolean,
): Promise<'fired' | 'stale' | 'held'> {
  if (!(await hold(tx, orderId, wait))) return 'held';
  const order = await load(tx, orderId);
  if (order === null) throw new Error('a work order is never deleted');
  const setting = settingFor(deps, await sourceOf(tx, order), theSystem);
  const cause = problemCause(setting.source, setting.now);
  if (cause === null) return 'stale';
  return isRefusal(await begin(tx, { board: 'problem', cause }, setting)) ? 'stale' : 'fired';
}

/** Publishes what nobody stopped while it was held. A result takes the place of its problem in the same moment. */
export async function firePublication(
  tx: Queryable,
  deps: Deps,
  id: string,
  wait: boolean,
): Promise<'fired' | 'stale' | 'held'> {
  const held = await holdPublication(tx, id, wait);
  if (held === 'held') return 'held';
  const setting = held && settingFor(deps, await sourceOf(tx, held.order), theSystem);
  if (held === null || setting === null) throw new Error('a publication is never deleted');
  const { publication } = held;
  if (publication.state !== 'waiting' || publication.holdUntil > setting.now) return 'stale';
  const next = await must(decideAndSave(tx, publication, { action: 'publish', said: {} }, setting));
  const problem =
    next.state === 'published' && next.problemId !== null ? await loadPublication(tx, next.problemId) : null;
  if (problem?.state === 'published')
    await must(decideAndSave(tx, problem, { action: 'replace', said: { by: next.id } }, setting));
  return 'fired';
}

/**
 * A work order that has changed: what was shown of it follows at once. A result is proposed where it ended with one, what
 * must not or need not be shown any more is taken down, and another owner is named.
 */
export async function followPublications(
  tx: Queryable,
  deps: Deps,
  before: WorkOrder,
  after: WorkOrder,
): Promise<void> {
  const ended = before.endedAt === null && after.endedAt !== null;
  const revived = before.endedAt !== null && after.endedAt === null;
  const moved = before.owner !== after.owner;
  const others = before.requests !== after.requests || before.confidential !== after.confidential;
  if (!ended && !revived && !moved && !others) return;
  const live = (await publicationsOf(tx, after.id)).filter(({ endedAt }) => endedAt === null);
  if (live.length === 0) return;
  const setting = settingFor(deps, await sourceOf(tx, after), theSystem);
  const bar = barOf(setting.source, setting.policy);
  for (const each of live) {
    const on = (command: PublicationCommand) => must(decideAndSave(tx, each, command, setting));
    const takeDown = (reason: string) => on({ action: 'withdraw', said: { reason, mayReturn: true } });
    const isShown = each.state === 'published';
    if (bar !== null) await takeDown(bar);
    else if (each.board === 'result') {
      if (revived) await takeDown('reopened');
    } else if (ended) {
      if (!isShown || !showsResult(after)) await takeDown(after.state);
      else if (!live.some(({ board }) => board === 'result'))
        await begin(tx, { board: 'result', cause: 'ended' }, setting);
    } else if (moved && isShown) await on({ action: 'correct', said: { note: '承办单位已变更', unit: after.owner } });
    // What waits is nobody's news yet: the new owner sees it in its queue.
    else if (moved) await savePublication(tx, each, { ...each, unit: after.owner }, []);
  }
}

/** Takes down, at once and with the trail kept, whatever is shown or waits of an order whose requester does not want it. */
export const optOut = (
  deps: Deps,
  { workOrderId, id: requestId, aside }: Readonly<{ workOrderId: string; id: string; aside: boolean }>,
  publish: boolean,
  actor: Actor,
): Promise<void> =>
  transaction(deps.pool, async (tx) => {
    await hold(tx, workOrderId, true);
    await keepWish(tx, requestId, publish, deps.now());
    // Of a request that stands aside of its order nothing is ever shown.
    const order = publish || aside ? null : await load(tx, workOrderId);
    if (order === null) return;
    const setting = settingFor(deps, await sourceOf(tx, order), actor);
    for (const each of await publicationsOf(tx, workOrderId))
      if (each.endedAt === null)
        await must(decideAndSave(tx, each, { action: 'withdraw', said: { reason: 'opted_out' } }, setting));
  });

/** Publications the actor may see, newest first: all of them for whoever publishes or watches over it, else the own units'. */
export async function listPublications(
  deps: Deps,
  filter: PublicationFilter,
  actor: Actor,
): Promise<readonly SeenPublication[]> {
  const found = await findPublications(deps.reading, publicationSight(deps, actor), filter);
  return found.map((publication) => seen(publication, actor));
}

const publicationSight = (deps: Deps, actor: Actor): Pick<Sight, 'all' | 'units'> => {
  const { all, units } = sightOf(actor, deps.city().city);
  return { all: all || actor.roles.includes('publisher'), units };
};

/** One, or a refusal that does not tell whether it exists. */
export async function lookAtPublication(deps: Deps, id: string, actor: Actor): Promise<SeenPublication | Refusal> {
  const publication = await loadPublication(deps.pool, id);
  const { all, units } = publicationSight(deps, actor);
  if (publication === null || !(all || units.includes(publication.unit))) return refuse('not-found');
  return seen(publication, actor);
}
