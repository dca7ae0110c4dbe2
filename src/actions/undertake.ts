import { uuidv7 } from 'uuidv7';
import { consentSightOf, seesConsent } from '../domain/consent.ts';
import { climbUndertaking } from '../domain/ladder-climb.ts';
import { climbAll } from '../domain/ladder-notices.ts';
import { isRefusal, type Refusal, refuse } from '../domain/refusal.ts';
import {
  allowedOnUndertaking,
  charge,
  decideUndertaking,
  suggest,
  type UndertakingCommand,
  type UndertakingDecision,
  type UndertakingDraft,
} from '../domain/undertake.ts';
import { seesUndertaking, type Undertaking, type UndertakingKind } from '../domain/undertaking.ts';
import { canSee, sightOf } from '../domain/visibility.ts';
import { type Actor, isOpen, theSystem, type WorkOrder } from '../domain/work-order.ts';
import { factsOf, type StoredFact } from '../store/look.ts';
import { nextNumber } from '../store/numbers.ts';
import { load } from '../store/orders.ts';
import { type Queryable, transaction } from '../store/rows.ts';
import { holdWorks } from '../store/supervisions.ts';
import {
  findUndertakings,
  loadUndertaking,
  lockUndertaking,
  openUndertakingsOn,
  saveUndertaking,
  type UndertakingFilter,
} from '../store/undertakings.ts';
import { type Deps, powerSettingOf, settingOf } from './deps.ts';
import type { Expected } from './perform.ts';
import { superviseFired } from './supervise.ts';

export type { UndertakingFilter } from '../store/undertakings.ts';

/** An undertaking with what the actor may do to it now. */
export type SeenUndertaking = Readonly<{ undertaking: Undertaking; allowedActions: readonly string[] }>;

/** The same, from what is at hand. */
export const seen = (deps: Deps, undertaking: Undertaking, actor: Actor): SeenUndertaking => ({
  undertaking,
  allowedActions: allowedOnUndertaking(undertaking, settingOf(deps, actor)),
});

/** What somebody wants undertaken: by a unit under them, or, a suggestion, by the district above them. */
export type Wanted = Omit<UndertakingDraft, 'kind' | 'by' | 'unit' | 'workOrder' | 'meeting'> &
  Readonly<{ workOrderId?: string | undefined }> &
  (Readonly<{ kind: 'task_force' | 'deliberation'; unit: string }> | Readonly<{ kind: 'suggestion' }>);

/** Begins an undertaking. A work order it is about has to be open and within the actor's sight. */
export const begin = (
  deps: Deps,
  { workOrderId, ...wanted }: Wanted,
  actor: Actor,
): Promise<SeenUndertaking | Refusal> =>
  transaction(deps.pool, async (tx) => {
    const setting = settingOf(deps, actor);
    // Held against being ended meanwhile.
    if (workOrderId !== undefined) await holdWorks(tx, [workOrderId]);
    const order = workOrderId === undefined ? null : await load(tx, workOrderId);
    if (workOrderId !== undefined && (order === null || !canSee(actor, order, setting.city)))
      return refuse('not-found');
    const workOrder = order && { id: order.id, open: isOpen(order.state) };
    const names = { id: uuidv7(), number: await nextNumber(tx, 'undertaking', setting.now) };
    const outcome =
      wanted.kind === 'suggestion'
        ? suggest({ ...wanted, workOrder }, names, setting)
        : charge(wanted.kind, { ...wanted, workOrder }, names, setting);
    if (isRefusal(outcome)) return outcome;
    await keep(tx, deps, outcome);
    return seen(deps, outcome.undertaking, actor);
  });

/** Writes what was decided. */
export const keep = (
  tx: Queryable,
  deps: Deps,
  { undertaking, facts }: Pick<UndertakingDecision, 'undertaking' | 'facts'>,
): Promise<void> => saveUndertaking(tx, undertaking, facts, deps.city());

/** Consent is a matter of persons: of it both sides know and nobody above or below them. */
const isInSight = (deps: Deps, of: Undertaking, actor: Actor): boolean => {
  const { consent } = of.about;
  if (consent === undefined) return seesUndertaking(sightOf(actor, deps.city().city), of);
  return seesConsent(consentSightOf(actor), { ...of, consent });
};

/** One action on an undertaking of this kind. Out of sight it does not exist. */
export const actOnUndertaking = (
  deps: Deps,
  { id, kind }: Readonly<{ id: string; kind: UndertakingKind }>,
  command: UndertakingCommand,
  actor: Actor,
  expected: Expected = null,
): Promise<SeenUndertaking | Refusal> =>
  transaction(deps.pool, async (tx) => {
    const found = await lockUndertaking(tx, id);
    if (found === null || found.kind !== kind || !isInSight(deps, found, actor)) return refuse('not-found');
    if (expected !== null && expected !== found.version) return refuse('stale-version', { version: found.version });
    const outcome = decideUndertaking(found, command, settingOf(deps, actor));
    if (isRefusal(outcome)) return outcome;
    await keep(tx, deps, outcome);
    return seen(deps, outcome.undertaking, actor);
  });

/** Undertakings within the actor's sight, newest first. */
export async function listUndertakings(
  deps: Deps,
  filter: UndertakingFilter,
  actor: Actor,
): Promise<readonly SeenUndertaking[]> {
  const consentSight = filter.kind === 'consent' ? consentSightOf(actor) : null;
  const found = await findUndertakings(
    deps.reading,
    consentSight ?? sightOf(actor, deps.city().city),
    { ...filter, neverAbout: consentSight?.never },
    deps.now(),
  );
  return found.map((undertaking) => seen(deps, undertaking, actor));
}

/** One of this kind, or a refusal that does not tell whether it exists. */
export async function lookAtUndertaking(
  deps: Deps,
  { id, kind }: Readonly<{ id: string; kind: UndertakingKind }>,
  actor: Actor,
): Promise<SeenUndertaking | Refusal> {
  const found = await loadUndertaking(deps.pool, id);
  const isIn = found?.kind === kind && isInSight(deps, found, actor);
  return found !== null && isIn ? seen(deps, found, actor) : refuse('not-found');
}

/** What became true of one, oldest first: what was done, who was urged, who was told. */
export async function undertakingHistory(
  deps: Deps,
  of: Readonly<{ id: string; kind: UndertakingKind }>,
  actor: Actor,
  { after, limit }: Readonly<{ after: number; limit: number }>,
): Promise<readonly StoredFact[] | Refusal> {
  const found = await lookAtUndertaking(deps, of, actor);
  return isRefusal(found) ? found : factsOf(deps.pool, of.id, after, limit);
}

/** With its work order a task force or a deliberation is over; what a meeting decided is still owed. */
export async function leaveUndertakings(tx: Queryable, deps: Deps, { id, state }: WorkOrder): Promise<void> {
  for (const each of await openUndertakingsOn(tx, id, ['task_force', 'deliberation']))
    await lapse(tx, deps, each, `work order ${state}`);
}

/** What it was for is no more: it is not owed any longer, unless it is over already. */
export async function lapse(tx: Queryable, deps: Deps, id: string, reason: string): Promise<void> {
  const undertaking = await lockUndertaking(tx, id);
  if (undertaking?.state !== 'open') return;
  const outcome = decideUndertaking(undertaking, { action: 'lapse', said: { reason } }, settingOf(deps, theSystem));
  if (isRefusal(outcome)) throw new Error(`what is open does not end with what it is about: ${outcome.code}`);
  await keep(tx, deps, outcome);
}

/** Fires what is due on an undertaking. Its work order is held before it, as everybody does. */
export async function fireUndertaking(
  tx: Queryable,
  deps: Deps,
  id: string,
  wait: boolean,
): Promise<'fired' | 'stale' | 'held'> {
  const before = await loadUndertaking(tx, id);
  if (before?.workOrderId != null) await holdWorks(tx, [before.workOrderId]);
  const undertaking = await lockUndertaking(tx, id, !wait);
  if (undertaking === null) return 'held';
  const setting = powerSettingOf(deps, theSystem);
  const { ladder } = deps.city();
  const climbed = climbAll(undertaking, (each, seq) => climbUndertaking(each, seq, ladder, setting), setting);
  // Also where nothing fired: then the moment that was written down is not the right one.
  await keep(tx, deps, { undertaking: climbed.order, facts: climbed.facts });
  await superviseFired(tx, deps, climbed.fired);
  return climbed.fired.length > 0 ? 'fired' : 'stale';
}
