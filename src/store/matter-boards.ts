import { fromJson, type Queryable, writer } from './rows.ts';
import * as t from './tables.ts';

/** An entry of what was published of a matter. */
export type MatterEntry = typeof t.matterBoards.$inferSelect;

const write = writer(t.matterBoards);

/** The last entry there is; null where nothing was ever published of it. Whoever appends holds the matter. */
export async function lastEntry(from: Queryable, undertakingId: string): Promise<MatterEntry | null> {
  const { rows } = await from.query<{ row: Record<string, unknown> }>({
    name: 'last matter entry',
    text: 'select row_to_json(b) as row from matter_boards b where undertaking_id = $1 order by seq desc limit 1',
    values: [undertakingId],
  });
  return rows[0] === undefined ? null : fromJson(t.matterBoards, rows[0].row);
}

export const appendEntry = (tx: Queryable, entry: MatterEntry): Promise<void> => write(tx, [entry]);
