import type { DayPart } from '../domain/calling.ts';
import type { Instant } from '../domain/time.ts';
import { followUpQueue, followUpQueues } from './orders.ts';
import type { Queryable } from './rows.ts';

/** A lease on something to do. `token` is the fencing token: a later claim of the same thing has a greater one. */
export type Claim = Readonly<{ id: string; subject: string; token: number; leaseUntil: Instant }>;

/** Who claims, and for how long. `ids` are the ids of the claims that may be made: no more are made than there are. */
export type Claiming = Readonly<{
  ids: readonly string[];
  leaseSeconds: number;
  clerk: string;
  client: string;
  post: string | null;
}>;

/** A claim as the database gives it. */
export type ClaimRow = { id: string; subject: string; token: string; leaseUntil: Date };
export const readClaim = ({ id, subject, token, leaseUntil }: ClaimRow): Claim => ({
  id,
  subject,
  token: Number(token),
  leaseUntil: leaseUntil.getTime() as Instant,
});

/** What can be leased, and where it is kept. */
const claimed = { work_order: 'work_orders', follow_up: 'follow_ups', message: 'messages' } as const;
export type ClaimKind = keyof typeof claimed;

/** The queue of messages to residents, beside the units' own. */
export const messageQueue = '*messages';

/**
 * A statement that leases what `picked` names, in its order, to one claimer ($1 to $6: unit, ids, seconds, clerk, client,
 * post). Leases live in real time: the database's own clock, whatever day the city has.
 */
export const leasing = (kind: ClaimKind, picked: string): string => `
  with picked as (${picked}),
  leased as (
    update ${claimed[kind]} t set claim_token = t.claim_token + 1, lease_until = now() + $3 * interval '1 second'
    from picked where t.id = picked.id
    returning t.id, t.claim_token, t.lease_until, picked.place),
  numbered as (select leased.*, row_number() over (order by place) as n from leased)
  insert into claims (id, kind, subject_id, unit, post, clerk, client, token, lease_until, state, made_at)
  select ($2::uuid[])[n], '${kind}', numbered.id, $1, $6, $4, $5, claim_token, lease_until, 'leased', now()
  from numbered order by n
  returning id, subject_id as subject, token, lease_until as "leaseUntil"`;

const claimText = leasing(
  'work_order',
  `select id, row_number() over () as place from (
     select id from work_orders
     where owner = $1 and claimable and (lease_until is null or lease_until <= now())
     order by pressing desc, priority, due_at, registered_at limit cardinality($2::uuid[]) for no key update skip locked) free`,
);

/** Leases the first orders of a unit's queue, each to one claimer however many try at once: priority, deadline, age. */
export async function claimOrders(from: Queryable, unit: string, claiming: Claiming): Promise<readonly Claim[]> {
  const { ids, leaseSeconds, clerk, client, post } = claiming;
  const { rows } = await from.query<ClaimRow>({
    name: 'claim orders',
    text: claimText,
    values: [unit, ids, leaseSeconds, clerk, client, post],
  });
  return rows.map(readClaim);
}

const followUpText = leasing(
  'follow_up',
  `select id, row_number() over () as place from (
     select f.id from follow_ups f join work_orders w on w.id = f.order_id join requests r on r.id = f.request
     where f.take_from <= $9 and (f.take_parts is null or $10 = any(f.take_parts))
       and (f.lease_until is null or f.lease_until <= now()) and ($7 or not r.confidential) and w.owner <> all($8::text[])
       and not exists (select from assists a where a.order_id = w.id and a.unit = $1::text)
     order by f.call_agreed desc, f.take_from, f.id limit cardinality($2::uuid[]) for update of f skip locked) free`,
);

/**
 * Which residents an asker may be given: those whose turn it is at `at`, in that part of the day; confidential ones or
 * not, and never those of orders these units handle.
 */
export type Askable = Readonly<{
  at: Instant;
  part: DayPart | null;
  unit: string | null;
  confidential: boolean;
  notOf: readonly string[];
}>;

/** Leases residents to be asked, each to one asker: who asked for that hour first, then who waits longest. */
export async function claimFollowUps(
  from: Queryable,
  { at, part, unit, confidential, notOf }: Askable,
  { ids, leaseSeconds, clerk, client, post }: Claiming,
): Promise<readonly Claim[]> {
  const { rows } = await from.query<ClaimRow>({
    name: 'claim follow-ups',
    text: followUpText,
    values: [unit, ids, leaseSeconds, clerk, client, post, confidential, notOf, new Date(at).toISOString(), part],
  });
  return rows.map(readClaim);
}

/** The orders of these follow-ups. */
export async function ordersOfFollowUps(from: Queryable, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { rows } = await from.query<{ id: string; order: string }>({
    name: 'orders of follow-ups',
    text: 'select id, order_id as order from follow_ups where id = any($1::uuid[])',
    values: [ids],
  });
  return new Map(rows.map(({ id, order }) => [id, order]));
}

/** Whether this client holds the lease on a follow-up. The order is locked first, as whoever saves it does. */
export async function holdFollowUp(tx: Queryable, id: string, client: string): Promise<boolean> {
  const { rows } = await tx.query<{ holds: boolean }>({
    name: 'hold follow-up',
    text: `select coalesce(f.lease_until > clock_timestamp(), false) and exists (
             select from claims c where c.subject_id = f.id and c.token = f.claim_token and c.client = $2 and c.state = 'leased') as holds
           from follow_ups f join work_orders w on w.id = f.order_id where f.id = $1 for no key update of w`,
    values: [id, client],
  });
  return rows[0]?.holds === true;
}

/** The asker is done with this call: the claim is final, and the lease over. */
export const finishFollowUp = (tx: Queryable, id: string): Promise<unknown> =>
  tx.query({
    name: 'finish follow-up',
    text: `with free as (update follow_ups set lease_until = null where id = $1 returning id, claim_token)
           update claims c set state = 'final' from free f
           where c.subject_id = f.id and c.token = f.claim_token and c.state = 'leased'`,
    values: [id],
  });

/** A claim as it is now. `holds` is false once its lease ran out or a later claim has a greater token. */
export type Held = Claim &
  Readonly<{ kind: ClaimKind; unit: string | null; client: string; clerk: string; holds: boolean }>;

/** What a claim is on; null where there is none. */
export async function kindOfClaim(from: Queryable, id: string): Promise<ClaimKind | null> {
  const { rows } = await from.query<{ kind: ClaimKind }>({
    name: 'kind of claim',
    text: 'select kind from claims where id = $1',
    values: [id],
  });
  return rows[0]?.kind ?? null;
}

/** Finds a claim of a kind and locks what it is on, so that nobody can claim that before the transaction ends. */
export async function holdClaim(tx: Queryable, kind: ClaimKind, id: string, token: number): Promise<Held | null> {
  const { rows } = await tx.query<ClaimRow & Omit<Held, keyof Claim>>({
    name: `hold claim of ${kind}`,
    text: `select c.id, c.subject_id as subject, c.token, t.lease_until as "leaseUntil", c.kind, c.unit, c.client, c.clerk,
             coalesce(c.state = 'leased' and c.token = $2 and t.claim_token = c.token
                      and t.lease_until > clock_timestamp(), false) as holds
           from claims c join ${claimed[kind]} t on t.id = c.subject_id
           where c.id = $1 and c.kind = '${kind}' for no key update of t`,
    values: [id, token],
  });
  const [row] = rows;
  return row === undefined
    ? null
    : { ...row, token: Number(row.token), leaseUntil: (row.leaseUntil?.getTime() ?? 0) as Instant };
}

/** Lengthens a held lease, counted from now; one that lasts longer stays as it is. */
export async function extendClaim(tx: Queryable, { kind, id, subject }: Held, leaseSeconds: number): Promise<Instant> {
  const { rows } = await tx.query<{ leaseUntil: Date }>({
    name: `extend claim of ${kind}`,
    text: `with longer as (
             update ${claimed[kind]} set lease_until = greatest(lease_until, now() + $3 * interval '1 second') where id = $2 returning lease_until)
           update claims c set lease_until = longer.lease_until from longer where c.id = $1
           returning c.lease_until as "leaseUntil"`,
    values: [id, subject, leaseSeconds],
  });
  return (rows[0]?.leaseUntil.getTime() ?? 0) as Instant;
}

/** What was claimed has been signed: the claim is final. */
export const finishClaim = (tx: Queryable, id: string): Promise<unknown> =>
  tx.query({ name: 'finish claim', text: "update claims set state = 'final' where id = $1", values: [id] });

/** Gives what was leased back to its queue at once and wakes who waits there. Leases that are lost already stay lost. */
export const releaseClaims = (to: Queryable, claims: readonly string[]): Promise<unknown> =>
  to.query({
    name: 'release orders',
    text: `with given as (
             update claims set state = 'released' where id = any($1::uuid[]) and state = 'leased' returning subject_id, token, unit),
           free as (
             update work_orders w set lease_until = null from given
             where w.id = given.subject_id and w.claim_token = given.token returning w.owner as queue),
           asked as (
             update follow_ups f set lease_until = null from given
             where f.id = given.subject_id and f.claim_token = given.token returning 1),
           told as (
             update messages m set lease_until = null from given
             where m.id = given.subject_id and m.claim_token = given.token returning 1)
           select pg_notify('queue', queue) from (
             select queue from free union select unnest($2::text[]) from asked union select $3 from told) queues`,
    values: [claims, followUpQueues, messageQueue],
  });

/**
 * Ends whatever lease there is on an order: it has left the queue, or belongs to another unit now. The token grows, so a
 * late holder finds it lost.
 */
export const dropLease = (tx: Queryable, order: string): Promise<unknown> =>
  tx.query({
    name: 'drop lease',
    text: 'update work_orders set claim_token = claim_token + 1, lease_until = null where id = $1',
    values: [order],
  });

const untilFirst = 'select extract(epoch from min(lease_until) - clock_timestamp()) * 1000 as ms';
const running = 'and lease_until > clock_timestamp()';

/** In how many milliseconds the next lease of a queue runs out, a unit's or one beside those; null when none is running. */
export async function nextExpiry(from: Queryable, queue: string): Promise<number | null> {
  const { rows } = await from.query<{ ms: string | null }>(expiryOf(queue));
  return rows[0]?.ms == null ? null : Math.max(0, Number(rows[0].ms));
}

function expiryOf(queue: string) {
  if (queue.startsWith(followUpQueue))
    return { name: 'next expiry of follow-ups', text: `${untilFirst} from follow_ups where state = 'open' ${running}` };
  if (queue === messageQueue)
    return { name: 'next expiry of messages', text: `${untilFirst} from messages where state = 'waiting' ${running}` };
  const text = `${untilFirst} from work_orders where owner = $1 and claimable ${running}`;
  return { name: 'next expiry', text, values: [queue] };
}

/** How many open orders of a unit stand in each state and light, and how much of its queue is free or leased. */
export type Counted = Readonly<{
  counts: readonly Readonly<{ state: string; light: 'green' | 'yellow' | 'red'; count: number }>[];
  claimable: number;
  leased: number;
  head: readonly string[];
}>;

/** Counts a unit's open orders and names the first of its queue, leased ones included. */
export async function countQueue(from: Queryable, unit: string, now: Instant, atMost: number): Promise<Counted> {
  const { rows } = await from.query<Counted>({
    name: 'count queue',
    text: `with mine as (
             select w.id, w.state, w.claimable, w.pressing, w.priority, w.due_at, w.registered_at,
               coalesce(w.lease_until > now(), false) as leased,
               (select case when bool_or(c.due_at < $2) then 'red' when bool_or(c.warn_at <= $2) then 'yellow' else 'green' end
                from clocks c where c.order_id = w.id and c.state = 'running') as light
             from work_orders w where w.owner = $1 and w.ended_at is null)
           select
             (select coalesce(json_agg(g), '[]') from (
                select state, light, count(*)::int as count from mine group by state, light order by state, light) g) as counts,
             (select count(*)::int from mine where claimable and not leased) as claimable,
             (select count(*)::int from mine where claimable and leased) as leased,
             array(select id::text from mine where claimable order by pressing desc, priority, due_at, registered_at limit $3) as head`,
    values: [unit, new Date(now).toISOString(), atMost],
  });
  return rows[0] ?? { counts: [], claimable: 0, leased: 0, head: [] };
}
