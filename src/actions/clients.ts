import type { City } from '../domain/city.ts';
import { type Refusal, refuse } from '../domain/refusal.ts';
import type { Instant } from '../domain/time.ts';
import type { Actor } from '../domain/work-order.ts';
import { addClients, type Client, listClients, type NewClient, newKey, revokeClient } from '../store/clients.ts';
import { type Answer, type Attempt, keepAnswers, knownAttempts } from '../store/idempotency.ts';
import { transaction } from '../store/rows.ts';
import { holdCity, recordChange } from '../store/versions.ts';
import type { Deps } from './deps.ts';

export type { Client, NewClient } from '../store/clients.ts';

/** A new client; the key is told once and kept nowhere. */
export type Keyed = Readonly<{ kind: 'keyed'; client: Client; key: string }>;

const mostKeys = 2;

/** Whether a key still opens anything. Keys live in real time, whatever the city's clock says. */
export const holds = ({ revokedAt, expiresAt }: Pick<Client, 'revokedAt' | 'expiresAt'>): boolean =>
  revokedAt === null && (expiresAt === null || expiresAt > Date.now());

/**
 * Makes a key. Two of one name may hold at a time, so that a system can change over. A retry of the same create gets
 * the first answer without its key (`render` of null), for nothing that opens anything is kept.
 */
export async function makeClient(
  deps: Deps,
  actor: Actor,
  given: NewClient,
  answering: Readonly<{ attempt: Attempt; render: (client: Client) => Answer }> | null,
): Promise<Keyed | Readonly<{ kind: 'answered'; answer: Answer }> | Refusal> {
  const fault = faultOf(given, deps.city().city, (code) => deps.city().areasAt(deps.now()).tree.byCode.has(code));
  if (fault) return fault;
  return transaction(deps.pool, async (tx) => {
    await holdCity(tx);
    const [known] = answering === null ? [] : await knownAttempts(tx, [answering.attempt], deps.now());
    if (known?.kind === 'done') return { kind: 'answered', answer: known.answer };
    if (known?.kind === 'mismatch') return refuse('idempotency-mismatch');
    if (known?.kind === 'running') return refuse('idempotency-running');
    const same = (await listClients(tx)).filter((c) => c.name === given.name && holds(c));
    if (same.length >= mostKeys) return refuse('two-keys-active', { ids: same.map((c) => c.id) });
    const { id, key, secretHash } = newKey('live');
    const now = Date.now() as Instant;
    await addClients(tx, [{ id, secretHash, client: given }], now);
    await recordChange(tx, actor, deps.now(), { type: 'key_made', body: { kind: 'client', code: id, ...given } });
    const client: Client = { ...given, id, secretHash, createdAt: now, revokedAt: null };
    if (answering !== null) {
      const { attempt, render } = answering;
      await keepAnswers(tx, [{ attempt, answer: render(client) }], deps.now());
    }
    return { kind: 'keyed', client, key };
  });
}

function faultOf(given: NewClient, city: City, hasArea: (code: string) => boolean): Refusal | null {
  const area = given.areas?.find((code) => !hasArea(code));
  const channel = given.channels?.find((code) => !city.channels.has(code));
  if (given.unit !== null && !city.units.has(given.unit)) return refuse('unit-unknown', { unit: given.unit });
  if (area !== undefined) return refuse('area-unknown', { area });
  if (channel !== undefined) return refuse('channel-unknown', { channel });
  return given.expiresAt !== null && given.expiresAt <= Date.now() ? refuse('in-the-past') : null;
}

/** Every client, by name; what has ended as well. */
export const clients = ({ pool }: Deps): Promise<readonly Client[]> => listClients(pool);

/** Ends a key at once: everywhere it is refused within five seconds. One that has ended stays ended. */
export async function endClient(deps: Deps, actor: Actor, id: string): Promise<Client | Refusal> {
  return transaction(deps.pool, async (tx) => {
    const ended = await revokeClient(tx, id, Date.now() as Instant);
    const client = (await listClients(tx)).find((c) => c.id === id);
    if (client === undefined) return refuse('not-found');
    if (ended)
      await recordChange(tx, actor, deps.now(), {
        type: 'key_revoked',
        body: { kind: 'client', code: id, name: client.name },
      });
    return client;
  });
}
