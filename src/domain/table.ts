import type { ClockKind } from './clock-rules.ts';
import { type Refusal, type RefusalCode, refuse } from './refusal.ts';

/** Where an action leads: a state, or no other one. */
export type End<S extends string> = S | 'unchanged';

/**
 * One row of a table of life: FROM these states, BY these parties, leads TO; several ends where what was said decides,
 * the usual one first, or an end for each state it is done in.
 * `stops` and `starts` are clocks; `unless` the refusals that stand in the way.
 */
export type TableRow<S extends string, P extends string, O extends string = RefusalCode> = Readonly<{
  from: readonly S[];
  by: readonly P[];
  to: End<S> | readonly [usual: End<S>, ...otherwise: End<S>[]] | Readonly<Partial<Record<S, End<S>>>>;
  stops?: readonly ClockKind[];
  starts?: readonly ClockKind[];
  unless?: readonly O[];
}>;

/** A whole life as rows by action. Every aggregate has one, and all of them are read by the functions below. */
export type Table<A extends string, S extends string, P extends string, O extends string = RefusalCode> = Readonly<
  Record<A, TableRow<S, P, O>>
>;

/** Where a row leads from a state: the usual end first. */
export function endsOf<S extends string>(
  { to }: Pick<TableRow<S, string, string>, 'to'>,
  from: S,
): readonly [End<S>, ...End<S>[]] {
  if (typeof to === 'string') return [to];
  if (isSeveral(to)) return to;
  return [to[from] ?? 'unchanged'];
}

const isSeveral = <S extends string>(to: object): to is readonly [End<S>, ...End<S>[]] => Array.isArray(to);

/** The actions these parties have in a state, in the order of the table, whatever then stands in the way of them. */
export const allowedIn = <A extends string, S extends string, P extends string>(
  table: Table<A, S, P, string>,
  state: S,
  parties: ReadonlySet<P>,
): readonly A[] =>
  (Object.keys(table) as A[]).filter(
    (action) => table[action].from.includes(state) && table[action].by.some((party) => parties.has(party)),
  );

/** Why an action is not this actor's to do now: the wrong state, with what is allowed instead, or the wrong party. */
export function notAllowed<A extends string, S extends string, P extends string>(
  table: Table<A, S, P, string>,
  action: A,
  state: S,
  parties: ReadonlySet<P>,
  notYours: RefusalCode = 'not-yours',
): Refusal | null {
  const { from, by } = table[action];
  if (!from.includes(state))
    return refuse('wrong-state', { state, action, allowedActions: allowedIn(table, state, parties) });
  return by.some((party) => parties.has(party)) ? null : refuse(notYours, { action, allowedFor: by });
}

/** The state an action ends in: the one that was decided, else the row's usual end. Throws for an end not in the row. */
export function arrive<S extends string>(row: TableRow<S, string, string>, from: S, decided: S | undefined): S {
  const ends = endsOf(row, from);
  const [usual] = ends;
  const state = decided ?? (usual === 'unchanged' ? from : usual);
  if (!ends.includes(state) && !(ends.includes('unchanged') && state === from))
    throw new Error(`no row leads from ${from} to ${state}`);
  return state;
}
