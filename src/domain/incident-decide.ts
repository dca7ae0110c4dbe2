import { nameOf } from './decide.ts';
import {
  type Incident,
  type IncidentAction,
  type IncidentObstacle,
  type IncidentParty,
  type IncidentSaid,
  type IncidentState,
  incidentLife,
  incidentObstacles,
  incidentParties,
} from './incident.ts';
import type { Setting } from './obstacles.ts';
import { type Refusal, refuse } from './refusal.ts';
import { allowedIn, arrive, notAllowed, type Table, type TableRow } from './table.ts';
import type { Fact } from './work-order.ts';

/** One thing to do to an incident, with what was said. */
export type IncidentCommand = {
  [A in IncidentAction]: Readonly<{ action: A; said: IncidentSaid[A] }>;
}[IncidentAction];

/** The next incident, and what became true on the way. */
export type IncidentDecision = Readonly<{ kind: 'decided'; incident: Incident; facts: readonly Fact[] }>;

type Row = TableRow<IncidentState, IncidentParty, IncidentObstacle>;
const table: Table<IncidentAction, IncidentState, IncidentParty, IncidentObstacle> = incidentLife;

/** What the actor may do to an incident now. */
export const allowedOnIncident = ({ state }: Incident, { actor }: Pick<Setting, 'actor'>): readonly IncidentAction[] =>
  allowedIn(table, state, incidentParties(actor));

/** What keeps an incident from being opened with these dates. */
export function openingFault(
  asked: Pick<Incident, 'since' | 'until' | 'nextUpdateAt'>,
  setting: Setting,
): Refusal | null {
  const obstacle = (['slot-backwards', 'in-the-past'] as const).find((code) =>
    incidentObstacles[code](asked, null, setting),
  );
  return obstacle === undefined ? null : refuse(obstacle);
}

/** Opens an incident whose lead order is there; `unit` is the one responsible for that. */
export function openIncident(
  asked: Omit<Incident, 'version' | 'state' | 'updateDueAt' | 'openedBy' | 'endedBy' | 'endedAt' | 'updates'>,
  unit: string,
  setting: Setting,
): IncidentDecision {
  const openedBy = { actor: nameOf(setting.actor), at: setting.now };
  const incident: Incident = {
    ...asked,
    version: 1,
    state: 'open',
    updateDueAt: asked.nextUpdateAt,
    openedBy,
    endedBy: null,
    endedAt: null,
    updates: [],
  };
  return { kind: 'decided', incident, facts: [factOf(incident, 'incident_opened', unit, setting)] };
}

/** What happens if `command` reaches the incident now. Pure. */
export function decideIncident(
  incident: Incident,
  { action, said }: IncidentCommand,
  unit: string,
  setting: Setting,
): IncidentDecision | Refusal {
  const row: Row = incidentLife[action];
  const no = notAllowed(table, action, incident.state, incidentParties(setting.actor));
  if (no) return no;
  const next = effects[action](incident, said as never, setting);
  const obstacle = row.unless?.find((code) => incidentObstacles[code](next, incident, setting));
  if (obstacle) return refuse(obstacle);
  const changed = { ...next, version: incident.version + 1, state: arrive(row, incident.state, undefined) };
  return { kind: 'decided', incident: changed, facts: [factOf(changed, facts[action], unit, setting)] };
}

const facts = {
  edit: 'incident_edited',
  update: 'incident_update',
  attach: 'incident_attached',
  late: 'incident_update_late',
  end: 'incident_ended',
} as const satisfies Record<IncidentAction, string>;

const effects: {
  readonly [A in IncidentAction]: (incident: Incident, said: IncidentSaid[A], setting: Setting) => Incident;
} = {
  edit: (incident, said) => ({
    ...incident,
    ...said,
    updateDueAt: said.nextUpdateAt === undefined ? incident.updateDueAt : said.nextUpdateAt,
  }),
  update: (incident, { text, nextUpdateAt = null }, setting) => ({
    ...incident,
    nextUpdateAt,
    updateDueAt: nextUpdateAt,
    updates: [...incident.updates, updateOf(incident, text, setting)],
  }),
  attach: (incident) => incident,
  late: (incident) => ({ ...incident, updateDueAt: null }),
  end: (incident, { text }, setting) => ({
    ...incident,
    nextUpdateAt: null,
    updateDueAt: null,
    endedAt: setting.now,
    endedBy: { actor: nameOf(setting.actor), at: setting.now },
    updates: text === undefined ? incident.updates : [...incident.updates, updateOf(incident, text, setting)],
  }),
};

const updateOf = ({ updates }: Incident, text: string, { now, actor }: Setting): Incident['updates'][number] => ({
  seq: updates.length + 1,
  text,
  at: now,
  actor: nameOf(actor),
});

/** One fact for everybody who joined, however many: whoever tells residents reads them from the incident. */
const factOf = (incident: Incident, type: string, unit: string, { now, actor }: Setting): Fact => ({
  type,
  at: now,
  actor: nameOf(actor),
  unit,
  body: {
    number: incident.number,
    version: incident.version,
    order: incident.leadOrderId,
    update: incident.updates.at(-1)?.seq ?? null,
    nextUpdateAt: incident.nextUpdateAt,
  },
});
