import { expect } from 'vitest';
import { isRefusal, type Refusal } from '../../src/domain/refusal.ts';
import { allowedIn, endsOf, type Table } from '../../src/domain/table.ts';

/** Holds one outcome against the table: the state, then the party, then an obstacle of the row, else an end of the row. */
export function agrees<A extends string, S extends string, P extends string>(
  table: Table<A, S, P, string>,
  action: A,
  state: S,
  parties: ReadonlySet<P>,
  outcome: Readonly<{ to: S }> | Refusal,
): void {
  const row = table[action];
  const mayNow = allowedIn(table, state, parties);
  if (!row.from.includes(state)) {
    const details = { state, action, allowedActions: mayNow };
    expect(outcome).toEqual({ kind: 'refused', code: 'wrong-state', details });
  } else if (!mayNow.includes(action)) {
    expect(outcome).toMatchObject({ kind: 'refused', code: 'not-yours', details: { action, allowedFor: row.by } });
  } else if (isRefusal(outcome)) expect(row.unless ?? []).toContain(outcome.code);
  else {
    const ends = endsOf(row, state);
    const to = outcome.to === state ? 'unchanged' : outcome.to;
    expect(ends.includes(state) ? [...ends, 'unchanged'] : ends).toContain(to);
  }
}

/** Whose part each action of a table is, and what stands in its way: a matrix cannot notice a wrong row. */
export const linesOf = (table: Table<string, string, string, string>): readonly string[] =>
  Object.entries(table).map(
    ([action, { by, unless = [], stops = [], starts = [] }]) =>
      `${action}: ${by.join(' ')} | unless ${unless.join(' ')} | stops ${stops.join(' ')} | starts ${starts.join(' ')}`,
  );
