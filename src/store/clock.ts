import type pg from 'pg';
import type { Instant } from '../domain/time.ts';

/**
 * The clock of this process. `drill` null: the real time. 'now' or an instant: a drill that starts there on an empty
 * city; an offset that was stored before goes on, since a drill survives restarts.
 */
export async function startClockAt(pool: pg.Pool, drill: 'now' | Instant | null): Promise<() => Instant> {
  if (drill === null) return () => Date.now() as Instant;
  const wanted = drill === 'now' ? 0 : drill - Date.now();
  const { rows } = await pool.query<{ offset_ms: string }>(
    `insert into drill_clock (offset_ms)
     values ($1::bigint)
     on conflict (one) do update set offset_ms = drill_clock.offset_ms returning offset_ms`,
    [Math.round(wanted)],
  );
  const offset = { ms: Number(rows[0]?.offset_ms ?? 0) };
  offsets.set(pool, offset);
  return () => (Date.now() + offset.ms) as Instant;
}

/**
 * Why a database cannot be opened so; null where it can. One that was a drill's holds days that have not come, and one
 * that holds a city's orders would get them.
 */
export async function drillFault(pool: pg.Pool, isDrill: boolean): Promise<'was_drill' | 'is_city' | null> {
  const { rows } = await pool.query<{ drilled: boolean; used: boolean }>(
    'select exists (select from drill_clock) as drilled, exists (select from work_orders) as used',
  );
  const { drilled = false, used = false } = rows[0] ?? {};
  if (drilled) return isDrill ? null : 'was_drill';
  return isDrill && used ? 'is_city' : null;
}

const offsets = new WeakMap<pg.Pool, { ms: number }>();

/** Reads the offset again, after another process has moved the clock. */
export async function followDrill(pool: pg.Pool): Promise<void> {
  const offset = offsets.get(pool);
  if (offset === undefined) return;
  const { rows } = await pool.query<{ offset_ms: string }>('select offset_ms from drill_clock');
  offset.ms = Math.max(offset.ms, Number(rows[0]?.offset_ms ?? 0));
}

/** Moves the drill clock forward to `at` for every process. False when that would be backwards. */
export async function moveDrill(pool: pg.Pool, at: Instant): Promise<boolean> {
  const { rowCount } = await pool.query('update drill_clock set offset_ms = $1 where offset_ms <= $1', [
    at - Date.now(),
  ]);
  if (rowCount !== 1) return false;
  await followDrill(pool);
  await pool.query("select pg_notify('drill', '')");
  return true;
}
