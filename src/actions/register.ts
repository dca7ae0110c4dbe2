import { uuidv7 } from 'uuidv7';
import type { Category } from '../domain/city.ts';
import { type EmergencyPrompt, emergencyPrompts } from '../domain/emergency.ts';
import { type Placement, place } from '../domain/placement.ts';
import { isRefusal, type Refusal, refuse } from '../domain/refusal.ts';
import { register as decideRegister, intakeFault, type Report } from '../domain/register.ts';
import type { RequestId, WorkOrderId } from '../domain/request.ts';
import type { Instant } from '../domain/time.ts';
import type { Actor, WorkOrder } from '../domain/work-order.ts';
import { limitedNumbers } from '../store/callers.ts';
import { type Coordinates, toWgs84 } from '../store/coordinates.ts';
import { type Answer, type Attempt, KeyTaken, keepAnswers, knownAttempts } from '../store/idempotency.ts';
import {
  type DuplicateHint,
  duplicateHints,
  findExternal,
  hashQueryCode,
  newQueryCode,
  nextNumbers,
  normalText,
  phoneKey,
  writeRequesters,
  writeRequests,
} from '../store/intake.ts';
import { saveAll } from '../store/orders.ts';
import { type Queryable, transaction } from '../store/rows.ts';
import { batching } from './batch.ts';
import { type Deps, settingOf } from './deps.ts';

/** Where it is, in whatever precision the caller has. */
export type Location = Readonly<{
  lon?: number | null | undefined;
  lat?: number | null | undefined;
  crs?: Coordinates['crs'];
  address?: string | null | undefined;
  areaCode?: string | null | undefined;
  buildingCode?: string | null | undefined;
}>;

/** Who asks. Kept apart from the request, and never handed to the accused. */
export type Requester = Readonly<{
  name: string | null;
  phone: string | null;
  anonymous: boolean;
  onBehalfOf: string | null;
}>;

/** A request as a channel brings it. */
export type Intake = Omit<Report, 'reachable'> &
  Readonly<{
    externalId: string | null;
    description: string;
    location: Location | null;
    requester: Requester | null;
    answers: Readonly<Record<string, unknown>>;
    attachments: readonly string[];
    callRecordId: string | null;
    replyTo: unknown;
  }>;

/** What came of it. `queryCode` is told once; it is null for a request that was there already. */
export type Registered = Readonly<{
  kind: 'registered';
  repeated: boolean;
  requestId: string;
  queryCode: string | null;
  order: WorkOrder | null;
  hints: readonly DuplicateHint[];
  prompts: readonly EmergencyPrompt[];
  /** The caller's number is under a limit, so the request waits for a person. */
  nuisance: boolean;
}> &
  Hints;

/** What an operator can still ask or say while the caller is there. None of it keeps a request out. */
export type Hints = Readonly<{ missingAnswers: Category['questions']; retired: Category['retired'] }>;

/** Answers a create: given what came of it, the bytes that go out and are kept for a retry. */
export type Answering = Readonly<{ attempt: Attempt; render: (registered: Registered) => Answer }>;

/** What the caller of a create gets. `replayed` is the first answer, to the byte. */
export type Outcome = Registered | Refusal | Readonly<{ kind: 'answered'; answer: Answer; replayed: boolean }>;

/** Keeps what a repeat of `(channel, externalId)` was answered; another attempt with the same key may have been first. */
export async function keepAnswer({ pool, now }: Deps, attempt: Attempt, answer: Answer): Promise<Answer> {
  try {
    await keepAnswers(pool, [{ attempt, answer }], now());
    return answer;
  } catch (error) {
    if (!(error instanceof KeyTaken)) throw error;
    const [known] = await knownAttempts(pool, [attempt], now());
    return known?.kind === 'done' ? known.answer : answer;
  }
}

type Item = Readonly<{ intake: Intake; actor: Actor; answering: Answering | null }>;

/**
 * The way in for every request: placed, routed, with its clocks, in one transaction with its neighbours, and answered
 * after the commit. Needs neither queue nor worker.
 */
export function registering(deps: Deps): (intake: Intake, actor: Actor, answering?: Answering) => Promise<Outcome> {
  const write = batching<Item, Outcome>((items) =>
    items.length === 1 ? again(() => writeTogether(deps, items)) : writeTogether(deps, items),
  );
  return (intake, actor, answering) => write({ intake, actor, answering: answering ?? null });
}

/** Another process, or a batch beside this one, may write the same key first: then its answer is there to be found. */
async function again<R>(write: () => Promise<R>, left = 3): Promise<R> {
  try {
    return await write();
  } catch (error) {
    if (left === 0 || !isTaken(error)) throw error;
    return again(write, left - 1);
  }
}

const isTaken = (error: unknown): boolean =>
  error instanceof KeyTaken || (error as { constraint?: string }).constraint === 'requests_external';

async function writeTogether(deps: Deps, items: readonly Item[]): Promise<readonly Outcome[]> {
  const { pool, now } = deps;
  const known = await answered(pool, items, now());
  const outcomes = items.map(({ intake, actor }, i): Outcome | null => {
    const fault = intakeFault(intake, settingOf(deps, actor));
    // Who may not use a channel is not told what came through it; anything else that was answered once stays answered.
    return fault?.code === 'forbidden' ? fault : (known[i] ?? fault);
  });
  const twice = new Set<string>();
  const fresh = items.flatMap((item, i) => {
    if (outcomes[i]) return [];
    const key = item.answering ? `${item.answering.attempt.client} ${item.answering.attempt.key}` : null;
    // The same key twice in one batch: the second waits for the first, alone.
    if (key !== null && twice.has(key)) throw new Error('one idempotency key twice in a batch');
    if (key !== null) twice.add(key);
    return [{ item, i }];
  });
  if (fresh.length > 0) {
    const likes = fresh.map(({ item }) => likenessOf(item.intake));
    const phones = likes.flatMap((like) => like.phoneKey ?? []);
    const [numbers, hints, limited] = await Promise.all([
      nextNumbers(pool, now(), fresh.length),
      duplicateHints(pool, likes, now()),
      limitedNumbers(pool, phones, now()),
    ]);
    const drafts = fresh.map(({ item, i }, n) => ({
      ...draft(deps, heldBack(item.intake, limited), item.actor, numbers[n] as string),
      nuisance: isHeldBack(item.intake, limited),
      item,
      i,
      hints: hints[n] ?? [],
    }));
    const results = drafts.map((d) => resultOf(deps, d));
    const kept = results.flatMap((r) => (r.kept ? [r.kept] : []));
    await transaction(pool, (tx) => Promise.all([writeDrafts(tx, drafts), keepAnswers(tx, kept, now())]));
    drafts.forEach(({ i }, n) => {
      outcomes[i] = results[n]?.outcome ?? null;
    });
  }
  return outcomes as readonly Outcome[];
}

/** What has been answered before: the same key, or the same thing from the same channel. */
async function answered(pool: Queryable, items: readonly Item[], now: Instant): Promise<(Outcome | null)[]> {
  const attempts = items.map((item) => item.answering?.attempt ?? null);
  const [known, external] = await Promise.all([
    knownAttempts(
      pool,
      attempts.filter((a) => a !== null),
      now,
    ),
    findExternal(
      pool,
      items.flatMap(({ intake: { channel, externalId } }) => (externalId === null ? [] : [{ channel, externalId }])),
    ),
  ]);
  let n = 0;
  return items.map(({ intake }, i) => {
    const before = attempts[i] === null ? undefined : known[n++];
    if (before?.kind === 'done') return { kind: 'answered', answer: before.answer, replayed: true };
    if (before?.kind === 'mismatch') return refuse('idempotency-mismatch');
    if (before?.kind === 'running') return refuse('idempotency-running');
    const first = intake.externalId === null ? undefined : external.get(`${intake.channel} ${intake.externalId}`);
    if (first === undefined) return null;
    return {
      kind: 'registered',
      repeated: true,
      requestId: first,
      queryCode: null,
      order: null,
      hints: [],
      prompts: [],
      missingAnswers: [],
      retired: null,
      nuisance: false,
    };
  });
}

type Draft = ReturnType<typeof draft> &
  Readonly<{ item: Item; i: number; hints: readonly DuplicateHint[]; nuisance: boolean }>;

/** A nuisance number's call is registered all the same, but nobody is sent out before a person has looked; urgent calls pass. */
const isHeldBack = ({ requester, urgency, diversion }: Intake, limited: ReadonlySet<string>): boolean =>
  urgency === 'normal' && diversion === null && limited.has(phoneKey(requester?.phone) ?? '');

const heldBack = (intake: Intake, limited: ReadonlySet<string>): Intake =>
  isHeldBack(intake, limited) ? { ...intake, disposition: 'hold' } : intake;

/** A new request and its order, decided but not written. */
export function draft(deps: Deps, intake: Intake, actor: Actor, number: string) {
  const setting = settingOf(deps, actor);
  const reachable = isReachable(intake.requester);
  const given = {
    orderId: uuidv7() as WorkOrderId,
    requestId: uuidv7() as RequestId,
    number,
    placement: placementOf(deps, intake.location, intake.receivedAt ?? setting.now),
  };
  const decision = decideRegister({ ...intake, reachable }, given, setting);
  const code = newQueryCode();
  return {
    intake,
    actor,
    number,
    requestId: given.requestId,
    decision,
    code,
    codeHash: hashQueryCode(deps.codeKey, number, code),
    now: setting.now,
    prompts: promptsOf(deps, intake),
  };
}

const isReachable = (requester: Requester | null): boolean =>
  requester !== null && !requester.anonymous && phoneKey(requester.phone) !== null;

/** Where a location is, by the areas that were valid then. A point that is no place on earth counts as not given. */
export function placementOf({ city }: Deps, location: Location | null, at: Instant): Placement {
  const { areaCode, buildingCode, address } = location ?? {};
  return place({ areaCode, buildingCode, point: pointOf(location), address }, city().areasAt(at));
}

const pointOf = (location: Location | null) =>
  location?.lon == null || location.lat == null
    ? null
    : toWgs84({ lon: location.lon, lat: location.lat, crs: location.crs });

/** What may stand in the text of a request that an operator should think of. */
export const promptsOf = (
  { city }: Deps,
  { title, description, category }: Pick<Intake, 'title' | 'description' | 'category'>,
) => emergencyPrompts(`${title} ${description}`, category === null ? undefined : city().city.categories.get(category));

/** The category's required questions that are still open, and what to say of a retired item. */
export function hintsOf({ city }: Deps, { category, answers }: Pick<Intake, 'category' | 'answers'>): Hints {
  const { questions = [], retired = null } = (category === null ? null : city().city.categories.get(category)) ?? {};
  const isOpen = (key: string): boolean => ['', null, undefined].includes(answers[key] as string | null | undefined);
  return { missingAnswers: questions.filter((q) => q.required && isOpen(q.key)), retired };
}

/** By what a request is compared with others. */
export function likenessOf({ category, location, requester, title, description }: Intake) {
  const at = pointOf(location);
  return {
    category,
    point: at === null ? null : { lon: at[0], lat: at[1] },
    phoneKey: phoneKey(requester?.phone),
    normalText: normalText(`${title}${description}`),
  };
}

/** Writes drafts in a transaction: orders, requests, contacts, ledger, clocks, facts, each in one statement. */
export async function writeDrafts(tx: Queryable, drafts: readonly ReturnType<typeof draft>[]): Promise<void> {
  const orders = saveAll(
    tx,
    drafts.map(({ decision }) => ({ before: null, after: decision.order, facts: decision.facts })),
  );
  const requests = writeRequests(
    tx,
    drafts.map(({ intake, actor, decision: { order }, requestId, number, codeHash, now }) => {
      const like = likenessOf(intake);
      return {
        id: requestId,
        number,
        queryCodeHash: codeHash,
        workOrderId: order.id,
        originalOrderId: order.id,
        channel: intake.channel,
        externalId: intake.externalId,
        kind: intake.kind,
        category: intake.category,
        title: intake.title,
        description: intake.description,
        normalText: like.normalText,
        urgency: intake.urgency,
        location: intake.location as Record<string, unknown> | null,
        point: like.point,
        confidential: intake.confidential,
        reachable: isReachable(intake.requester),
        answers: intake.answers,
        attachments: intake.attachments,
        callRecordId: intake.callRecordId,
        externalDueAt: intake.externalDueAt,
        replyTo: intake.replyTo ?? null,
        receivedAt: order.receivedAt,
        registeredAt: now,
        withdrawnAt: null,
        client: actor.client,
        actor: actor.name,
      };
    }),
  );
  const requesters = writeRequesters(
    tx,
    drafts.flatMap(({ intake: { requester }, requestId }) =>
      requester === null ? [] : [{ requestId, ...requester, phoneKey: phoneKey(requester.phone) }],
    ),
  );
  await Promise.all([orders, requests, requesters]);
}

function resultOf(deps: Deps, { item, decision, requestId, code, hints, prompts, nuisance }: Draft) {
  const registered: Registered = {
    kind: 'registered',
    repeated: false,
    requestId,
    queryCode: code,
    order: decision.order,
    hints: hints.filter((h) => h.workOrderId !== decision.order.id),
    prompts,
    ...hintsOf(deps, item.intake),
    nuisance,
  };
  if (item.answering === null) return { outcome: registered, kept: null };
  const answer = item.answering.render(registered);
  return {
    outcome: { kind: 'answered' as const, answer, replayed: false },
    kept: { attempt: item.answering.attempt, answer },
  };
}

/** What a create would lead to, with nothing stored (试派). */
export async function preview(deps: Deps, intake: Intake, actor: Actor): Promise<Registered | Refusal> {
  const fault = intakeFault(intake, settingOf(deps, actor));
  if (isRefusal(fault)) return fault;
  const like = likenessOf(intake);
  const limited = await limitedNumbers(deps.pool, like.phoneKey === null ? [] : [like.phoneKey], deps.now());
  const { decision, requestId, prompts } = draft(deps, heldBack(intake, limited), actor, '00000000000000');
  const [hints = []] = await duplicateHints(deps.pool, [like], deps.now());
  return {
    kind: 'registered',
    repeated: false,
    requestId,
    queryCode: null,
    order: decision.order,
    hints,
    prompts,
    ...hintsOf(deps, intake),
    nuisance: isHeldBack(intake, limited),
  };
}
