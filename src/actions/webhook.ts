import { randomBytes } from 'node:crypto';
import { type Refusal, refuse } from '../domain/refusal.ts';
import type { Instant } from '../domain/time.ts';
import type { Actor } from '../domain/work-order.ts';
import { transaction } from '../store/rows.ts';
import {
  type Delivery,
  findWebhook,
  listDeliveries,
  redrive,
  removeWebhook,
  saveWebhook,
  type Webhook,
} from '../store/webhooks.ts';
import type { Deps } from './deps.ts';
import { targetOf } from './push-address.ts';

export type { Webhook } from '../store/webhooks.ts';

/** IP addresses a webhook may reach although they are not public. */
export type PushDeps = Deps & Readonly<{ webhookAllow: readonly string[] }>;

/** A webhook as its unit sees it: the secret is told when it is made and never again. */
export type ToldWebhook = Readonly<{ webhook: Webhook; secret: string | null; isNew: boolean }>;

const isOwn = (deps: Deps, unit: string, actor: Actor): boolean =>
  deps.city().city.units.has(unit) && (actor.unit === unit || actor.roles.includes('admin'));

/**
 * Sets where a unit's facts are pushed to. The first time, and to `rotate`, a secret is made; while rotating, deliveries
 * carry the signatures of the new one and of the one before.
 */
export async function setWebhook(
  deps: PushDeps,
  unit: string,
  { url, rotate }: Readonly<{ url: string; rotate: boolean }>,
  actor: Actor,
): Promise<ToldWebhook | Refusal> {
  if (!isOwn(deps, unit, actor)) return refuse('not-found');
  const target = await targetOf(url, deps.webhookAllow).catch(() => null);
  if (target === null) return refuse('address-refused');
  return transaction(deps.pool, async (tx) => {
    const known = await findWebhook(tx, unit, true);
    const secret = known === null || rotate ? `whsec_${randomBytes(24).toString('base64')}` : null;
    const secrets = [...(secret === null ? [] : [secret]), ...(known?.secrets ?? [])].slice(0, 2);
    const webhook = { unit, url: target.url.href, secrets, changedBy: actor.name, changedAt: Date.now() as Instant };
    await saveWebhook(tx, webhook);
    return { webhook, secret, isNew: known === null };
  });
}

/** A unit's webhook, without its secrets. */
export async function lookAtWebhook(deps: Deps, unit: string, actor: Actor): Promise<Webhook | Refusal> {
  if (!isOwn(deps, unit, actor)) return refuse('not-found');
  return (await findWebhook(deps.pool, unit)) ?? refuse('not-found');
}

/** Ends pushing; what was still to be sent is given up. */
export async function endWebhook(deps: Deps, unit: string, actor: Actor): Promise<true | Refusal> {
  if (!isOwn(deps, unit, actor)) return refuse('not-found');
  return (await removeWebhook(deps.pool, unit)) || refuse('not-found');
}

/** What was sent, is to be sent, or was given up; newest first. */
export async function deliveriesOf(
  deps: Deps,
  unit: string,
  filter: Parameters<typeof listDeliveries>[2],
  actor: Actor,
): Promise<readonly Delivery[] | Refusal> {
  if (!isOwn(deps, unit, actor)) return refuse('not-found');
  return listDeliveries(deps.pool, unit, filter);
}

/** Sends what was given up once more. */
export async function redriveDeliveries(
  deps: Deps,
  unit: string,
  ids: readonly string[] | null,
  actor: Actor,
): Promise<number | Refusal> {
  if (!isOwn(deps, unit, actor)) return refuse('not-found');
  return redrive(deps.pool, unit, ids);
}
