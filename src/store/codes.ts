import type { Queryable } from './rows.ts';

/** Wrong codes that are borne with in a quarter of an hour: for one number, and from one address, where many people may sit. */
export const wrongCodes = { number: 5, address: 30 } as const;

const windowSeconds = 900;
const fresh = `since > now() - interval '${windowSeconds} seconds'`;

/** How many seconds until this subject may try again; 0 where it may now. */
export async function blockedFor(from: Queryable, subject: string, most: number): Promise<number> {
  const { rows } = await from.query<{ wait: number }>({
    name: 'code failures',
    text: `select ceil(extract(epoch from since - now()) + ${windowSeconds})::int as wait from code_failures where subject = $1 and failures >= $2 and ${fresh}`,
    values: [subject, most],
  });
  return rows[0]?.wait ?? 0;
}

/**
 * Counts a try as a failure before it is judged, so that guesses sent together count as well. The reply is how many
 * seconds to wait, or 0 where this one is still among the first `most`.
 */
export async function countTry(to: Queryable, subject: string, most: number): Promise<number> {
  const { rows } = await to.query<{ failures: number; wait: number }>({
    name: 'count try',
    text: `insert into code_failures (subject, failures, since) values ($1, 1, now())
      on conflict (subject) do update set
        failures = case when code_failures.${fresh} then least(code_failures.failures + 1, 1000) else 1 end,
        since = case when code_failures.${fresh} then code_failures.since else now() end
      returning failures, ceil(extract(epoch from since - now()) + ${windowSeconds})::int as wait`,
    values: [subject],
  });
  const [row] = rows;
  return row !== undefined && row.failures > most ? Math.max(1, row.wait) : 0;
}

/** Takes a try back that was right after all. */
export const uncountTry = (to: Queryable, subject: string): Promise<unknown> =>
  to.query({
    name: 'uncount try',
    text: 'update code_failures set failures = greatest(failures - 1, 0) where subject = $1',
    values: [subject],
  });

/** Forgets what is too old to count. */
export const forgetTries = (to: Queryable): Promise<unknown> =>
  to.query({ name: 'forget tries', text: `delete from code_failures where not (${fresh})` });
