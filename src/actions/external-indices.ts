import { uuidv7 } from 'uuidv7';
import { nameOf } from '../domain/decide.ts';
import {
  comparedWith,
  type Imported,
  type IndexItem,
  type IndexKey,
  type IndexValue,
  importValues,
  indexPeriod,
  keyOfValue,
  movedBy,
} from '../domain/external-index.ts';
import type { Span } from '../domain/period.ts';
import { isRefusal, type Refusal, refuse } from '../domain/refusal.ts';
import type { Actor } from '../domain/work-order.ts';
import {
  findIndexValues,
  holdIndex,
  type IndexFilter,
  indexValuesEnding,
  indexValuesOf,
  saveIndexValues,
} from '../store/external-indices.ts';
import { type Queryable, transaction } from '../store/rows.ts';
import type { Deps } from './deps.ts';

/** A value with how far it has moved since the period before and since a year ago. */
export type SeenValue = Readonly<{ value: IndexValue; onBefore: number | null; onLastYear: number | null }>;

/** Takes the values of one document in, all or none; what has been taken in word for word changes nothing. */
export function takeValuesIn(
  deps: Deps,
  code: string,
  said: Readonly<{ items: readonly IndexItem[]; document: string; reason: string | null }>,
  actor: Actor,
): Promise<Imported | Refusal> {
  return transaction(deps.pool, async (tx) => {
    const { indices, city, areasAt } = deps.city();
    const index = indices.get(code);
    if (index === undefined) return refuse('not-found');
    await holdIndex(tx, code);
    const now = deps.now();
    const { tree } = areasAt(now);
    const known = new Map((await indexValuesOf(tx, said.items, code)).map((value) => [keyOfValue(value), value]));
    const by = nameOf(actor);
    const outcome = importValues(index, said, {
      units: city.units,
      hasArea: (area) => tree.byCode.has(area),
      known,
      by,
      now,
    });
    if (isRefusal(outcome) || outcome.written.length === 0) return outcome;
    const values = outcome.written.map((value) => ({ ...value, id: uuidv7() }));
    const count = (what: string) => outcome.outcomes.filter((each) => each === what).length;
    const body = { index: code, added: count('added'), corrected: count('corrected'), unchanged: count('unchanged') };
    await saveIndexValues(tx, code, values, { type: 'index_values_taken_in', at: now, actor: by, unit: null, body });
    return outcome;
  });
}

/** What the values of one index are asked for: of an area or a unit, of a period, and corrected ones too. */
export type IndexValuesAsked = Pick<IndexFilter, 'period' | 'superseded' | 'after' | 'limit'> &
  Readonly<{ code: string; area?: string | undefined; unit?: string | undefined }>;

/** Values with how far they have moved, those of the latest periods first. */
export async function listIndexValues(
  deps: Deps,
  { code: index, area, unit, ...filter }: IndexValuesAsked,
): Promise<readonly SeenValue[] | Refusal> {
  if (!deps.city().indices.has(index)) return refuse('not-found');
  const kind = area !== undefined ? 'area' : unit !== undefined ? 'unit' : undefined;
  const found = await findIndexValues(deps.reading, { ...filter, index, kind, code: area ?? unit });
  return compared(deps.reading, found);
}

/** What indices said of these areas for periods that end in a span. */
export const indicesEnding = async (deps: Deps, span: Span, areas: readonly string[]): Promise<readonly SeenValue[]> =>
  compared(deps.reading, await indexValuesEnding(deps.reading, span, areas));

async function compared(from: Queryable, values: readonly IndexValue[]): Promise<readonly SeenValue[]> {
  const others = values.map((value): Readonly<{ before: IndexKey; lastYear: IndexKey }> | null => {
    const period = indexPeriod(value.period);
    if (period === null) return null;
    const { before, lastYear } = comparedWith(period);
    return { before: { ...value, period: before }, lastYear: { ...value, period: lastYear } };
  });
  const keys = others.flatMap((each) => (each === null ? [] : [each.before, each.lastYear]));
  const known = new Map(
    (await indexValuesOf(from, keys, null)).map((value) => [`${value.index} ${keyOfValue(value)}`, value.value]),
  );
  return values.map((value, i) => {
    const then = (key: IndexKey | undefined) =>
      key === undefined ? undefined : known.get(`${value.index} ${keyOfValue(key)}`);
    return {
      value,
      onBefore: movedBy(value.value, then(others[i]?.before)),
      onLastYear: movedBy(value.value, then(others[i]?.lastYear)),
    };
  });
}
