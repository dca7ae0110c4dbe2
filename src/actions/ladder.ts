import type pg from 'pg';
import { type LadderChange, orderUnderLadder, underLadder } from '../domain/ladder-change.ts';
import { subjectOfAdmission, subjectOfReply } from '../domain/ladder-fire.ts';
import { defaultLadder } from '../domain/ladder-rows.ts';
import type { Instant } from '../domain/time.ts';
import { theSystem } from '../domain/work-order.ts';
import { lockAdmission, pendingAdmissions, saveAdmission } from '../store/admissions.ts';
import { climbingCoordinations } from '../store/coordination.ts';
import { appliedLadder, climbingOrders, markApplied } from '../store/ladders.ts';
import { type Queryable, transaction } from '../store/rows.ts';
import { lockSupervision, saveSupervision, waitingSupervisions } from '../store/supervisions.ts';
import { climbingUndertakings } from '../store/undertakings.ts';
import { type Deps, powerSettingOf } from './deps.ts';
import { changeIn } from './perform.ts';
import { callsUnder } from './silent-calls.ts';
import { undertakingUnder } from './undertake.ts';

const together = 25;

/** The version every clock is known to climb by, by pool. */
const known = new WeakMap<pg.Pool, string>();

/** When the next ladder begins that is known to come by `by`. */
export const nextLadderAt = ({ now, city }: Pick<Deps, 'now' | 'city'>, by: Instant): Instant | null =>
  city().ladders.find(({ validFrom }) => validFrom > now() && validFrom <= by)?.validFrom ?? null;

/**
 * Where another ladder has come into force, works out the next moment of every clock anew, a batch at a time; rungs whose
 * moment was over by then never fire. Done again, as after a crash, it changes nothing more.
 */
export async function applyLadder(deps: Deps): Promise<void> {
  const { pool } = deps;
  const { ladder: to } = deps.city();
  if (known.get(pool) === to.version) return;
  const from = (await appliedLadder(pool)) ?? defaultLadder;
  if (from.version !== to.version) {
    await inBatches(
      pool,
      (after) => climbingOrders(pool, after, together),
      async (tx, id) => {
        await changeIn(tx, deps, id, theSystem, null, (order, setting) => ({
          kind: 'decided',
          ...orderUnderLadder(order, { from, to }, setting),
        }));
      },
    );
    await inBatches(
      pool,
      (after) => waitingSupervisions(pool, after, together),
      (tx, id) => superviseUnder(tx, deps, id, { from, to }),
    );
    await inBatches(
      pool,
      (after) => climbingCoordinations(pool, after, together),
      (tx, id) => callsUnder(tx, deps, id, { from, to }),
    );
    await inBatches(
      pool,
      (after) => climbingUndertakings(pool, after, together),
      (tx, id) => undertakingUnder(tx, deps, id, { from, to }),
    );
    await inBatches(
      pool,
      (after) => pendingAdmissions(pool, after, together),
      (tx, id) => admissionUnder(tx, deps, id, { from, to }),
    );
    await markApplied(pool, to);
    deps.log.info({ before: from.version, after: to.version }, 'clocks climb by another ladder');
  }
  known.set(pool, to.version);
}

async function superviseUnder(tx: Queryable, deps: Deps, id: string, change: LadderChange): Promise<void> {
  const order = await lockSupervision(tx, id);
  if (order === null) return;
  const setting = powerSettingOf(deps, theSystem);
  const clocks = order.clocks.map((clock) => underLadder(clock, subjectOfReply(order), change, setting).clock);
  await saveSupervision(tx, { ...order, clocks }, [], deps.city());
}

async function admissionUnder(tx: Queryable, deps: Deps, id: string, change: LadderChange): Promise<void> {
  const admission = await lockAdmission(tx, id);
  if (admission === null) return;
  const [setting, subject] = [powerSettingOf(deps, theSystem), subjectOfAdmission(admission)];
  const clocks = admission.clocks.map((clock) => underLadder(clock, subject, change, setting).clock);
  await saveAdmission(tx, { ...admission, clocks }, [], deps.city());
}

async function inBatches(
  pool: pg.Pool,
  page: (after: string | null) => Promise<readonly string[]>,
  each: (tx: Queryable, id: string) => Promise<void>,
): Promise<void> {
  for (let after: string | null = null; ; ) {
    const ids: readonly string[] = await page(after);
    const last = ids.at(-1);
    if (last === undefined) return;
    after = last;
    await transaction(pool, async (tx) => {
      for (const id of ids) await each(tx, id);
    });
  }
}
