import pg from 'pg';
import type { Script } from './ceiling.ts';

type Written = Readonly<{ table: string; where: string }>;

/** What one create writes, by the order it makes. */
const written: readonly Written[] = [
  { table: 'work_orders', where: 'id = $1' },
  { table: 'assignments', where: 'order_id = $1' },
  { table: 'clocks', where: 'order_id = $1' },
  { table: 'facts', where: 'subject_id = $1' },
  { table: 'requests', where: 'work_order_id = $1' },
  { table: 'requesters', where: 'request_id = (select id from requests where work_order_id = $1)' },
  {
    table: 'idempotency',
    where: `(client, key) = (select client, key from idempotency where convert_from(body, 'UTF8') like '%' || $1 || '%' limit 1)`,
  },
];

/** Columns that must differ from row to row, and how the script fills them. */
const fresh: Readonly<Record<string, string>> = {
  'work_orders.id': ':u',
  'work_orders.number': ':n::text',
  'work_orders.owner': `'queue ' || (:n::bigint % 50)`,
  'assignments.order_id': ':u',
  'clocks.order_id': ':u',
  'facts.subject_id': ':u',
  'requests.id': ':u',
  'requests.number': ':n::text',
  'requests.work_order_id': ':u',
  'requests.original_order_id': ':u',
  'requesters.request_id': ':u',
  'requesters.phone_key': ':n::text',
  'idempotency.key': ':n::text',
};

/**
 * Tables of the same shape beside the real ones, with their indexes, and a script that writes the rows of one real
 * create into them, literally: the least that PostgreSQL has to do for a create, whoever asks for it.
 */
export async function shadowOfCreate(databaseUrl: string, orderId: string): Promise<Script> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('drop schema if exists bench cascade; create schema bench');
    const script: string[] = [];
    for (const { table, where } of written) {
      await client.query(`create table bench.${table} (like public.${table} including all)`);
      const columns = (
        await client.query<{ name: string }>(
          `select attname as name from pg_attribute where attrelid = 'public.${table}'::regclass
           and attnum > 0 and not attisdropped and attidentity = '' order by attnum`,
        )
      ).rows.map((r) => r.name);
      const literals = columns.map((c) => `coalesce(quote_literal("${c}"), 'null') as "${c}"`).join(', ');
      const { rows } = await client.query<Record<string, string>>(`select ${literals} from ${table} where ${where}`, [
        orderId,
      ]);
      if (rows.length === 0) throw new Error(`the create wrote nothing into ${table}`);
      const values = rows.map(
        (row) => `(${columns.map((c) => fresh[`${table}.${c}`] ?? safe(row[c] ?? 'null')).join(', ')})`,
      );
      script.push(
        `insert into bench.${table} (${columns.map((c) => `"${c}"`).join(', ')}) values ${values.join(', ')}`,
      );
    }
    await client.query('create table bench.claims (like public.claims including all)');
    return script;
  } finally {
    await client.end();
  }
}

/** pgbench takes every `:name` for a variable, also within quotes: such literals are written with the colon escaped. */
function safe(literal: string): string {
  if (!literal.includes(':')) return literal;
  const escaped = /^ ?E'/.test(literal) ? literal.trim() : `E${literal.replaceAll('\\', '\\\\')}`;
  return escaped.replaceAll(':', '\\x3a');
}
