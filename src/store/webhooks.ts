import { uuidv7 } from 'uuidv7';
import type { Instant } from '../domain/time.ts';
import type { State } from '../domain/work-order.ts';
import type { Queryable } from './rows.ts';

/** A unit's webhook. Of its secrets the newest stands first; while one is exchanged there are two. */
export type Webhook = Readonly<{
  unit: string;
  url: string;
  secrets: readonly string[];
  changedBy: string;
  changedAt: Instant;
}>;

const columns = 'unit, url, secrets, changed_by as "changedBy", changed_at as "changedAt"';
type Row = Omit<Webhook, 'changedAt'> & { changedAt: Date };
const read = (row: Row): Webhook => ({ ...row, changedAt: row.changedAt.getTime() as Instant });

/** A unit's webhook, or null. Inside a transaction it is held until its end. */
export async function findWebhook(from: Queryable, unit: string, hold = false): Promise<Webhook | null> {
  const { rows } = await from.query<Row>(
    `select ${columns} from webhooks where unit = $1${hold ? ' for update' : ''}`,
    [unit],
  );
  return rows[0] ? read(rows[0]) : null;
}

/** Sets a unit's webhook. */
export async function saveWebhook(to: Queryable, { unit, url, secrets, changedBy, changedAt }: Webhook): Promise<void> {
  await to.query(
    `insert into webhooks (unit, url, secrets, changed_by, changed_at) values ($1, $2, $3, $4, $5)
     on conflict (unit) do update set url = $2, secrets = $3, changed_by = $4, changed_at = $5, disabled_at = null`,
    [unit, url, secrets, changedBy, new Date(changedAt).toISOString()],
  );
}

/** Takes a webhook away; what was still to be sent is dead. False when there was none. */
export async function removeWebhook(to: Queryable, unit: string): Promise<boolean> {
  const { rowCount } = await to.query(
    `with gone as (
       update webhook_deliveries set state = 'dead', last_error = 'webhook removed', done_at = now()
       where unit = $1 and state = 'pending')
     delete from webhooks where unit = $1`,
    [unit],
  );
  return rowCount === 1;
}

/** Owes a fact to the webhook of the unit it is addressed to, if there is one; once, however often it is asked. */
export const oweDelivery = (tx: Queryable, factId: string): Promise<unknown> =>
  tx.query({
    name: 'owe delivery',
    text: `insert into webhook_deliveries (id, fact_id, unit, state, attempts, next_at, made_at)
           select $1, f.id, h.unit, 'pending', 0, now(), now() from facts f join webhooks h on h.unit = f.unit
           where f.id = $2 and h.disabled_at is null on conflict (fact_id, unit) do nothing`,
    values: [uuidv7(), factId],
  });

/** A delivery whose time has come, with all that is told: ids and where the order stands. */
export type Due = Readonly<{
  id: string;
  unit: string;
  url: string;
  secrets: readonly string[];
  attempts: number;
  type: string;
  subject: string;
  subjectId: string;
  body: Readonly<Record<string, unknown>>;
  happenedAt: Date;
  order: Readonly<{ id: string; number: string; version: number; state: State }> | null;
}>;

/**
 * Takes deliveries that are due, in real time, for `leaseSeconds`: a process that dies with one leaves it to be tried
 * again, and the try is counted.
 */
export async function takeDue(from: Queryable, atMost: number, leaseSeconds: number): Promise<readonly Due[]> {
  const { rows } = await from.query<Due>({
    name: 'take due deliveries',
    text: `with due as (
             select id from webhook_deliveries where state = 'pending' and next_at <= now()
             order by next_at limit $1 for update skip locked),
           taken as (
             update webhook_deliveries d set attempts = attempts + 1, next_at = now() + $2 * interval '1 second'
             from due where d.id = due.id returning d.*)
           select t.id, t.unit, t.attempts, h.url, h.secrets, f.type, f.subject, f.subject_id as "subjectId", f.body,
             f.at as "happenedAt", case when w.id is not null then
               json_build_object('id', w.id, 'number', w.number, 'version', w.version, 'state', w.state) end as order
           from taken t join webhooks h on h.unit = t.unit join facts f on f.id = t.fact_id
           left join work_orders w on f.subject = 'work_order' and w.id = f.subject_id`,
    values: [atMost, leaseSeconds],
  });
  return rows;
}

/** How an attempt ended: delivered, to be tried again in so many seconds, or given up. */
export type Ending =
  | Readonly<{ state: 'delivered' }>
  | Readonly<{ state: 'pending'; inSeconds: number; error: string }>
  | Readonly<{ state: 'dead'; error: string }>;

/** Records how an attempt ended, unless the delivery was given up or begun anew meanwhile. */
export async function recordAttempt(to: Queryable, id: string, attempts: number, ending: Ending): Promise<void> {
  await to.query({
    name: 'record attempt',
    text: `update webhook_deliveries set state = $3, last_error = $4,
             next_at = now() + $5 * interval '1 second', done_at = case when $3 <> 'pending' then now() end
           where id = $1 and state = 'pending' and attempts = $2`,
    values: [
      id,
      attempts,
      ending.state,
      'error' in ending ? ending.error.slice(0, 300) : null,
      'inSeconds' in ending ? ending.inSeconds : 0,
    ],
  });
}

/** What was, or is to be, sent to a unit. */
export type Delivery = Readonly<{
  id: string;
  type: string;
  subjectId: string;
  state: 'pending' | 'delivered' | 'dead';
  attempts: number;
  nextAt: Date;
  lastError: string | null;
  madeAt: Date;
  doneAt: Date | null;
}>;

/** A unit's deliveries, newest first. */
export async function listDeliveries(
  from: Queryable,
  unit: string,
  { state, cursor, limit }: Readonly<{ state?: string | undefined; cursor?: string | undefined; limit: number }>,
): Promise<readonly Delivery[]> {
  const { rows } = await from.query<Delivery>({
    name: 'list deliveries',
    text: `select d.id, f.type, f.subject_id as "subjectId", d.state, d.attempts, d.next_at as "nextAt",
             d.last_error as "lastError", d.made_at as "madeAt", d.done_at as "doneAt"
           from webhook_deliveries d join facts f on f.id = d.fact_id
           where d.unit = $1 and ($2::text is null or d.state = $2) and ($3::uuid is null or d.id < $3)
           order by d.id desc limit $4`,
    values: [unit, state ?? null, cursor ?? null, limit],
  });
  return rows;
}

/** Gives dead deliveries of a unit another full round of attempts: these, or all; tells how many. */
export async function redrive(to: Queryable, unit: string, ids: readonly string[] | null): Promise<number> {
  const { rowCount } = await to.query(
    `update webhook_deliveries set state = 'pending', attempts = 0, next_at = now(), done_at = null
     where unit = $1 and state = 'dead' and ($2::uuid[] is null or id = any($2))`,
    [unit, ids],
  );
  return rowCount ?? 0;
}
