import { uuidv7 } from 'uuidv7';
import { decideIncident } from '../domain/incident-decide.ts';
import { isRefusal } from '../domain/refusal.ts';
import { isOpen, theSystem, type WorkOrder } from '../domain/work-order.ts';
import { carrySample } from '../store/incident-requests.ts';
import { lockIncident, lockOpenIncidentOf, saveIncident } from '../store/incidents.ts';
import { load } from '../store/orders.ts';
import type { Queryable } from '../store/rows.ts';
import { openTasks } from '../store/tasks.ts';
import { type Deps, settingOf } from './deps.ts';
import { tellNews } from './incident-news.ts';

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
  await tellNews(tx, deps, incident, ended.incident);
}

/** What a shift leader owes to an incident: the update thousands were promised. */
export const lateUpdateTask = 'incident_update_late';

/** The next update was promised for now and has not come: the lead unit hears of it, and it waits for a shift leader. */
export async function fireIncident(
  tx: Queryable,
  deps: Deps,
  id: string,
  wait: boolean,
): Promise<'fired' | 'stale' | 'held'> {
  const incident = await lockIncident(tx, id, !wait);
  if (incident === null) return 'held';
  if (incident.updateDueAt === null || incident.updateDueAt > deps.now()) return 'stale';
  const lead = await load(tx, incident.leadOrderId);
  if (lead === null) throw new Error(`incident ${id} without its lead order`);
  const late = decideIncident(incident, { action: 'late', said: {} }, lead.owner, settingOf(deps, theSystem));
  if (isRefusal(late)) return 'stale';
  await saveIncident(tx, late.incident, late.facts);
  const body = { incident: id, number: incident.number };
  const task = {
    id: uuidv7(),
    kind: lateUpdateTask,
    role: 'shift_leader',
    unit: null,
    body,
    dueAt: incident.updateDueAt,
  };
  await openTasks(tx, lead.id, deps.now(), [task]);
  return 'fired';
}
