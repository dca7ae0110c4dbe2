import { dateOf, type Instant } from '../domain/time.ts';
import type { Queryable } from './rows.ts';

/** What has a number of its own, as people say it on the phone, and the two letters it begins with. */
const letters = {
  admission: 'ZR',
  decree: 'JD',
  graded_measure: 'CS',
  incident: 'TF',
  meeting: 'LX',
  outage: 'TG',
  supervision: 'DB',
  undertaking: 'JB',
} as const;

/** A number nobody has: letters, the day, and a count. From a sequence, so that nobody waits for anybody's. */
export async function nextNumber(tx: Queryable, of: keyof typeof letters, at: Instant): Promise<string> {
  const { rows } = await tx.query<{ n: string }>(`select nextval('${of}_numbers') as n`);
  return `${letters[of]}${dateOf(at).replaceAll('-', '')}${String(rows[0]?.n).padStart(6, '0')}`;
}
