import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Role } from '../domain/city.ts';
import type { Instant } from '../domain/time.ts';
import type { Queryable } from './rows.ts';

/** A system that may call (客户端), with its rights. `unit` and `areas` bound what it sees; `channels` what it may bring in. */
export type Client = Readonly<{
  id: string;
  name: string;
  secretHash: string;
  roles: readonly Role[];
  unit: string | null;
  areas: readonly string[] | null;
  channels: readonly string[] | null;
  cidrs: readonly string[];
  createdAt: Instant;
  expiresAt: Instant | null;
  revokedAt: Instant | null;
}>;

/** What a new client may do. */
export type NewClient = Pick<Client, 'name' | 'roles' | 'unit' | 'areas' | 'channels' | 'cidrs' | 'expiresAt'>;

const hash = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** Makes a key: told once, of which only the hash of the secret is kept. */
export function newKey(environment: string): Readonly<{ id: string; key: string; secretHash: string }> {
  const id = randomBytes(6).toString('hex');
  const secret = randomBytes(24).toString('base64url');
  return { id, key: `gc_${environment}_${id}_${secret}`, secretHash: hash(secret) };
}

/** The id and secret in a key, or null for anything that is none. */
export function readKey(key: string): Readonly<{ id: string; secret: string }> | null {
  const parts = /^gc_[a-z0-9]+_([a-f0-9]{12})_([A-Za-z0-9_-]{32})$/.exec(key);
  return parts?.[1] === undefined || parts[2] === undefined ? null : { id: parts[1], secret: parts[2] };
}

/** Whether the secret is the client's, in the same time whatever it is. */
export const isSecretOf = (client: Client, secret: string): boolean =>
  timingSafeEqual(Buffer.from(hash(secret), 'hex'), Buffer.from(client.secretHash, 'hex'));

const columns =
  'id, name, secret_hash as "secretHash", roles, unit, areas, channels, cidrs, created_at, expires_at, revoked_at';
type Row = Omit<Client, 'createdAt' | 'expiresAt' | 'revokedAt'> & {
  created_at: Date;
  expires_at: Date | null;
  revoked_at: Date | null;
};
const read = ({ created_at, expires_at, revoked_at, ...row }: Row): Client => ({
  ...row,
  createdAt: created_at.getTime() as Instant,
  expiresAt: (expires_at?.getTime() ?? null) as Instant | null,
  revokedAt: (revoked_at?.getTime() ?? null) as Instant | null,
});

/** The client with this id, revoked or not. */
export async function findClient(from: Queryable, id: string): Promise<Client | null> {
  const { rows } = await from.query<Row>({
    name: 'find client',
    text: `select ${columns} from clients where id = $1`,
    values: [id],
  });
  return rows[0] ? read(rows[0]) : null;
}

/** Every client, by name. */
export async function listClients(from: Queryable): Promise<readonly Client[]> {
  const { rows } = await from.query<Row>(`select ${columns} from clients order by name, id`);
  return rows.map(read);
}

/** Records new clients with the keys made for them. */
export async function addClients(
  to: Queryable,
  added: readonly Readonly<{ id: string; secretHash: string; client: NewClient }>[],
  now: Instant,
): Promise<void> {
  await to.query(
    `insert into clients (id, name, secret_hash, roles, unit, areas, channels, cidrs, created_at, expires_at)
     select id, name, secret_hash, roles, unit, areas, channels, cidrs, $2, expires_at from json_populate_recordset(null::clients, $1)`,
    [
      JSON.stringify(
        added.map(({ id, secretHash, client }) => ({
          ...client,
          id,
          secret_hash: secretHash,
          expires_at: client.expiresAt === null ? null : new Date(client.expiresAt).toISOString(),
        })),
      ),
      new Date(now).toISOString(),
    ],
  );
}

/** Ends a client. False when there is none that still holds. */
export async function revokeClient(to: Queryable, id: string, now: Instant): Promise<boolean> {
  const { rowCount } = await to.query('update clients set revoked_at = $2 where id = $1 and revoked_at is null', [
    id,
    new Date(now).toISOString(),
  ]);
  return rowCount === 1;
}
