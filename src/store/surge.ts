import { type Watch, watching } from '../domain/incident-meeting.ts';
import { type OutageWatch, watchingOutage } from '../domain/outage.ts';
import type { Instant } from '../domain/time.ts';
import { loadIncidents } from './incidents.ts';
import { standingOutages } from './outages.ts';
import type { Queryable } from './rows.ts';

/** What new requests may meet, in memory and immutable: a change makes a new one. What is over by now is left out. */
export type Surge = Readonly<{ incidents: readonly Watch[]; outages: readonly OutageWatch[] }>;

/** Reads it as it is in the database, in the order things were opened. */
export async function loadSurge(from: Queryable, now: Instant): Promise<Surge> {
  const { rows } = await from.query<{ id: string }>("select id from incidents where state = 'open'");
  const ids = rows.map(({ id }) => id);
  const [incidents, outages] = await Promise.all([loadIncidents(from, ids), standingOutages(from, now, null)]);
  return { incidents: incidents.toReversed().map(watching), outages: outages.map(watchingOutage) };
}
