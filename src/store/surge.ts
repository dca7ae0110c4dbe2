import { type Watch, watching } from '../domain/incident-meeting.ts';
import { loadIncidents } from './incidents.ts';
import type { Queryable } from './rows.ts';

/** What new requests may meet, in memory and immutable: a change makes a new one. */
export type Surge = Readonly<{ incidents: readonly Watch[] }>;

/** Reads it as it is in the database, in the order things were opened. */
export async function loadSurge(from: Queryable): Promise<Surge> {
  const { rows } = await from.query<{ id: string }>("select id from incidents where state = 'open'");
  const incidents = await loadIncidents(
    from,
    rows.map(({ id }) => id),
  );
  return { incidents: incidents.toReversed().map(watching) };
}
