import type { Instant } from '../domain/time.ts';
import type { Sight } from '../domain/visibility.ts';
import { type RequestRow, requestsById, within } from './look.ts';
import type { Queryable } from './rows.ts';

/** What a search of requests may be narrowed to. `cursor` is the last id of the page before; `limit` the size of one. */
export type RequestFilter = Readonly<{
  number?: string | undefined;
  from?: Instant | undefined;
  to?: Instant | undefined;
  area?: string | undefined;
  category?: string | undefined;
  phoneKey?: string | undefined;
  text?: string | undefined;
  channel?: string | undefined;
  externalId?: string | undefined;
  cursor?: string | undefined;
  limit: number;
}>;

/** Requests on orders within sight that pass the filter, newest first. `from` and `to` are of registration. */
export async function findRequests(
  from: Queryable,
  sight: Sight,
  filter: RequestFilter,
): Promise<readonly RequestRow[]> {
  const values: unknown[] = [];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const conditions = [within(sight, bind)];
  const when = (text: string, value: unknown): void => {
    if (value !== undefined) conditions.push(text.replaceAll('?', bind(value)));
  };
  when('r.number = ?', filter.number);
  when('r.registered_at >= ?', timestamp(filter.from));
  when('r.registered_at < ?', timestamp(filter.to));
  when('w.area_path @> array[?]::text[]', filter.area);
  when("(r.category = ? or starts_with(r.category, ? || '/'))", filter.category);
  when('r.id in (select q.request_id from requesters q where q.phone_key = ?)', filter.phoneKey);
  when('(strpos(r.title, ?) > 0 or strpos(r.description, ?) > 0)', filter.text);
  when('r.channel = ?', filter.channel);
  when('r.external_id = ?', filter.externalId);
  when('r.id < ?::uuid', filter.cursor);
  const { rows } = await from.query<{ id: string }>(
    `select r.id from requests r join work_orders w on w.id = r.work_order_id
     where ${conditions.join(' and ')} order by r.id desc limit ${bind(filter.limit)}`,
    values,
  );
  const found = await requestsById(
    from,
    rows.map((r) => r.id),
  );
  return found.toReversed();
}

const timestamp = (at: Instant | undefined): string | undefined =>
  at === undefined ? undefined : new Date(at).toISOString();
