import { uuidv7 } from 'uuidv7';
import { unitsUnder } from '../domain/city.ts';
import { periodNamed } from '../domain/evaluation-period.ts';
import {
  type FieldRecord,
  type RecordCounts,
  type RecordDraft,
  recordInField,
  seesRecord,
  sumOfRecords,
  withdrawRecord,
} from '../domain/field-record.ts';
import type { Span } from '../domain/period.ts';
import { isRefusal, type Refusal, refuse } from '../domain/refusal.ts';
import type { Instant } from '../domain/time.ts';
import { charge } from '../domain/undertake.ts';
import { sightOf, unseenFault } from '../domain/visibility.ts';
import type { Actor } from '../domain/work-order.ts';
import { countFieldRecords } from '../reports/field-records.ts';
import {
  addFieldRecord,
  type FieldRecordFilter,
  findFieldRecords,
  loadFieldRecord,
  lockFieldRecord,
  withdrawFieldRecord,
} from '../store/field-records.ts';
import { nextNumber } from '../store/numbers.ts';
import { loadAll } from '../store/orders.ts';
import { type Queryable, transaction } from '../store/rows.ts';
import { evidenceFault } from './attach.ts';
import { type Deps, settingOf } from './deps.ts';
import { placeLevels, rowsFor } from './statistics.ts';
import { keep, lapse } from './undertake.ts';

const recordingOf = (deps: Deps, actor: Actor) => ({
  ...settingOf(deps, actor),
  tree: deps.city().areasAt(deps.now()).tree,
});

/** What a visit asks of the unit it was about, by a date; null where the city's limit holds. */
export type FollowUpAsked = Readonly<{ demand: string; dueAt: Instant | null }>;

/** Writes an entry down. Work orders it names are within sight, its pictures are theirs, and what it asks is owed at once. */
export function record(
  deps: Deps,
  { followUp, ...draft }: RecordDraft & Readonly<{ followUp: FollowUpAsked | null }>,
  actor: Actor,
): Promise<FieldRecord | Refusal> {
  const setting = recordingOf(deps, actor);
  return transaction(deps.pool, async (tx) => {
    const outcome = recordInField(draft, uuidv7(), setting);
    if (isRefusal(outcome)) return outcome;
    const { record: made, fact } = outcome;
    const orders = await loadAll(tx, [...new Set(made.workOrderIds)]);
    const unseen = unseenFault(actor, made.workOrderIds, orders, setting.city);
    if (unseen !== null) return unseen;
    const fault = await evidenceFault(tx, made.workOrderIds, made.evidence);
    if (fault !== null) return fault;
    const asked = followUp === null ? null : await ask(tx, deps, made, followUp, actor);
    if (isRefusal(asked)) return asked;
    const written = { ...made, undertakingId: asked };
    await addFieldRecord(tx, written, fact);
    return written;
  });
}

async function ask(
  tx: Queryable,
  deps: Deps,
  { id, about, unit, title }: FieldRecord,
  { demand, dueAt }: FollowUpAsked,
  actor: Actor,
): Promise<string | Refusal> {
  const setting = settingOf(deps, actor);
  const names = { id: uuidv7(), number: await nextNumber(tx, 'undertaking', setting.now) };
  const task = { unit: about ?? unit, title, demand, dueAt, about: { visit: id } };
  const outcome = charge('field_task', task, names, setting);
  if (isRefusal(outcome)) return outcome;
  await keep(tx, deps, outcome);
  return names.id;
}

/** Withdraws a wrong entry, and with it what it asked for. Out of sight it does not exist. */
export const withdrawEntry = (deps: Deps, id: string, reason: string, actor: Actor): Promise<FieldRecord | Refusal> =>
  transaction(deps.pool, async (tx) => {
    const found = await lockFieldRecord(tx, id);
    if (found === null || !seesRecord(sightOf(actor, deps.city().city), found)) return refuse('not-found');
    const outcome = withdrawRecord(found, reason, recordingOf(deps, actor));
    if (isRefusal(outcome)) return outcome;
    await withdrawFieldRecord(tx, outcome.record, outcome.fact);
    if (found.undertakingId !== null) await lapse(tx, deps, found.undertakingId, 'visit withdrawn');
    return outcome.record;
  });

/** Entries within sight, the last recorded first; of a unit with those below it. */
export function listFieldRecords(
  deps: Deps,
  { unit, ...filter }: Omit<FieldRecordFilter, 'units'> & Readonly<{ unit?: string | undefined }>,
  actor: Actor,
): Promise<readonly FieldRecord[]> {
  const { city } = deps.city();
  const units = unit === undefined ? undefined : unitsUnder(city, unit);
  return findFieldRecords(deps.reading, sightOf(actor, city), { ...filter, units });
}

/** One entry, or a refusal that does not tell whether it exists. */
export async function lookAtFieldRecord(deps: Deps, id: string, actor: Actor): Promise<FieldRecord | Refusal> {
  const found = await loadFieldRecord(deps.pool, id);
  return found !== null && seesRecord(sightOf(actor, deps.city().city), found) ? found : refuse('not-found');
}

/** By what entries can be asked for. */
export const fieldKeys = ['unit', 'month', ...placeLevels] as const;
export type FieldKey = (typeof fieldKeys)[number];

/** What entries are counted in: a period by its name, or a span. */
type CountsAsked = Readonly<{
  period?: string | undefined;
  from?: Instant | undefined;
  to?: Instant | undefined;
  by: FieldKey;
}>;

const spanOf = ({ period, from, to }: CountsAsked): Span | Refusal =>
  from !== undefined && to !== undefined ? { from, to } : (periodNamed(period ?? '') ?? refuse('period-unknown'));

/** What was counted in all and under each key; the key null is of what lies in no area of the level. */
export type FieldCounts = Readonly<{
  kind: 'counted';
  span: Span;
  all: RecordCounts;
  by: ReadonlyMap<string | null, RecordCounts>;
}>;

/** Counts entries of a span as far as the actor counts rates: for the city, or for the own unit and those below it. */
export async function countEntries(
  deps: Deps,
  asked: CountsAsked & Readonly<{ unit?: string | undefined; area?: string | undefined }>,
  actor: Actor,
): Promise<FieldCounts | Refusal> {
  const { by, unit, area } = asked;
  const span = spanOf(asked);
  if (isRefusal(span)) return span;
  const rows = rowsFor(deps, { ...span, unit, area }, by === 'month' ? 'unit' : by, actor);
  if (isRefusal(rows)) return rows;
  return counted(deps, span, by, { units: rows.units, area: rows.areas?.[0] ?? null });
}

/** The same for everybody: what the whole city did. */
export async function countForAll(deps: Deps, asked: CountsAsked): Promise<FieldCounts | Refusal> {
  const span = spanOf(asked);
  return isRefusal(span) ? span : counted(deps, span, asked.by, { units: null, area: null });
}

/** Counts entries of a span as they are narrowed, whoever asks. */
export async function counted(
  deps: Deps,
  span: Span,
  key: FieldKey,
  narrowed: Readonly<{ units: readonly string[] | null; area: string | null }>,
): Promise<FieldCounts> {
  const by = key === 'unit' || key === 'month' ? key : 'area';
  const found = await countFieldRecords(deps.reading, span, { by, ...narrowed });
  const { tree } = deps.city().areasAt(deps.now());
  const keyOf = (code: string | null) =>
    by === 'area' ? (tree.path(code ?? '').find(({ level }) => level === key)?.code ?? null) : code;
  const groups = Map.groupBy([...found], ([code]) => keyOf(code));
  return {
    kind: 'counted',
    span,
    all: sumOfRecords([...found.values()]),
    by: new Map([...groups].map(([code, of]) => [code, sumOfRecords(of.map(([, counts]) => counts))])),
  };
}
