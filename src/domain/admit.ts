import {
  type Admission,
  type AdmissionAction,
  type AdmissionObstacle,
  type AdmissionSaid,
  type AdmissionState,
  type AdmissionStep,
  type AdmissionStepName,
  type AdmissionTerms,
  admissionLife,
  admissionParties,
  dueOfAdmission,
  dutyLineOf,
  holdsAdministrativeAct,
  isProposer,
  mayPropose,
  pendingStep,
} from './admission.ts';
import type { City, Role, Unit } from './city.ts';
import { ruleFor, startClock } from './clocks.ts';
import { nameOf } from './decide.ts';
import { levelAbove } from './deciders.ts';
import type { Setting } from './obstacles.ts';
import { endClock, timetableOf } from './order-clocks.ts';
import { type Refusal, refuse } from './refusal.ts';
import { admits } from './routing.ts';
import { allowedIn, arrive, notAllowed, type TableRow } from './table.ts';
import { clientOf, type Fact, partId } from './work-order.ts';

/** The next admission, and what became true on the way. */
export type AdmissionDecision = Readonly<{ kind: 'decided'; admission: Admission; facts: readonly Fact[] }>;

/** One thing to do to an admission, with what was said. */
export type AdmissionCommand = {
  [A in AdmissionAction]: Readonly<{ action: A; said: AdmissionSaid[A] }>;
}[AdmissionAction];

/** What somebody proposes, why, and on which order it showed. */
export type AdmissionProposal = AdmissionTerms & Readonly<{ reason: string; workOrderId: string | null }>;

/** Proposes an admission: the legal office looks first. */
export function propose(
  proposal: AdmissionProposal,
  names: Readonly<{ id: string; number: string }>,
  setting: Setting,
): AdmissionDecision | Refusal {
  const { actor, city, now } = setting;
  if (!mayPropose(actor, city)) return refuse('not-yours', { action: 'propose' });
  if (proposal.reason.trim() === '') return refuse('reason-missing');
  if (proposal.effectiveAt < now) return refuse('in-the-past', { effectiveAt: proposal.effectiveAt });
  const fault = admissionFault(proposal, city);
  if (fault !== null) return fault;
  const asked: Admission = {
    ...proposal,
    ...names,
    version: 1,
    state: 'legal_review',
    askedBy: actor.name,
    askedByUnit: actor.unit,
    askedByClient: clientOf(actor),
    askedAt: now,
    steps: [],
    clocks: [],
    endedAt: null,
    seq: 0,
  };
  const admission = withStep(asked, { step: 'legal_review', decider: 'legal_office', succeeds: null }, setting);
  return { kind: 'decided', admission, facts: [factOf('admission_proposed', admission, setting)] };
}

/** What happens if this reaches the admission now. Pure, like `decide`; granting looks again whether it may hold. */
export function decideAdmission(
  admission: Admission,
  { action, said }: AdmissionCommand,
  setting: Setting,
): AdmissionDecision | Refusal {
  const { state, endedAt } = admission;
  const { actor } = setting;
  if (endedAt !== null) return refuse('not-pending', { state });
  const notYours =
    action === 'withdraw' || action === 'lapse'
      ? 'not-yours'
      : isProposer(actor, admission)
        ? 'own-request'
        : 'not-the-decider';
  const no = notAllowed(admissionLife, action, state, admissionParties(actor, admission), notYours);
  if (no !== null) return no;
  const row: TableRow<AdmissionState, string, AdmissionObstacle> = admissionLife[action];
  if (row.unless !== undefined && 'reason' in said && said.reason.trim() === '') return refuse('reason-missing');
  const effect = effects[action] as (admission: Admission, said: unknown, setting: Setting) => Change | Refusal;
  const change = effect({ ...admission, version: admission.version + 1 }, said, setting);
  if ('kind' in change) return change;
  const to = arrive(row, state, change.to);
  const isOver = to === 'granted' || to === 'refused' || to === 'withdrawn';
  const next = { ...change.admission, state: to, endedAt: isOver ? setting.now : null };
  return { kind: 'decided', admission: next, facts: change.facts(next) };
}

/** What the actor may do to it now. */
export const allowedOnAdmission = (admission: Admission, { actor }: Pick<Setting, 'actor'>) =>
  allowedIn(admissionLife, admission.state, admissionParties(actor, admission));

type Change = Readonly<{ admission: Admission; to?: AdmissionState; facts: (next: Admission) => readonly Fact[] }>;

const effects: {
  [A in AdmissionAction]: (admission: Admission, said: AdmissionSaid[A], setting: Setting) => Change | Refusal;
} = {
  review: (admission, { granted, reason }, setting) => {
    const reviewed = decided(admission, granted ? 'granted' : 'refused', reason, setting);
    if (!granted) return { admission: reviewed, to: 'refused', facts: told('admission_refused', setting, { reason }) };
    const next = { step: 'government_approval', decider: 'government', succeeds: null } as const;
    return { admission: withStep(reviewed, next, setting), facts: told('admission_reviewed', setting, { reason }) };
  },
  approve: (admission, { granted, reason }, setting) => {
    const approved = decided(admission, granted ? 'granted' : 'refused', reason, setting);
    if (!granted) return { admission: approved, to: 'refused', facts: told('admission_refused', setting, { reason }) };
    const fault = admissionFault(admission, setting.city);
    if (fault !== null) return fault;
    const body = { reason, line: admission.number, effectiveAt: admission.effectiveAt };
    return {
      admission: approved,
      facts: (next) => [
        factOf('admission_granted', next, setting, body),
        ...(next.unit === null ? [] : [{ ...factOf('duty_admitted', next, setting, body), unit: next.unit }]),
      ],
    };
  },
  withdraw: (admission, _said, setting) => ({
    admission: decided(admission, 'withdrawn', null, setting),
    facts: told('admission_withdrawn', setting),
  }),
  // At the top it stays, and is urged with every working day.
  lapse: (admission, _said, setting) => {
    const step = pendingStep(admission);
    const above = step === undefined ? null : levelAbove({ role: step.decider, unit: null }, setting.city);
    if (step === undefined || above?.role == null)
      return {
        admission: withClock(stopped(admission, setting, 'urged'), step?.id ?? admission.id, 'default', setting),
        facts: told('urged', setting, { why: 'decision limit passed' }),
      };
    const lapsed = decided(admission, 'lapsed', null, setting);
    return {
      admission: withStep(lapsed, { step: step.step, decider: above.role, succeeds: step.id }, setting),
      facts: told('admission_lapsed', setting, { from: step.decider }),
    };
  },
};

/**
 * What keeps a matter from being admitted, now or when it is granted: nothing known under that name, nobody whom the
 * guard keeps it from, the power, the fund or the staff unsaid, or a negative list that would forbid it all the same.
 */
export function admissionFault(terms: AdmissionTerms, city: City): Refusal | null {
  const { category, unit, unitKind, contract } = terms;
  if (!city.categories.has(category)) return refuse('category-unknown', { category });
  if ((unit === null) === (unitKind === null)) return refuse('receiver-missing');
  const named = unit === null ? undefined : city.units.get(unit);
  if (unit !== null && named === undefined) return refuse('unit-unknown', { unit });
  const kind = named?.kind ?? unitKind;
  if (kind !== 'street' && kind !== 'community') return refuse('not-guarded', { unit });
  const missing = (['power', 'fund', 'staff'] as const).filter((part) => terms[part].trim() === '');
  if (missing.length > 0) return refuse('transfer-missing', { missing });
  if (Object.values(contract).some((part) => part.trim() === '')) return refuse('contract-missing');
  if (kind === 'community' && holdsAdministrativeAct(category, city)) return refuse('administrative-act');
  const receiver: Unit = named ?? { ...nobody, kind };
  if (!admits(city, receiver, category).refused) return refuse('admitted-already', { category });
  const line = dutyLineOf({ ...terms, id: '', number: '' });
  const after = admits({ ...city, dutyLists: [...city.dutyLists, line] }, receiver, category);
  return after.refused ? refuse('negative-list', { line: after.line, text: after.text }) : null;
}

/** A unit of a kind that has no lines of its own. */
const nobody = { code: '', name: '', parent: null, line: null, area: null, hours: null, leaderSigns: false } as const;

function withStep(
  admission: Admission,
  { step, decider, succeeds }: Readonly<{ step: AdmissionStepName; decider: Role; succeeds: string | null }>,
  setting: Setting,
): Admission {
  const seq = admission.seq + 1;
  const id = partId(admission.id, seq);
  const open = { seq, id, step, decider, askedAt: setting.now, state: 'pending', succeeds } as const;
  const steps = [...admission.steps, { ...open, decidedBy: null, decidedAt: null, reason: null }];
  return withClock({ ...admission, seq, steps }, id, step, setting);
}

/** Each look has its own limit, in the city's working time. */
function withClock(
  admission: Admission,
  about: string,
  variant: AdmissionStepName | 'default',
  { city, now }: Setting,
): Admission {
  const seq = admission.seq + 1;
  const rule = ruleFor(city.clockRules, 'decision', variant);
  const clock = startClock({ seq, kind: 'decision', unit: null, rule, at: now }, timetableOf(city, null));
  return { ...admission, seq, clocks: [...admission.clocks, { ...clock, about }] };
}

const stopped = (admission: Admission, setting: Setting, cause: string): Admission => ({
  ...admission,
  clocks: admission.clocks.map((clock) => endClock(clock, setting, cause)),
});

function decided(
  admission: Admission,
  state: AdmissionStep['state'],
  reason: string | null,
  setting: Setting,
): Admission {
  const { actor, now } = setting;
  const decidedBy = state === 'lapsed' ? null : actor.name;
  const steps = admission.steps.map((step) =>
    step.state === 'pending' ? { ...step, state, decidedBy, decidedAt: now, reason } : step,
  );
  return stopped({ ...admission, steps }, setting, state);
}

const told =
  (type: string, setting: Setting, body: Fact['body'] = {}) =>
  (next: Admission): readonly Fact[] => [factOf(type, next, setting, body)];

/** What became true of it, told to the unit that asked. */
const factOf = (type: string, admission: Admission, { now, actor }: Setting, body: Fact['body'] = {}): Fact => {
  const { id, number, version, state, category, unit, unitKind, list, workOrderId, askedByUnit } = admission;
  const about = { admission: id, number, version, state, category, receiver: unit ?? unitKind, list };
  const waits = { decider: pendingStep(admission)?.decider ?? null, dueAt: dueOfAdmission(admission) };
  return {
    type,
    at: now,
    actor: nameOf(actor),
    unit: askedByUnit,
    body: { ...about, workOrder: workOrderId, ...waits, ...body },
  };
};
