import type pg from 'pg';

/** Puts `count` facts of the type in the outbox, as an action would, and answers with their ids. */
export async function happen(pool: pg.Pool, count: number, type = 'registered'): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(
    `insert into facts (subject, subject_id, type, at, actor, body)
     select 'work_order', gen_random_uuid(), $2, '2030-03-01T09:00:00Z', '{}', '{}' from generate_series(1, $1)
     returning id`,
    [count, type],
  );
  return rows.map(({ id }) => id);
}

/** A consumer whose effect is a row for each act, so that acting twice shows. */
export async function counter(pool: pg.Pool) {
  await pool.query('create table acts (fact_id bigint not null)');
  const handler = {
    consumer: 'counter',
    types: 'all' as const,
    handle: async ({ id }: { id: string }, tx: pg.PoolClient): Promise<void> => {
      await tx.query('insert into acts values ($1)', [id]);
    },
  };
  const acts = async (): Promise<string[]> => {
    const { rows } = await pool.query<{ fact_id: string }>('select fact_id from acts order by fact_id');
    return rows.map((row) => row.fact_id);
  };
  return { handler, acts };
}
