import type { Actor } from '../domain/work-order.ts';
import { type Client, findClient, isSecretOf, readKey } from '../store/clients.ts';
import type { Deps } from './deps.ts';

/** Finds out who holds a key. Null for keys that are unknown, ended, out of date or used from elsewhere. */
export type WhoIs = (key: string, address: string, name: string | null) => Promise<Actor | null>;

const freshMs = 3000; // a revoked key is refused within five seconds everywhere

/** Keys are looked up in the database and remembered for three seconds of real time. */
export function recognising({ pool }: Pick<Deps, 'pool'>, allows: (client: Client, address: string) => boolean): WhoIs {
  const known = new Map<string, Readonly<{ client: Promise<Client | null>; until: number }>>();
  const find = (id: string): Promise<Client | null> => {
    const remembered = known.get(id);
    if (remembered && remembered.until > performance.now()) return remembered.client;
    if (known.size > 10_000) known.clear();
    const client = findClient(pool, id);
    known.set(id, { client, until: performance.now() + freshMs });
    client.catch(() => known.delete(id));
    return client;
  };
  return async (key, address, name) => {
    const parts = readKey(key);
    if (parts === null) return null;
    const client = await find(parts.id);
    if (client === null || !isSecretOf(client, parts.secret) || client.revokedAt !== null) return null;
    if ((client.expiresAt !== null && client.expiresAt <= Date.now()) || !allows(client, address)) return null;
    const { id, roles, unit, areas, channels } = client;
    return {
      client: id,
      clientName: client.name,
      name: name ?? client.name,
      roles,
      unit,
      areas,
      requests: [],
      channels,
      system: false,
    };
  };
}
