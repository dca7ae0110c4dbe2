import { createHmac, randomInt, timingSafeEqual } from 'node:crypto';
import { dateOf, type Instant } from '../domain/time.ts';
import { type Queryable, writer } from './rows.ts';
import * as t from './tables.ts';

/** Rows of new requests and of who asked. */
export const writeRequests = writer(t.requests);
export const writeRequesters = writer(t.requesters);

/** Corrects who asked: what is not named stays. The request counts as reachable by what is known then. */
export async function correctRequester(
  to: Queryable,
  requestId: string,
  contact: Readonly<
    Partial<Record<'name' | 'phone' | 'onBehalfOf', string | null | undefined>> & { anonymous?: boolean | undefined }
  >,
): Promise<void> {
  const { rows } = await to.query<{
    name: string | null;
    phone: string | null;
    on_behalf_of: string | null;
    anonymous: boolean;
  }>('select name, phone, on_behalf_of, anonymous from requesters where request_id = $1', [requestId]);
  const phone = contact.phone === undefined ? (rows[0]?.phone ?? null) : contact.phone;
  const anonymous = contact.anonymous ?? rows[0]?.anonymous ?? false;
  await to.query(
    `insert into requesters (request_id, name, phone, phone_key, anonymous, on_behalf_of) values ($1, $2, $3, $4, $5, $6)
     on conflict (request_id) do update set name = $2, phone = $3, phone_key = $4, anonymous = $5, on_behalf_of = $6`,
    [
      requestId,
      contact.name === undefined ? (rows[0]?.name ?? null) : contact.name,
      phone,
      phoneKey(phone),
      anonymous,
      contact.onBehalfOf === undefined ? (rows[0]?.on_behalf_of ?? null) : contact.onBehalfOf,
    ],
  );
  await to.query('update requests set reachable = $2 where id = $1', [
    requestId,
    !anonymous && phoneKey(phone) !== null,
  ]);
}

/** Takes the next `count` numbers of a day: YYYYMMDD and six digits. Numbers of a create that then fails stay unused. */
export async function nextNumbers(from: Queryable, at: Instant, count: number): Promise<readonly string[]> {
  const day = dateOf(at);
  // Not waiting for the disk: what is written with these numbers is committed later, and takes this along.
  const { rows } = await from.query<{ last: number }>({
    name: 'next numbers',
    text: `with hurry as materialized (select set_config('synchronous_commit', 'off', true))
      insert into day_numbers (day, last) select $1::date, $2::int from hurry
      on conflict (day) do update set last = day_numbers.last + $2 returning last`,
    values: [day, count],
  });
  const last = rows[0]?.last ?? count;
  return Array.from(
    { length: count },
    (_, i) => day.replaceAll('-', '') + String(last - count + 1 + i).padStart(6, '0'),
  );
}

/** A new query code: six digits, told once. */
export const newQueryCode = (): string => String(randomInt(1_000_000)).padStart(6, '0');

/** What is kept of a query code: useless without the installation's secret, since there are only a million codes. */
export const hashQueryCode = (key: Buffer, number: string, code: string): string =>
  createHmac('sha256', key).update(`${number}:${code}`).digest('hex');

/** Whether this is the request's code, in the same time whatever it is and whether or not there is such a request. */
export function isQueryCode(key: Buffer, number: string, code: string, hash: string | null): boolean {
  const said = Buffer.from(hashQueryCode(key, number, code), 'hex');
  const kept = Buffer.from(hash ?? '00'.repeat(32), 'hex');
  return timingSafeEqual(said, kept.length === said.length ? kept : Buffer.alloc(said.length)) && hash !== null;
}

/** The form in which phones are compared: digits with the country's code in front. Null when there is no number in it. */
export function phoneKey(phone: string | null | undefined): string | null {
  const digits = (phone ?? '').normalize('NFKC').replace(/\D/g, '');
  if (digits.length < 5) return null;
  if (/^1\d{10}$/.test(digits)) return `86${digits}`;
  return digits.replace(/^00/, '').replace(/^0(?=\d{9,11}$)/, '86');
}

/** The form in which texts are compared: no case, no spaces, no punctuation, the first 200 characters. */
export const normalText = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s\p{P}\p{S}]/gu, '')
    .slice(0, 200);

/** What a request may be a duplicate of. */
export type Likeness = Readonly<{
  category: string | null;
  point: Readonly<{ lon: number; lat: number }> | null;
  phoneKey: string | null;
  normalText: string;
}>;

/** An open order that looks like the same matter, and why: a person decides whether it is. */
export type DuplicateHint = Readonly<{
  workOrderId: string;
  number: string;
  title: string;
  state: string;
  why: readonly ('place' | 'phone' | 'text')[];
}>;

const radiusDegrees = 0.0009; // about 100 m
const cellOf = (degrees: string): string => `floor(${degrees} * 250)::int`;

// Each way of being alike is one lookup in an index of its own, requests_near, requesters_phone or requests_words,
// however much came in this week. A degree of longitude is the shorter one: a third cell may lie between west and east.
const hintSql = `
  select i.i as item, w.id as "workOrderId", w.number, w.title, w.state, array_agg(distinct m.why order by m.why) as why
  from (select *, ${radiusDegrees} / cos(radians(lat)) as aside
    from json_to_recordset($1) as j(i int, category text, lon float8, lat float8, phone text, text text)) i
  cross join lateral (
    (select r.work_order_id, 'place' as why from requests r
      where r.category = i.category and r.registered_at > $2
        and ${cellOf("(r.point->>'lat')::float8")} = any(array[${[`i.lat - ${radiusDegrees}`, `i.lat + ${radiusDegrees}`].map((at) => cellOf(`(${at})`)).join(', ')}])
        and ${cellOf("(r.point->>'lon')::float8")} = any(array[${['i.lon - i.aside', 'i.lon', 'i.lon + i.aside'].map((at) => cellOf(`(${at})`)).join(', ')}])
        and abs((r.point->>'lat')::float8 - i.lat) < ${radiusDegrees}
        and abs((r.point->>'lon')::float8 - i.lon) < i.aside
      order by r.registered_at desc limit 5)
    union all
    (select r.work_order_id, 'phone' from requesters q join requests r on r.id = q.request_id
      where q.phone_key = i.phone and r.registered_at > $2 order by r.registered_at desc limit 5)
    union all
    (select r.work_order_id, 'text' from requests r
      where hashtextextended(r.normal_text, 0) = hashtextextended(i.text, 0) and r.normal_text = i.text and i.text <> ''
        and r.registered_at > $2 order by r.registered_at desc limit 5)
  ) m join work_orders w on w.id = m.work_order_id
  where w.ended_at is null
  group by i.i, w.id, w.number, w.title, w.state
  order by i.i, count(*) desc, w.number desc`;

/** Open orders of the last week that may be the same matter: near by, same caller, same words. At most ten for each. */
export async function duplicateHints(
  from: Queryable,
  items: readonly Likeness[],
  now: Instant,
): Promise<readonly (readonly DuplicateHint[])[]> {
  const asked = items.map(({ category, point, phoneKey, normalText }, i) => ({
    i,
    category,
    lon: point?.lon,
    lat: point?.lat,
    phone: phoneKey,
    text: normalText,
  }));
  // Without a name, so that it is planned for the tables as they are: a plan kept from a young city reads them whole.
  const { rows } = await from.query<DuplicateHint & { item: number }>(hintSql, [
    JSON.stringify(asked),
    new Date(now - 7 * 86_400_000).toISOString(),
  ]);
  const found = items.map((): DuplicateHint[] => []);
  for (const { item, ...hint } of rows) if ((found[item]?.length ?? 10) < 10) found[item]?.push(hint);
  return found;
}

/** Requests that came through a channel under these ids before. */
export async function findExternal(
  from: Queryable,
  keys: readonly Readonly<{ channel: string; externalId: string }>[],
): Promise<ReadonlyMap<string, string>> {
  if (keys.length === 0) return new Map();
  const { rows } = await from.query<{ channel: string; external_id: string; id: string }>({
    name: 'find external',
    text: 'select r.channel, r.external_id, r.id from json_to_recordset($1) as k(channel text, id text) join requests r on r.channel = k.channel and r.external_id = k.id',
    values: [JSON.stringify(keys.map((k) => ({ channel: k.channel, id: k.externalId })))],
  });
  return new Map(rows.map((r) => [`${r.channel} ${r.external_id}`, r.id]));
}
