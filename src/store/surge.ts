import type { Decree } from '../domain/decree.ts';
import { type Watch, watching } from '../domain/incident-meeting.ts';
import { type OutageWatch, watchingOutage } from '../domain/outage.ts';
import type { Instant } from '../domain/time.ts';
import { standingDecrees } from './decrees.ts';
import { loadIncidents } from './incidents.ts';
import { standingOutages } from './outages.ts';
import type { Queryable } from './rows.ts';

/** What is going on, in memory and immutable: a change makes a new one. What is over by now is left out. */
export type Surge = Readonly<{
  incidents: readonly Watch[];
  outages: readonly OutageWatch[];
  decrees: readonly Decree[];
}>;

/** Reads it as it is in the database, in the order things were opened. */
export async function loadSurge(from: Queryable, now: Instant): Promise<Surge> {
  const { rows } = await from.query<{ id: string }>("select id from incidents where state = 'open'");
  const ids = rows.map(({ id }) => id);
  const [incidents, outages, decrees] = await Promise.all([
    loadIncidents(from, ids),
    standingOutages(from, now, null),
    standingDecrees(from, now),
  ]);
  return { incidents: incidents.toReversed().map(watching), outages: outages.map(watchingOutage), decrees };
}
