import { uuidv7 } from 'uuidv7';
import { type Admission, admissionSight, canSeeAdmission, dutyLineOf, isProposer } from '../domain/admission.ts';
import { fireLook } from '../domain/admission-due.ts';
import {
  type AdmissionCommand,
  type AdmissionDecision,
  type AdmissionProposal,
  allowedOnAdmission,
  decideAdmission,
  propose,
} from '../domain/admit.ts';
import { isRefusal, type Refusal, refuse } from '../domain/refusal.ts';
import { canSee } from '../domain/visibility.ts';
import { type Actor, theSystem } from '../domain/work-order.ts';
import {
  type AdmissionFilter,
  findAdmissions,
  loadAdmissions,
  lockAdmission,
  saveAdmission,
} from '../store/admissions.ts';
import { nextNumber } from '../store/numbers.ts';
import { load } from '../store/orders.ts';
import { type Queryable, transaction } from '../store/rows.ts';
import { changing, putChecked } from './configure.ts';
import { type Deps, powerSettingOf, settingOf } from './deps.ts';

export type { AdmissionFilter } from '../store/admissions.ts';

/** An admission with what the actor may do to it now. */
export type SeenAdmission = Readonly<{ admission: Admission; allowedActions: readonly string[] }>;

const seen = (deps: Deps, admission: Admission, actor: Actor): SeenAdmission => ({
  admission,
  allowedActions: allowedOnAdmission(admission, settingOf(deps, actor)),
});

/** Proposes that a matter be admitted to a duty list (准入); on an order, only for whoever sees it. */
export async function proposeAdmission(
  deps: Deps,
  proposal: AdmissionProposal,
  actor: Actor,
): Promise<SeenAdmission | Refusal> {
  if (proposal.workOrderId !== null) {
    const order = await load(deps.pool, proposal.workOrderId);
    if (order === null || !canSee(actor, order, deps.city().city)) return refuse('not-found');
  }
  return transaction(deps.pool, async (tx) => {
    const names = { id: uuidv7(), number: await nextNumber(tx, 'admission', deps.now()) };
    const outcome = propose(proposal, names, settingOf(deps, actor));
    if (isRefusal(outcome)) return outcome;
    await saveAdmission(tx, outcome.admission, outcome.facts, deps.city());
    return seen(deps, outcome.admission, actor);
  });
}

/** The word of the legal office or of the government. The last one makes the line of the duty list, in one transaction. */
export async function judgeAdmission(
  deps: Deps,
  id: string,
  said: Readonly<{ granted: boolean; reason: string }>,
  actor: Actor,
): Promise<SeenAdmission | Refusal> {
  const before = await find(deps, id, actor);
  if (isRefusal(before)) return before;
  const command = ({ state }: Admission): AdmissionCommand =>
    state === 'legal_review' ? { action: 'review', said } : { action: 'approve', said };
  if (!said.granted) return actOn(deps, id, command, actor);
  // A date that has passed meanwhile is today.
  const begins = before.effectiveAt > deps.now() ? before.effectiveAt : null;
  return changing(deps, begins, async (tx, state, at) => {
    const held = await lockAdmission(tx, id);
    if (held === null) throw new Error('an admission is never deleted');
    const setting = { ...settingOf(deps, actor), city: state.city };
    const admission = held.state === 'government_approval' ? { ...held, effectiveAt: at } : held;
    const outcome = decideAdmission(admission, command(admission), setting);
    if (isRefusal(outcome)) return outcome;
    if (outcome.admission.state === 'granted') {
      const line = dutyLineOf(outcome.admission);
      const put = await putChecked(tx, deps, { kind: 'duty', code: line.line, body: line, state, at }, actor);
      if (isRefusal(put)) return put;
    }
    return saved(tx, deps, outcome, actor);
  });
}

/** Whoever asked takes it back. */
export async function withdrawAdmission(deps: Deps, id: string, actor: Actor): Promise<SeenAdmission | Refusal> {
  const before = await find(deps, id, actor);
  return isRefusal(before) ? before : actOn(deps, id, () => ({ action: 'withdraw', said: {} }), actor);
}

const actOn = (
  deps: Deps,
  id: string,
  command: (admission: Admission) => AdmissionCommand,
  actor: Actor,
): Promise<SeenAdmission | Refusal> =>
  transaction(deps.pool, async (tx) => {
    const admission = await lockAdmission(tx, id);
    if (admission === null) throw new Error('an admission is never deleted');
    const outcome = decideAdmission(admission, command(admission), settingOf(deps, actor));
    return isRefusal(outcome) ? outcome : saved(tx, deps, outcome, actor);
  });

async function saved(
  tx: Queryable,
  deps: Deps,
  { admission, facts }: AdmissionDecision,
  actor: Actor,
): Promise<SeenAdmission> {
  await saveAdmission(tx, admission, facts, deps.city());
  return seen(deps, admission, actor);
}

async function find(deps: Deps, id: string, actor: Actor): Promise<Admission | Refusal> {
  const [admission] = await loadAdmissions(deps.pool, [id]);
  const sight = admissionSight(actor, deps.city().city);
  const isTheirs = admission !== undefined && (isProposer(actor, admission) || canSeeAdmission(sight, admission));
  return isTheirs ? admission : refuse('not-found');
}

/** One admission, or a refusal that does not tell whether it exists. */
export async function lookAtAdmission(deps: Deps, id: string, actor: Actor): Promise<SeenAdmission | Refusal> {
  const found = await find(deps, id, actor);
  return isRefusal(found) ? found : seen(deps, found, actor);
}

/** Admissions within the actor's sight, the last asked first. */
export async function listAdmissions(
  deps: Deps,
  filter: AdmissionFilter,
  actor: Actor,
): Promise<readonly SeenAdmission[]> {
  const found = await findAdmissions(deps.reading, admissionSight(actor, deps.city().city), filter);
  return found.map((admission) => seen(deps, admission, actor));
}

/** Fires what is due on an admission: a warning, or the lapse of a look to the next level up, which at the top is urged. */
export async function fireAdmission(
  tx: Queryable,
  deps: Deps,
  id: string,
  wait: boolean,
): Promise<'fired' | 'stale' | 'held'> {
  const admission = await lockAdmission(tx, id, !wait);
  if (admission === null) return 'held';
  const state = deps.city();
  const fired = fireLook(admission, state.ladder, powerSettingOf(deps, theSystem));
  // Also where nothing fired: then the moment that was written down is not the right one.
  await saveAdmission(tx, fired?.admission ?? admission, fired?.facts ?? [], state);
  return fired === null ? 'stale' : 'fired';
}
