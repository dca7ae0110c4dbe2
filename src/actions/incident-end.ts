import { decideIncident } from '../domain/incident-decide.ts';
import { isRefusal } from '../domain/refusal.ts';
import { isOpen, theSystem, type WorkOrder } from '../domain/work-order.ts';
import { carrySample, lockOpenIncidentOf, saveIncident } from '../store/incidents.ts';
import type { Queryable } from '../store/rows.ts';
import { type Deps, settingOf } from './deps.ts';

/** How many of those who joined an incident are asked afterwards like everybody else; a sample, as for direct answers. */
const sampleSize = 30;

/**
 * What a change of its lead order means to an incident: with the work handed in a sample of its requests is carried by
 * the order, to be asked when that comes to its residents; with the order's end the incident ends.
 */
export async function followLead(tx: Queryable, deps: Deps, before: WorkOrder, after: WorkOrder): Promise<void> {
  if (after.incident === null) return;
  if (after.state === 'submitted' && before.state !== 'submitted') await carrySample(tx, after.id, sampleSize);
  if (!isOpen(before.state) || isOpen(after.state)) return;
  const incident = await lockOpenIncidentOf(tx, after.id);
  if (incident === null) return;
  const ended = decideIncident(incident, { action: 'end', said: {} }, after.owner, settingOf(deps, theSystem));
  if (isRefusal(ended)) throw new Error(`an incident does not end with its lead order: ${ended.code}`);
  await saveIncident(tx, ended.incident, ended.facts);
}
