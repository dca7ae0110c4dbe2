import { uuidv7 } from 'uuidv7';
import { type Command, type Decision, decide } from '../domain/decide.ts';
import { type Danger, type Incident, usualDanger } from '../domain/incident.ts';
import {
  allowedOnIncident,
  decideIncident,
  type IncidentCommand,
  openIncident,
  openingFault,
} from '../domain/incident-decide.ts';
import type { IncidentCounts } from '../domain/incident-request.ts';
import { raised } from '../domain/merge.ts';
import type { Setting } from '../domain/obstacles.ts';
import { commonArea, type Reach, reachFaults } from '../domain/reach.ts';
import { isRefusal, type Refusal, refuse } from '../domain/refusal.ts';
import type { Urgency } from '../domain/request.ts';
import type { Instant } from '../domain/time.ts';
import { type Sight, sightOf } from '../domain/visibility.ts';
import { type Actor, isOpen, theSystem, type WorkOrder } from '../domain/work-order.ts';
import { countsOf } from '../store/incident-requests.ts';
import { findIncidents, type IncidentFilter, loadIncidents, lockIncident, saveIncident } from '../store/incidents.ts';
import { nextNumbers } from '../store/intake.ts';
import { nextNumber } from '../store/numbers.ts';
import { load, loadAll } from '../store/orders.ts';
import { type Queryable, transaction } from '../store/rows.ts';
import { dropTasks } from '../store/tasks.ts';
import { type Deps, settingOf } from './deps.ts';
import { draft, writeDrafts } from './draft.ts';
import { lateUpdateTask } from './incident-end.ts';
import { tellNews } from './incident-news.ts';
import { changeIn } from './perform.ts';

/** An incident with its lead order, its counts, and what the actor may do to it now. */
export type SeenIncident = Readonly<{
  incident: Incident;
  lead: Pick<WorkOrder, 'id' | 'number' | 'state' | 'owner'>;
  counts: IncidentCounts;
  allowedActions: readonly string[];
}>;

/** What a shift leader says to open one. The lead order is the one named, or a new one of `leadCategory`. */
export type OpenedIncident = Readonly<{
  title: string;
  description: string;
  category: string;
  leadCategory: string;
  reach: Reach;
  since: Instant;
  until: Instant | null;
  leadUnit: string;
  urgency: Urgency;
  workOrderId: string | null;
  answer: string;
  nextUpdateAt: Instant | null;
  danger: Partial<Danger>;
}>;

/** Opens an incident (突发事件): from its commit on what matches joins its lead order. */
export async function open(deps: Deps, asked: OpenedIncident, actor: Actor): Promise<SeenIncident | Refusal> {
  const fault = openingFault(asked, settingOf(deps, actor)) ?? faultOf(deps, asked);
  if (fault) return fault;
  const opened = await transaction(deps.pool, async (tx) => {
    const number = await nextNumber(tx, 'incident', deps.now());
    const lead =
      asked.workOrderId === null
        ? await newLead(tx, deps, asked, number, actor)
        : await namedLead(tx, deps, asked, number, actor);
    if (isRefusal(lead)) return lead;
    const { title, category, reach, since, until, answer, nextUpdateAt } = asked;
    const danger = { ...usualDanger, ...asked.danger };
    const head = { id: uuidv7(), number, title, category, reach, since, until, answer, nextUpdateAt, danger };
    const outcome = openIncident({ ...head, leadOrderId: lead.id }, lead.owner, settingOf(deps, actor));
    await saveIncident(tx, outcome.incident, outcome.facts);
    return outcome.incident;
  });
  if (isRefusal(opened)) return opened;
  await deps.reloadSurge();
  return lookAtIncident(deps, opened.id, actor);
}

function faultOf({ city, now }: Deps, { category, leadCategory, reach, workOrderId, leadUnit }: OpenedIncident) {
  const { city: known, areasAt } = city();
  if (!known.categories.has(category)) return refuse('category-unknown', { category });
  if (workOrderId === null && known.categories.get(leadCategory)?.leaf !== true)
    return refuse('category-not-leaf', { category: leadCategory });
  if (!known.units.has(leadUnit)) return refuse('unit-unknown', { unit: leadUnit });
  const errors = reachFaults(reach, (code) => areasAt(now()).tree.byCode.has(code));
  return errors.length === 0 ? null : refuse('reach-invalid', { errors });
}

const basisOf = (number: string, title: string): string => `突发事件 ${number} ${title}`;

/** To the lead unit, by the incident itself: accepted and dispatched, whatever the directory says of the category. */
function toLeadUnit(order: WorkOrder, unit: string, basis: string, setting: Setting): Decision | Refusal {
  const steps: readonly Command[] = [
    ...(order.state === 'registered' ? [{ action: 'accept', said: {} } as const] : []),
    { action: 'dispatch', said: { unit, basis } },
  ];
  let reached: Decision = { kind: 'decided', order, facts: [] };
  for (const step of steps) {
    const outcome = decide(reached.order, step, { ...setting, actor: theSystem });
    if (isRefusal(outcome)) return outcome;
    reached = { ...outcome, facts: [...reached.facts, ...outcome.facts] };
  }
  return reached;
}

async function newLead(
  tx: Queryable,
  deps: Deps,
  asked: OpenedIncident,
  number: string,
  actor: Actor,
): Promise<WorkOrder | Refusal> {
  const setting = settingOf(deps, actor);
  const code = commonArea(asked.reach, deps.city().areasAt(setting.now));
  const [orderNumber = ''] = await nextNumbers(tx, setting.now, 1);
  const made = draft(
    deps,
    {
      channel: 'hotline',
      externalId: null,
      kind: 'report',
      category: asked.leadCategory,
      disposition: 'hold',
      title: asked.title,
      description: asked.description,
      urgency: asked.urgency,
      location: code === null ? null : { areaCode: code },
      requester: null,
      confidential: false,
      answers: {},
      attachments: [],
      callRecordId: null,
      externalDueAt: null,
      replyTo: null,
      receivedAt: null,
      diversion: null,
    },
    actor,
    orderNumber,
  );
  const { order, facts } = made.decision;
  const given = toLeadUnit(order, asked.leadUnit, basisOf(number, asked.title), setting);
  if (isRefusal(given)) return given;
  await writeDrafts(deps, tx, [{ ...made, decision: { ...given, facts: [...facts, ...given.facts] } }]);
  return given.order;
}

/** An order that is there already leads: its unit's, or given to the lead unit now; at the higher of both urgencies. */
async function namedLead(
  tx: Queryable,
  deps: Deps,
  asked: OpenedIncident,
  number: string,
  actor: Actor,
): Promise<WorkOrder | Refusal> {
  const outcome = await changeIn(tx, deps, asked.workOrderId ?? '', actor, null, (order, setting) => {
    if (order.incident !== null) return refuse('leads-incident', { workOrder: order.id });
    if (!isOpen(order.state) || order.state === 'following_up')
      return refuse('target-closed', { into: order.id, state: order.state });
    const urgent = raised(order, asked.urgency, setting);
    if (order.state === 'registered' || order.state === 'accepted')
      return toLeadUnit(urgent, asked.leadUnit, basisOf(number, asked.title), setting);
    if (order.owner !== asked.leadUnit) return refuse('lead-unit-differs', { unit: order.owner });
    return { kind: 'decided', order: urgent, facts: [] };
  });
  return isRefusal(outcome) ? outcome : outcome.order;
}

/** Edits an incident, tells everybody something, or ends it: then each of those who joined is asked. */
export async function onIncident(
  deps: Deps,
  id: string,
  command: IncidentCommand,
  actor: Actor,
): Promise<SeenIncident | Refusal> {
  const { reach } = command.action === 'edit' ? command.said : {};
  const errors =
    reach === undefined ? [] : reachFaults(reach, (code) => deps.city().areasAt(deps.now()).tree.byCode.has(code));
  if (errors.length > 0) return refuse('reach-invalid', { errors });
  const done = await transaction(deps.pool, async (tx) => {
    const incident = await lockIncident(tx, id);
    if (incident === null) return refuse('not-found');
    const lead = await leadOf(tx, incident);
    const outcome = decideIncident(incident, command, lead.owner, settingOf(deps, actor));
    if (isRefusal(outcome)) return outcome;
    await saveIncident(tx, outcome.incident, outcome.facts);
    await tellNews(tx, deps, incident, outcome.incident);
    if (outcome.incident.nextUpdateAt !== incident.nextUpdateAt || command.action === 'update')
      await dropTasks(tx, lead.id, [lateUpdateTask], deps.now());
    return outcome;
  });
  if (isRefusal(done)) return done;
  await deps.reloadSurge();
  return lookAtIncident(deps, id, actor);
}

async function leadOf(from: Queryable, { leadOrderId }: Incident): Promise<WorkOrder> {
  const lead = await load(from, leadOrderId);
  if (lead === null) throw new Error(`incident without its lead order ${leadOrderId}`);
  return lead;
}

/** Incidents within the actor's sight, newest first: the hotline's and the city's are all, a unit's those it leads. */
export async function listIncidents(
  deps: Deps,
  filter: IncidentFilter,
  actor: Actor,
): Promise<readonly SeenIncident[]> {
  return seeAll(
    { ...deps, pool: deps.reading },
    await findIncidents(deps.reading, incidentSight(deps, actor), filter),
    actor,
  );
}

/** One, or a refusal that does not tell whether it exists. */
export async function lookAtIncident(deps: Deps, id: string, actor: Actor): Promise<SeenIncident | Refusal> {
  const [seen] = await seeAll(deps, await loadIncidents(deps.pool, [id]), actor);
  const { all, units } = incidentSight(deps, actor);
  return seen !== undefined && (all || units.includes(seen.lead.owner)) ? seen : refuse('not-found');
}

/** Agents ask everybody who joined, whatever state the lead order is in. */
export const incidentSight = (deps: Deps, actor: Actor): Sight => {
  const sight = sightOf(actor, deps.city().city);
  return { ...sight, all: sight.all || actor.roles.includes('follow_up_agent') };
};

async function seeAll(deps: Deps, incidents: readonly Incident[], actor: Actor): Promise<readonly SeenIncident[]> {
  const [leads, counts] = await Promise.all([
    loadAll(
      deps.pool,
      incidents.map(({ leadOrderId }) => leadOrderId),
    ),
    countsOf(
      deps.pool,
      incidents.map(({ id }) => id),
    ),
  ]);
  const setting = settingOf(deps, actor);
  return incidents.flatMap((incident) => {
    const lead = leads.find(({ id }) => id === incident.leadOrderId);
    if (lead === undefined) return [];
    return [{ incident, lead, counts: counts(incident.id), allowedActions: allowedOnIncident(incident, setting) }];
  });
}
