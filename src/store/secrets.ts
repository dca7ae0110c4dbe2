import { randomBytes } from 'node:crypto';
import type { Queryable } from './rows.ts';

/** A secret of this installation: drawn when it is first asked for, the same in every process from then on. */
export async function secretNamed(from: Queryable, name: string): Promise<Buffer> {
  await from.query('insert into secrets (name, value, made_at) values ($1, $2, now()) on conflict do nothing', [
    name,
    randomBytes(32),
  ]);
  const { rows } = await from.query<{ value: Buffer }>('select value from secrets where name = $1', [name]);
  if (rows[0] === undefined) throw new Error(`the secret ${name} is gone`);
  return rows[0].value;
}
