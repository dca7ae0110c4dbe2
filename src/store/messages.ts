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

const claimText = leasing(
  'message',
  `select id, row_number() over () as place from (
     select id from messages where state = 'waiting' and (lease_until is null or lease_until <= now())
     order by made_at, id limit cardinality($2::uuid[]) for update skip locked) free`,
);

/** Leases the messages that wait longest; what nobody waits for any more is not among them. */
export async function claimMessages(
  from: Queryable,
  { ids, leaseSeconds, clerk, client, post }: Claiming,
  now: Instant,
): Promise<readonly Claim[]> {
  await from.query({
    name: 'overtake messages',
    text: `update messages m set state = 'overtaken', done_at = $1 from follow_ups f
           where m.state = 'waiting' and f.id = m.about and (f.state <> 'open' or m.expires_at <= $1)`,
    values: [new Date(now).toISOString()],
  });
  const { rows } = await from.query<ClaimRow>({
    name: 'claim messages',
    text: claimText,
    values: [null, ids, leaseSeconds, clerk, client, post],
  });
  return rows.map(readClaim);
}

/** A message with the number of the request it is about, and the phone it goes to. */
export type Addressed = Message & Readonly<{ number: string; phone: string | null }>;

/** These messages with whom they go to. */
export async function addressedMessages(from: Queryable, ids: readonly string[]): Promise<readonly Addressed[]> {
  const { rows } = await from.query<{ message: Record<string, unknown>; number: string; phone: string | null }>({
    name: 'addressed messages',
    text: `select row_to_json(m) as message, r.number, q.phone from messages m join requests r on r.id = m.request_id
           left join requesters q on q.request_id = r.id where m.id = any($1::uuid[])`,
    values: [ids],
  });
  return rows.map(({ message, number, phone }) => ({ ...fromJson(t.messages, message), number, phone }));
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

/** Keeps the hashes (in hexadecimal) of links that go out now. */
export const keepLinks = (
  to: Queryable,
  links: readonly Readonly<{ tokenHash: string; followUpId: string }>[],
  now: Instant,
): Promise<unknown> =>
  to.query({
    name: 'keep links',
    text: `insert into survey_links (token_hash, follow_up_id, made_at)
           select decode(hash, 'hex'), follow_up, $3 from unnest($1::text[], $2::uuid[]) as link (hash, follow_up)`,
    values: [links.map((l) => l.tokenHash), links.map((l) => l.followUpId), new Date(now).toISOString()],
  });

/** The follow-up that a link answers, by the hash of its token, and its order. */
export async function followUpOfLink(
  from: Queryable,
  tokenHash: string,
): Promise<Readonly<{ followUpId: string; orderId: string }> | null> {
  const { rows } = await from.query<{ followUpId: string; orderId: string }>({
    name: 'follow-up of link',
    text: `select f.id as "followUpId", f.order_id as "orderId" from survey_links l join follow_ups f on f.id = l.follow_up_id
           where l.token_hash = decode($1, 'hex')`,
    values: [tokenHash],
  });
  return rows[0] ?? null;
}
