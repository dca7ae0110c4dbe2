import type { Instant } from '../domain/time.ts';
import { fromJson, type Queryable, writer } from './rows.ts';
import * as t from './tables.ts';

/** A survey vendor that calls back. Of its secrets the newest stands first; while one is exchanged there are two. */
export type Vendor = typeof t.surveyVendors.$inferSelect;

const writeVendors = writer(t.surveyVendors, { key: ['vendor'] });

/** A vendor by the name of its client, or null. Inside a transaction it may be held until the end. */
export async function findVendor(from: Queryable, vendor: string, hold = false): Promise<Vendor | null> {
  const { rows } = await from.query<{ vendor: Record<string, unknown> }>({
    name: hold ? 'hold vendor' : 'find vendor',
    text: `select row_to_json(v) as vendor from survey_vendors v where vendor = $1${hold ? ' for update' : ''}`,
    values: [vendor],
  });
  return rows[0] ? fromJson(t.surveyVendors, rows[0].vendor) : null;
}

/** Every vendor that calls back, by name. */
export async function listVendors(from: Queryable): Promise<readonly Vendor[]> {
  const { rows } = await from.query<{ vendor: Record<string, unknown> }>(
    'select row_to_json(v) as vendor from survey_vendors v order by v.vendor',
  );
  return rows.map(({ vendor }) => fromJson(t.surveyVendors, vendor));
}

/** Sets what a vendor signs with. */
export const saveVendor = (to: Queryable, vendor: Vendor): Promise<void> => writeVendors(to, [vendor]);

/** Takes no more callbacks of a vendor. False when there was none. */
export async function removeVendor(to: Queryable, vendor: string): Promise<boolean> {
  const { rowCount } = await to.query('delete from survey_vendors where vendor = $1', [vendor]);
  return rowCount === 1;
}

/** Whether a key with this name holds that a survey vendor uses. */
export async function isVendorClient(from: Queryable, name: string): Promise<boolean> {
  const { rows } = await from.query<{ is: boolean }>({
    name: 'is vendor client',
    text: `select exists (select from clients where name = $1 and 'survey_vendor' = any(roles) and revoked_at is null) as is`,
    values: [name],
  });
  return rows[0]?.is === true;
}

/** By which of its keys, for which unit, a vendor was last given a follow-up; null where it never was. The order is locked. */
export async function givenToVendor(
  tx: Queryable,
  followUp: string,
  vendor: string,
): Promise<Readonly<{ client: string; unit: string | null }> | null> {
  const { rows } = await tx.query<{ client: string | null; unit: string | null }>({
    name: 'given to vendor',
    text: `select g.client, g.unit from work_orders w join follow_ups f on f.order_id = w.id
           left join lateral (
             select k.id as client, k.unit from claims c join clients k on k.id = c.client
             where c.subject_id = f.id and c.kind = 'follow_up' and k.name = $2 and 'survey_vendor' = any(k.roles)
             order by c.token desc limit 1) g on true
           where f.id = $1 for update of w`,
    values: [followUp, vendor],
  });
  const [row] = rows;
  return row?.client == null ? null : { client: row.client, unit: row.unit };
}

/** A callback by what its vendor calls it. */
export type Callback = Readonly<{ vendor: string; webhookId: string; bodyHash: string }>;

/** What was sent under this id before: the same, something else, or nothing. */
export async function knownCallback(from: Queryable, callback: Callback): Promise<'same' | 'other' | 'none'> {
  const { rows } = await from.query<{ hash: string }>({
    name: 'known callback',
    text: 'select body_hash as hash from survey_callbacks where vendor = $1 and webhook_id = $2',
    values: [callback.vendor, callback.webhookId],
  });
  if (rows[0] === undefined) return 'none';
  return rows[0].hash === callback.bodyHash ? 'same' : 'other';
}

/** Remembers a callback that was taken. */
export const keepCallback = (
  tx: Queryable,
  { vendor, webhookId, bodyHash }: Callback,
  { followUp, saidAt }: Readonly<{ followUp: string; saidAt: Instant | null }>,
): Promise<unknown> =>
  tx.query({
    name: 'keep callback',
    text: `insert into survey_callbacks (vendor, webhook_id, body_hash, follow_up_id, said_at, received_at)
           values ($1, $2, $3, $4, $5, now()) on conflict do nothing`,
    values: [vendor, webhookId, bodyHash, followUp, saidAt === null ? null : new Date(saidAt).toISOString()],
  });
