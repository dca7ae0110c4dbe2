import { createHmac } from 'node:crypto';
import { ask } from '../domain/approvals.ts';
import type { Remark } from '../domain/conduct.ts';
import type { Decree } from '../domain/decree.ts';
import { exclusionFor } from '../domain/exclusion.ts';
import type { Incident } from '../domain/incident.ts';
import { type Question, questionOf } from '../domain/incident-request.ts';
import { clockOf } from '../domain/order-clocks.ts';
import { heldBy } from '../domain/pauses.ts';
import { isRefusal, type Refusal, refuse } from '../domain/refusal.ts';
import { answerOf, extendedTo, promisedTo, type Words, wordsFor } from '../domain/resident.ts';
import { nextFor, pendingObjection, type ResidentAction, residentMay } from '../domain/resident-may.ts';
import type { Instant } from '../domain/time.ts';
import { type Actor, type Note, type State, theResident } from '../domain/work-order.ts';
import { blockedFor, countTry, forgetTries, uncountTry, wrongCodes } from '../store/codes.ts';
import { incidentOf } from '../store/incident-requests.ts';
import { isQueryCode } from '../store/intake.ts';
import { notesFor, type RequestRow, requestByNumber } from '../store/look.ts';
import { load } from '../store/orders.ts';
import { wishOf } from '../store/publications.ts';
import type { Deps } from './deps.ts';
import { change, perform } from './perform.ts';
import { optOut } from './publish.ts';
import { remark } from './remark.ts';
import { answerIncident, hearDanger, type SaidRestored } from './restored.ts';

/** The number and code a resident was given, and where they write from. */
export type Proof = Readonly<{ number: string; code: string; address: string }>;

/** What a resident sees of the own request: nothing of other residents', nothing of the city's inner talk. */
export type ResidentView = Readonly<{
  request: RequestRow;
  state: State;
  words: Words;
  next: Words | null;
  promisedAt: Instant | null;
  extendedTo: Instant | null;
  unit: string;
  answer: Readonly<{ at: Instant; text: string }> | null;
  notes: readonly Pick<Note, 'at' | 'text' | 'request'>[];
  mayDo: readonly ResidentAction[];
  /** An objection that is still to be decided. */
  objection: ReturnType<typeof pendingObjection>;
  /** The incident it is about, and where the question whether it is restored stands. */
  incident: Readonly<{ incident: Incident; joined: boolean; question: Question }> | null;
  /** The decree that holds the resident's time. */
  decree: Decree | null;
  /** Whether this request may be shown in public, without a word of who asked. */
  publish: boolean;
}>;

/** The own request as it stands. Wrong numbers and wrong codes are told apart by nothing. */
export async function lookUp(deps: Deps, proof: Proof): Promise<ResidentView | Refusal> {
  const request = await prove(deps, proof);
  return isRefusal(request) ? request : viewOf(deps, request);
}

/** Something more the resident wants to say. It is shown to the unit and to nobody else's requester. */
export const addWords = (deps: Deps, proof: Proof, text: string): Promise<ResidentView | Refusal> =>
  asResident(deps, proof, async (request, actor) => {
    if (request.aside && (await hearDanger(deps, request.id, text, actor))) return { kind: 'decided' };
    const said = { text, public: false, requestId: request.id };
    return perform(deps, request.workOrderId, { action: 'note', said }, actor);
  });

/** The resident asks for it to be handled at last (催单), with words or without. The unit sees how often that was. */
export const urge = (deps: Deps, proof: Proof, text: string | undefined): Promise<ResidentView | Refusal> =>
  asResident(deps, proof, async (request, actor) => {
    if (request.aside && text !== undefined && (await hearDanger(deps, request.id, text, actor)))
      return { kind: 'decided' };
    return perform(deps, request.workOrderId, { action: 'urge', said: { text, requestId: request.id } }, actor);
  });

/** The resident withdraws this request; others on the same matter go on. */
export const withdraw = (deps: Deps, proof: Proof): Promise<ResidentView | Refusal> =>
  asResident(deps, proof, (request, actor) =>
    perform(deps, request.workOrderId, { action: 'withdraw', said: { requestId: request.id } }, actor),
  );

/** Not fixed: back to the same unit. Of an incident's many requests the one that is not fixed gets an order of its own. */
export const reopen = (deps: Deps, proof: Proof, reason: string | undefined): Promise<ResidentView | Refusal> =>
  asResident(deps, proof, (request, actor) =>
    request.aside
      ? answered(deps, request, { restored: false, words: reason }, actor)
      : perform(deps, request.workOrderId, { action: 'reopen', said: { reason } }, actor),
  );

/** The resident answers whether it is restored, after the end of the incident the own request joined. */
export const sayRestored = (deps: Deps, proof: Proof, said: SaidRestored): Promise<ResidentView | Refusal> =>
  asResident(deps, proof, (request, actor) => answered(deps, request, said, actor));

async function answered(deps: Deps, { id }: RequestRow, said: SaidRestored, actor: Actor) {
  const outcome = await answerIncident(deps, { requestId: id, incidentId: null }, said, actor);
  if (!isRefusal(outcome)) return { kind: 'decided' as const };
  return outcome.code === 'not-found' ? refuse('not-asked') : outcome;
}

/** The resident does not agree with how it ended, or that the own answer does not count; somebody above decides. */
export const object = (
  deps: Deps,
  proof: Proof,
  { reason, about }: Readonly<{ reason: string; about: 'end' | 'exclusion' }>,
): Promise<ResidentView | Refusal> =>
  asResident(deps, proof, (request, actor) =>
    change(deps, request.workOrderId, actor, null, (order, setting) => {
      if (about === 'end') return ask(order, { kind: 'objection', reason, terms: {} }, setting);
      const against = exclusionFor(order, request.id);
      if (against === null) return refuse('not-excluded');
      return ask(order, { kind: 'objection', reason, terms: { against } }, setting);
    }),
  );

/** The resident does not want the own request shown in public, or does after all. It vanishes at once. */
export async function choosePublication(deps: Deps, proof: Proof, publish: boolean): Promise<ResidentView | Refusal> {
  const own = await prove(deps, proof);
  if (isRefusal(own)) return own;
  await optOut(deps, own, publish, theResident(own.id));
  return lookAgain(deps, own);
}

/** The resident speaks of how the unit behaved. The unit does not read it. */
export const remarkOn = (
  deps: Deps,
  proof: Proof,
  said: Readonly<{ tone: Remark['tone']; text: string }>,
): Promise<ResidentView | Refusal> =>
  asResident(deps, proof, async ({ workOrderId }, actor) => {
    const made = await remark(deps, workOrderId, { ...said, about: 'unit' }, actor);
    return isRefusal(made) ? made : { kind: 'decided' as const };
  });

async function asResident(
  deps: Deps,
  proof: Proof,
  act: (request: RequestRow, actor: Actor) => Promise<Readonly<{ kind: 'decided' }> | Refusal>,
): Promise<ResidentView | Refusal> {
  const own = await prove(deps, proof);
  if (isRefusal(own)) return own;
  // Neighbours may go on with the same matter: it is theirs alone from then on.
  if (own.withdrawnAt !== null) return refuse('withdrawn-already');
  const outcome = await act(own, theResident(own.id));
  const isRefused = outcome.kind === 'refused';
  if (isRefused && !Array.isArray(outcome.details.allowedActions)) return outcome;
  const view = await lookAgain(deps, own);
  if (!isRefused) return view;
  // A resident is told what is left to do, and not what the city's own people could.
  return refuse(outcome.code, { ...outcome.details, allowedActions: view.mayDo });
}

const lookAgain = async (deps: Deps, { number }: RequestRow): Promise<ResidentView> => {
  const request = await requestByNumber(deps.pool, number);
  if (request === null) throw new Error('a request that was just there is gone');
  return viewOf(deps, request);
};

/** Whose request it is, by number and code. */
const prove = (deps: Deps, proof: Proof): Promise<RequestRow | Refusal> =>
  proven(deps, proof, async ({ number, code }) => {
    const request = await requestByNumber(deps.pool, number);
    return isQueryCode(deps.codeKey, number, code, request?.queryCodeHash ?? null) ? request : null;
  });

/**
 * What somebody may see by number and code, or null. Every way to be wrong takes the same statements and gets the same
 * answer; guessing is stopped by number and by address, for every process alike. Counted in real time.
 */
export async function proven<T>(
  { pool, codeKey }: Deps,
  proof: Proof,
  find: (proof: Proof) => Promise<T | null>,
): Promise<T | Refusal> {
  const { number, address } = proof;
  const place = `address ${createHmac('sha256', codeKey).update(address).digest('hex')}`;
  const subject = `number ${number}`;
  const waits = Math.max(
    await blockedFor(pool, place, wrongCodes.address),
    await countTry(pool, subject, wrongCodes.number),
  );
  if (waits > 0) return refuse('too-many-requests', { retryAfter: waits });
  const found = await find(proof);
  if (found !== null) {
    await uncountTry(pool, subject);
    return found;
  }
  await countTry(pool, place, wrongCodes.address);
  await forgetTries(pool);
  return refuse('code-wrong');
}

async function viewOf({ pool, city, surge, now }: Deps, request: RequestRow): Promise<ResidentView> {
  const [order, met] = await Promise.all([load(pool, request.workOrderId, [request.id]), incidentOf(pool, request.id)]);
  if (order === null) throw new Error(`request ${request.id} is on no order`);
  const state = request.withdrawnAt === null ? order.state : 'withdrawn';
  const setting = { city: city().city, now: now() };
  const mayDo = state === 'withdrawn' ? [] : residentMay(order, request, setting);
  const objection = state === 'withdrawn' ? null : pendingObjection(order, request.id);
  const resident = clockOf(order, 'resident');
  const decreed = resident === undefined ? null : heldBy(resident);
  return {
    request,
    state,
    words: wordsFor(state).now,
    next: nextFor(state, mayDo, objection),
    objection,
    promisedAt: state === 'withdrawn' ? null : promisedTo(order),
    extendedTo: state === 'withdrawn' ? null : extendedTo(order),
    unit: order.owner,
    answer: answerOf(order),
    notes: await notesFor(pool, request),
    publish: (await wishOf(pool, request.id)) ?? true,
    mayDo,
    decree: surge().decrees.find(({ number }) => number === decreed) ?? null,
    incident:
      met === null || met.one.leftAt !== null
        ? null
        : {
            incident: met.incident,
            joined: met.one.how !== 'danger',
            question: request.withdrawnAt === null ? questionOf(met.one, met.incident) : 'not_asked',
          },
  };
}
