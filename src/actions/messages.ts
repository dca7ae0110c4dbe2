import { createHash, randomBytes } from 'node:crypto';
import { settle } from '../domain/decide.ts';
import { linkUndelivered } from '../domain/link.ts';
import { isRefusal, type Refusal, refuse } from '../domain/refusal.ts';
import { type Actor, theSystem } from '../domain/work-order.ts';
import { type Claim, messageQueue } from '../store/claims.ts';
import {
  type Addressed,
  addressedMessages,
  claimMessages,
  findMessages,
  finishMessage,
  holdMessage,
  keepLinks,
  type Message,
} from '../store/messages.ts';
import { transaction } from '../store/rows.ts';
import { claimingOf, giveBack, type Taking, takeOrWait, type WaitDeps } from './claim.ts';
import type { Deps } from './deps.ts';
import { changeIn } from './perform.ts';

export type { Addressed, Message } from '../store/messages.ts';

/**
 * A message as the gateway gets it: to whom, and the token of the link in it, which is told here and nowhere else; null
 * where it asks nothing.
 */
export type ToSend = Readonly<{ claim: Claim; message: Addressed; token: string | null }>;

/** What a token is found by. */
export const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

/**
 * Leases messages to the city's gateway. Each time one is handed out its link gets a new token of 128 random bits, of
 * which only the hash is kept: links that were sent before work as well, until the first of them is used.
 */
export async function takeMessages(
  deps: WaitDeps,
  taking: Taking,
  actor: Actor,
  signal: AbortSignal,
): Promise<readonly ToSend[] | Refusal> {
  const claims = await takeOrWait(deps, messageQueue, taking, signal, () =>
    claimMessages(deps.pool, claimingOf(taking, actor), deps.now()),
  );
  if (isRefusal(claims)) return claims;
  if (signal.aborted) {
    await giveBack(deps, claims);
    return [];
  }
  if (claims.length === 0) return [];
  const found = await addressedMessages(
    deps.pool,
    claims.map((c) => c.subject),
  );
  const all = claims.flatMap((claim): ToSend[] => {
    const message = found.find((m) => m.id === claim.subject);
    if (message === undefined) return [];
    const token = message.kind === 'incident_update' ? null : randomBytes(16).toString('base64url');
    return [{ claim, message, token }];
  });
  await keepLinks(
    deps.pool,
    all.flatMap(({ message, token }) => (token === null ? [] : [{ tokenHash: hashOf(token), message }])),
    deps.now(),
  );
  return all;
}

/** How the gateway's sending ended. Said twice it is said once; a late word on what another holds by now is refused. */
export const endMessage = (
  deps: Deps,
  id: string,
  said: Readonly<{ token: number; state: 'sent' | 'failed'; receipt: string | null }>,
  actor: Actor,
): Promise<Message | Refusal> =>
  transaction(deps.pool, async (tx) => {
    const { state, receipt } = said;
    const held = await holdMessage(tx, id, said.token, actor.client);
    if (held === null || !held.wasGiven) return refuse('not-found');
    const { message } = held;
    if (message.claimToken === said.token && message.state === state) return message;
    if (!held.holds || message.state !== 'waiting') return refuse('lease-lost');
    const at = deps.now();
    await finishMessage(tx, id, { state, receipt, at });
    const { followUpId } = message;
    if (state === 'failed' && followUpId !== null)
      await changeIn(tx, deps, message.orderId, theSystem, null, (order, setting) =>
        settle(linkUndelivered(order, followUpId, setting), setting),
      );
    return { ...message, state, receipt, doneAt: at };
  });

/** What was, or is to be, sent: the last made first. */
export const lookAtMessages = (
  { reading }: Deps,
  filter: Readonly<{ state?: string | undefined; cursor?: string | undefined; limit: number }>,
): Promise<readonly Message[]> => findMessages(reading, filter);
