import { type Refusal, refuse } from '../domain/refusal.ts';
import { intakeFault } from '../domain/register.ts';
import type { Instant } from '../domain/time.ts';
import type { Actor } from '../domain/work-order.ts';
import { limitedNumbers } from '../store/callers.ts';
import { type Answer, type Attempt, KeyTaken, keepAnswers, knownAttempts } from '../store/idempotency.ts';
import { type DuplicateHint, findExternal, type Likeness, nextNumbers } from '../store/intake.ts';
import { type Queryable, transaction } from '../store/rows.ts';
import { batching } from './batch.ts';
import { type Deps, settingOf } from './deps.ts';
import { type Drafted, draft, writeDrafts } from './draft.ts';
import { hintsFor } from './hints.ts';
import { heldBack, hintsOf, type Intake, isHeldBack, likenessOf, type Registered } from './intake.ts';
import { leadsFor } from './meeting.ts';

/** Answers a create: given what came of it, the bytes that go out and are kept for a retry. */
export type Answering = Readonly<{ attempt: Attempt; render: (registered: Registered) => Answer }>;

/** What the caller of a create gets. `repeated` was there already; `replayed` is the first answer, to the byte. */
export type Outcome =
  | Registered
  | Readonly<{ kind: 'repeated'; requestId: string }>
  | Refusal
  | Readonly<{ kind: 'answered'; answer: Answer; replayed: boolean }>;

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
    const [numbers, hints, limited, leads] = await Promise.all([
      nextNumbers(pool, now(), fresh.length),
      hintsFor(
        deps,
        fresh.map(({ item }, n) => ({ like: likes[n] as Likeness, actor: item.actor })),
      ),
      limitedNumbers(pool, phones, now()),
      leadsFor(
        deps,
        fresh.map(({ item }) => item.intake),
      ),
    ]);
    const drafts = fresh.map(({ item, i }, n) => ({
      ...draft(deps, heldBack(item.intake, limited), item.actor, numbers[n] as string, leads),
      nuisance: isHeldBack(item.intake, limited),
      item,
      i,
      hints: hints[n] ?? [],
    }));
    const results = drafts.map((d) => resultOf(deps, d));
    const kept = results.flatMap((r) => (r.kept ? [r.kept] : []));
    await transaction(pool, (tx) => Promise.all([writeDrafts(deps, tx, drafts), keepAnswers(tx, kept, now())]));
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
    return { kind: 'repeated', requestId: first };
  });
}

type Draft = Drafted & Readonly<{ item: Item; i: number; hints: readonly DuplicateHint[]; nuisance: boolean }>;

function resultOf(deps: Deps, drafted: Draft) {
  const { item, code, hints, nuisance } = drafted;
  const registered = registeredBy(deps, drafted, { queryCode: code, hints, nuisance });
  if (item.answering === null) return { outcome: registered, kept: null };
  const answer = item.answering.render(registered);
  return {
    outcome: { kind: 'answered' as const, answer, replayed: false },
    kept: { attempt: item.answering.attempt, answer },
  };
}

/** What whoever brought a request is told of it. */
export function registeredBy(
  deps: Deps,
  {
    decision: { order },
    intake,
    requestId,
    number,
    receivedAt,
    now,
    prompts,
    met,
    danger,
    joins,
    notices,
    answeredBy,
  }: Drafted,
  { queryCode, hints, nuisance }: Pick<Registered, 'queryCode' | 'hints' | 'nuisance'>,
): Registered {
  return {
    kind: 'registered',
    requestId,
    number,
    queryCode,
    receivedAt,
    registeredAt: now,
    urgency: intake.urgency,
    order,
    hints: hints.filter((h) => h.workOrderId !== order.id),
    prompts,
    incident: met && {
      incident: met.incident,
      joined: joins,
      danger,
      again: hints.some((h) => h.workOrderId === met.lead.id && h.why.includes('phone')),
    },
    notices,
    answeredBy: answeredBy?.id ?? null,
    ...hintsOf(deps, intake),
    nuisance,
  };
}
