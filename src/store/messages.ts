import type { NewMessage } from '../domain/messages.ts';
import type { Instant } from '../domain/time.ts';
import { announce } from './announce.ts';
import { type Claim, type Claiming, type ClaimRow, leasing, messageQueue, readClaim } from './claims.ts';
import { fromJson, type Queryable, writer } from './rows.ts';
import * as t from './tables.ts';

/** A message as it is kept: whom it is for and what about, without a phone, a word or a token. */
export type Message = typeof t.messages.$inferSelect;

const writeMessages = writer(t.messages, { without: ['claimToken', 'leaseUntil'] });

/** Puts messages into the gateway's queue and wakes who waits there. */
export async function openMessages(
  tx: Queryable,
  orderId: string,
  at: Instant,
  messages: readonly (NewMessage & Readonly<{ id: string }>)[],
): Promise<void> {
  await writeMessages(
    tx,
    messages.map((message) => ({
      ...message,
      orderId: orderId as Message['orderId'],
      madeAt: at,
      state: 'waiting',
      doneAt: null,
      receipt: null,
    })),
  );
  await announce(tx, [messageQueue], false);
}

/** What nobody waits for any more at `now`. Asked of one message after the other: of all at once it reads whole tables. */
const stale = (now: string): string => `(m.expires_at <= ${now}
  or coalesce((select f.state <> 'open' from follow_ups f where f.id = m.follow_up_id), false)
  or coalesce((select r.withdrawn_at is not null from requests r where r.id = m.request_id), false)
  or coalesce((select j.left_at is not null or j.restored is not null from incident_requests j
               where m.incident_id is not null and j.request_id = m.request_id), false))`;
/** What waits and no gateway has in hand, the longest first. */
const next = (condition: string, atMost: string): string => `
  select m.id from messages m where m.state = 'waiting' and (m.lease_until is null or m.lease_until <= now()) and ${condition}
  order by m.made_at, m.id limit ${atMost} for update of m skip locked`;

const sweptAtOnce = 500;
const sweepText = `with head as (${next('true', '$2')})
  update messages m set state = 'overtaken', done_at = $1 from head where m.id = head.id and ${stale('$1')}`;
const claimText = leasing(
  'message',
  `select id, row_number() over () as place from (${next(`not ${stale('$7')}`, 'cardinality($2::uuid[])')}) free`,
);

/**
 * Leases the messages that wait longest. What nobody waits for any more is not among them, and is marked so when it comes
 * to the head of the queue; however many wait, a claim looks at no more than those.
 */
export async function claimMessages(
  from: Queryable,
  { ids, leaseSeconds, clerk, client, post }: Claiming,
  now: Instant,
): Promise<readonly Claim[]> {
  const at = new Date(now).toISOString();
  await from.query({ name: 'overtake messages', text: sweepText, values: [at, sweptAtOnce] });
  const { rows } = await from.query<ClaimRow>({
    name: 'claim messages',
    text: claimText,
    values: [null, ids, leaseSeconds, clerk, client, post, at],
  });
  return rows.map(readClaim);
}

/** A message with the number of the request it is about, the phone it goes to, and the last word on its incident. */
export type Addressed = Message & Readonly<{ number: string; phone: string | null; news: string | null }>;

/** These messages with whom they go to. */
export async function addressedMessages(from: Queryable, ids: readonly string[]): Promise<readonly Addressed[]> {
  const { rows } = await from.query<
    Pick<Addressed, 'number' | 'phone' | 'news'> & { message: Record<string, unknown> }
  >({
    name: 'addressed messages',
    text: `select row_to_json(m) as message, r.number, q.phone,
             (select u.text from incident_updates u where u.incident_id = m.incident_id order by u.seq desc limit 1) as news
           from messages m join requests r on r.id = m.request_id
           left join requesters q on q.request_id = r.id where m.id = any($1::uuid[])`,
    values: [ids],
  });
  return rows.map(({ message, ...about }) => ({ ...fromJson(t.messages, message), ...about }));
}

/** A message, and whether the claim with this token still holds it. It is locked until the transaction ends. */
export async function holdMessage(
  tx: Queryable,
  id: string,
  token: number,
  client: string,
): Promise<Readonly<{ message: Message; wasGiven: boolean; holds: boolean }> | null> {
  const { rows } = await tx.query<{ message: Record<string, unknown>; given: boolean; holds: boolean }>({
    name: 'hold message',
    text: `select row_to_json(m) as message,
             exists (select from claims c where c.subject_id = m.id and c.token = $2 and c.client = $3) as given,
             m.claim_token = $2 and coalesce(m.lease_until > clock_timestamp(), false) as holds
           from messages m where m.id = $1 for update`,
    values: [id, token, client],
  });
  const [row] = rows;
  return row === undefined
    ? null
    : { message: fromJson(t.messages, row.message), wasGiven: row.given, holds: row.given && row.holds };
}

/** How the sending of a message ended. */
export const finishMessage = (
  tx: Queryable,
  id: string,
  { state, receipt, at }: Readonly<{ state: 'sent' | 'failed'; receipt: string | null; at: Instant }>,
): Promise<unknown> =>
  tx.query({
    name: 'finish message',
    text: `with done as (
             update messages set state = $2, receipt = $3, done_at = $4, lease_until = null where id = $1 returning id, claim_token)
           update claims c set state = 'final' from done where c.subject_id = done.id and c.token = done.claim_token`,
    values: [id, state, receipt, new Date(at).toISOString()],
  });

/** Messages, the last made first. */
export async function findMessages(
  from: Queryable,
  { state, cursor, limit }: Readonly<{ state?: string | undefined; cursor?: string | undefined; limit: number }>,
): Promise<readonly Message[]> {
  const { rows } = await from.query<{ message: Record<string, unknown> }>({
    name: 'find messages',
    text: `select row_to_json(m) as message from messages m
           where ($1::text is null or state = $1) and ($2::uuid is null or id < $2) order by id desc limit $3`,
    values: [state ?? null, cursor ?? null, limit],
  });
  return rows.map(({ message }) => fromJson(t.messages, message));
}

/** What a link answers: a follow-up of an order, or whether it is restored for a request of an incident. */
export type Linked =
  | Readonly<{ kind: 'follow_up'; followUpId: string; orderId: string }>
  | Readonly<{ kind: 'restored'; requestId: string }>;

/** Keeps the hashes (in hexadecimal) of links that go out now. */
export const keepLinks = (
  to: Queryable,
  links: readonly Readonly<{ tokenHash: string; message: Message }>[],
  now: Instant,
): Promise<unknown> =>
  to.query({
    name: 'keep links',
    text: `insert into survey_links (token_hash, follow_up_id, request_id, made_at)
           select decode(hash, 'hex'), follow_up, case when follow_up is null then request end, $4
           from unnest($1::text[], $2::uuid[], $3::uuid[]) as link (hash, follow_up, request)`,
    values: [
      links.map((l) => l.tokenHash),
      links.map((l) => l.message.followUpId),
      links.map((l) => l.message.requestId),
      new Date(now).toISOString(),
    ],
  });

/** What a link answers, by the hash of its token. */
export async function findLinked(from: Queryable, tokenHash: string): Promise<Linked | null> {
  const { rows } = await from.query<{ followUpId: string | null; orderId: string; requestId: string }>({
    name: 'find linked',
    text: `select l.follow_up_id as "followUpId", f.order_id as "orderId", l.request_id as "requestId"
           from survey_links l left join follow_ups f on f.id = l.follow_up_id where l.token_hash = decode($1, 'hex')`,
    values: [tokenHash],
  });
  const [row] = rows;
  if (row === undefined) return null;
  const { followUpId, orderId, requestId } = row;
  return followUpId === null ? { kind: 'restored', requestId } : { kind: 'follow_up', followUpId, orderId };
}

/**
 * The requests whose telephones are told of an incident, the last of each telephone: of everybody it has met, or only
 * of those who are asked whether it is restored.
 */
export async function toldOf(tx: Queryable, incidentId: string, asked: boolean): Promise<readonly string[]> {
  const { rows } = await tx.query<{ id: string }>({
    name: 'told of incident',
    text: `select distinct on (q.phone_key) r.id from incident_requests j join requests r on r.id = j.request_id
             join requesters q on q.request_id = r.id
           where j.incident_id = $1 and j.left_at is null and r.withdrawn_at is null and q.phone_key is not null
             and not ($2 and j.how = 'danger')
           order by q.phone_key, r.id desc`,
    values: [incidentId, asked],
  });
  return rows.map(({ id }) => id);
}

/** What still waits to be told of an incident is old news. What a gateway has in hand goes out. */
export const overtakeNews = (tx: Queryable, incidentId: string, at: Instant): Promise<unknown> =>
  tx.query({
    name: 'overtake news',
    text: `update messages set state = 'overtaken', done_at = $2
           where incident_id = $1 and state = 'waiting' and (lease_until is null or lease_until <= now())`,
    values: [incidentId, new Date(at).toISOString()],
  });
