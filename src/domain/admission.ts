import { type City, type DutyLine, isBelow, type Role, type UnitKind } from './city.ts';
import type { RefusalCode } from './refusal.ts';
import type { Table } from './table.ts';
import type { Instant } from './time.ts';
import { sightOf } from './visibility.ts';
import { type Actor, clientOf, type OrderClock } from './work-order.ts';

/** The two looks an admission gets, one after the other, each with its own limit. */
export const admissionSteps = ['legal_review', 'government_approval'] as const;
export type AdmissionStepName = (typeof admissionSteps)[number];
export const admissionStates = [...admissionSteps, 'granted', 'refused', 'withdrawn'] as const;
export type AdmissionState = (typeof admissionStates)[number];

/** Lists a matter can be admitted to: what is done by law needs none, and the negative list admits nothing. */
export const admittedLists = ['assist', 'purchase'] as const;

/**
 * What is to be admitted, for one unit or for all of a kind. With the duty go the power to do it, the fund and the staff
 * (权随责走、费随事转), all three said; `contract` is the record under which it is done (契约化管理).
 */
export type AdmissionTerms = Readonly<{
  category: string;
  unit: string | null;
  unitKind: 'street' | 'community' | null;
  list: (typeof admittedLists)[number];
  /** How the line of the duty list will read. */
  text: string;
  power: string;
  fund: string;
  staff: string;
  contract: Readonly<{ number: string; between: string; text: string }>;
  effectiveAt: Instant;
}>;

/** One look, by whom, and what came of it. A lapsed one is followed by the same look one level up: `succeeds`. */
export type AdmissionStep = Readonly<{
  seq: number;
  id: string;
  step: AdmissionStepName;
  decider: Role;
  askedAt: Instant;
  state: 'pending' | 'granted' | 'refused' | 'withdrawn' | 'lapsed';
  decidedBy: string | null;
  decidedAt: Instant | null;
  reason: string | null;
  succeeds: string | null;
}>;

/** An admission (准入审批): how a matter off the duty lists comes to a street or community. It belongs to no order. */
export type Admission = AdmissionTerms &
  Readonly<{
    id: string;
    number: string;
    version: number;
    state: AdmissionState;
    reason: string;
    /** The order that showed the need, where there is one. */
    workOrderId: string | null;
    askedBy: string;
    askedByUnit: string | null;
    askedByClient: string;
    askedAt: Instant;
    steps: readonly AdmissionStep[];
    clocks: readonly OrderClock[];
    endedAt: Instant | null;
    /** The last number given to a part of it. */
    seq: number;
  }>;

export type AdmissionParty = 'proposer' | 'decider' | 'system';

/** What comes with each action on an admission. */
export type AdmissionSaid = {
  review: { granted: boolean; reason: string };
  approve: { granted: boolean; reason: string };
  withdraw: object;
  lapse: object;
};
export type AdmissionAction = keyof AdmissionSaid;
export type AdmissionObstacle = Extract<RefusalCode, 'reason-missing'>;

/** The whole life of an admission. Silence never grants and never refuses: what lapses goes one level up. */
// biome-ignore format: one row per line, read by column
export const admissionLife = {
  review:   { from: ['legal_review'],        by: ['decider'],  to: ['government_approval', 'refused'], stops: ['decision'], starts: ['decision'], unless: ['reason-missing'] },
  approve:  { from: ['government_approval'], by: ['decider'],  to: ['granted', 'refused'],             stops: ['decision'],                       unless: ['reason-missing'] },
  withdraw: { from: admissionSteps,          by: ['proposer'], to: 'withdrawn',                        stops: ['decision'] },
  lapse:    { from: admissionSteps,          by: ['system'],   to: 'unchanged',                        stops: ['decision'], starts: ['decision'] },
} as const satisfies Table<AdmissionAction, AdmissionState, AdmissionParty, AdmissionObstacle>;

/** The look it waits for; none where it is over. */
export const pendingStep = ({ steps }: Pick<Admission, 'steps'>): AdmissionStep | undefined =>
  steps.find((step) => step.state === 'pending');

/** When the look it waits for is due; null where it is over. */
export const dueOfAdmission = ({ clocks }: Pick<Admission, 'clocks'>): Instant | null =>
  clocks.find((clock) => clock.state !== 'stopped')?.dueAt ?? null;

/** Whether somebody asked it, or may be who did: another name behind the same client is only said to be another person. */
export const isProposer = (actor: Actor, { askedBy, askedByUnit, askedByClient }: Admission): boolean =>
  askedByClient === clientOf(actor) || (askedBy === actor.name && askedByUnit === actor.unit);

/** What an actor is to an admission. Nobody decides what they asked; a unit's people stand in for one another. */
export function admissionParties(actor: Actor, admission: Admission): ReadonlySet<AdmissionParty> {
  const found = new Set<AdmissionParty>();
  if (actor.system) return found.add('system');
  const step = pendingStep(admission);
  if (step !== undefined && actor.roles.includes(step.decider) && !isProposer(actor, admission)) found.add('decider');
  const stands = actor.unit !== null && actor.unit === admission.askedByUnit && actor.roles.some(proposes);
  if (isProposer(actor, admission) || stands) found.add('proposer');
  return found;
}

/** Bureaus, streets and the district propose through their offices, the city through the hotline's leaders. */
const proposingKinds: ReadonlySet<UnitKind> = new Set(['department', 'stationed', 'district', 'street']);
const proposingRoles: ReadonlySet<Role> = new Set(['unit_clerk', 'unit_leader', 'street_centre']);
const hotlineProposers: ReadonlySet<Role> = new Set(['dispatcher', 'shift_leader', 'centre_leader']);
const proposes = (role: Role): boolean => proposingRoles.has(role) || hotlineProposers.has(role);

/** Whether somebody may propose an admission: a bureau, a street, the district or the hotline, never a community. */
export const mayPropose = ({ roles, unit }: Actor, { units }: City): boolean => {
  if (roles.some((role) => hotlineProposers.has(role))) return true;
  const kind = unit === null ? undefined : units.get(unit)?.kind;
  return kind !== undefined && proposingKinds.has(kind) && roles.some((role) => proposingRoles.has(role));
};

/** Whose admissions somebody sees, as data a query can use too: everybody's, or of these units, as giver or receiver. */
export type AdmissionSight = 'all' | Readonly<{ units: readonly string[]; kinds: readonly UnitKind[] }>;

/** What somebody sees of admissions: a unit what it or those under it asked or would be given. */
export function admissionSight(actor: Actor, city: City): AdmissionSight {
  const { all, units } = sightOf(actor, city);
  if (all) return 'all';
  return { units, kinds: [...new Set(units.flatMap((unit) => city.units.get(unit)?.kind ?? []))] };
}

/** Whether an admission is within somebody's sight; outside it does not exist for them. */
export const canSeeAdmission = (sight: AdmissionSight, { askedByUnit, unit, unitKind }: Admission): boolean =>
  sight === 'all' ||
  (askedByUnit !== null && sight.units.includes(askedByUnit)) ||
  (unit !== null && sight.units.includes(unit)) ||
  (unitKind !== null && sight.kinds.includes(unitKind));

/** The line of the duty list that a granted admission becomes. */
export const dutyLineOf = ({
  id,
  number,
  unitKind,
  unit,
  category,
  list,
  text,
}: AdmissionTerms & Readonly<{ id: string; number: string }>): DutyLine => ({
  line: number,
  unitKind,
  unit,
  category,
  list,
  text,
  basis: id,
});

/** Whether a category, or any below it, is an administrative act: a community can never be given one. */
export const holdsAdministrativeAct = (category: string, { categories }: City): boolean =>
  [...categories.values()].some(({ code, administrativeAct }) => administrativeAct && isBelow(code, category));
