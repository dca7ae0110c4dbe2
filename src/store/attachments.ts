import type { Instant } from '../domain/time.ts';
import { fromJson, type Queryable, writer } from './rows.ts';
import * as t from './tables.ts';

export type Attachment = typeof t.attachments.$inferSelect;

const write = writer(t.attachments);
export const writeAttachment = (tx: Queryable, attachment: Attachment): Promise<void> => write(tx, [attachment]);

/** An attachment's entry; the content is kept elsewhere. */
export async function findAttachment(from: Queryable, id: string): Promise<Attachment | null> {
  const { rows } = await from.query<{ attachment: Record<string, unknown> }>({
    name: 'find attachment',
    text: 'select row_to_json(a) as attachment from attachments a where id = $1',
    values: [id],
  });
  return rows[0] ? fromJson(t.attachments, rows[0].attachment) : null;
}

/** The files of these types of an order, the oldest first. */
export async function attachmentsOf(
  from: Queryable,
  order: string,
  mediaTypes: readonly string[],
): Promise<readonly Attachment[]> {
  const { rows } = await from.query<{ attachment: Record<string, unknown> }>({
    name: 'attachments of',
    text: `select row_to_json(a) as attachment from attachments a
           where order_id = $1 and media_type = any($2) order by added_at, id`,
    values: [order, mediaTypes],
  });
  return rows.map(({ attachment }) => fromJson(t.attachments, attachment));
}

/** So many files of an order after this one, the oldest first. */
export async function listAttachments(
  from: Queryable,
  order: string,
  { after, limit }: Readonly<{ after: Readonly<{ at: Instant; id: string }> | undefined; limit: number }>,
): Promise<readonly Attachment[]> {
  const { rows } = await from.query<{ attachment: Record<string, unknown> }>({
    name: 'list attachments',
    text: `select row_to_json(a) as attachment from attachments a
           where order_id = $1 and ($2::timestamptz is null or (added_at, id) > ($2, $3::uuid))
           order by added_at, id limit $4`,
    values: [order, after === undefined ? null : new Date(after.at).toISOString(), after?.id ?? null, limit],
  });
  return rows.map(({ attachment }) => fromJson(t.attachments, attachment));
}

/** Which of these ids are attachments of none of the orders. */
export async function notAttached(
  from: Queryable,
  orders: readonly string[],
  ids: readonly string[],
): Promise<readonly string[]> {
  const { rows } = await from.query<{ id: string }>({
    name: 'not attached',
    text: `select id from unnest($2::uuid[]) as given(id)
           where not exists (select from attachments a where a.id = given.id and a.order_id = any($1))`,
    values: [orders, ids],
  });
  return rows.map((r) => r.id);
}
