import { type Difference, type NewCalendar, recomputedFacts, underCalendar } from '../domain/new-calendar.ts';
import type { Actor } from '../domain/work-order.ts';
import { lockAdmission, pendingAdmissions, saveAdmission } from '../store/admissions.ts';
import { climbingCoordinations, lockCoordination } from '../store/coordination.ts';
import { ordersOnOtherCalendars } from '../store/look-city.ts';
import { type Queryable, transaction } from '../store/rows.ts';
import { lockSupervision, saveSupervision, waitingSupervisions } from '../store/supervisions.ts';
import { climbingUndertakings, lockUndertaking } from '../store/undertakings.ts';
import { save } from './coordinate.ts';
import type { Deps } from './deps.ts';
import { changeIn } from './perform.ts';
import { keep } from './undertake.ts';

/** What has clocks: work orders, and everything beside them that somebody owes something on. */
export const clocked = ['work_order', 'coordination_order', 'supervision_order', 'undertaking', 'admission'] as const;
export type Clocked = (typeof clocked)[number];

/** An open clock that a new calendar has moved, or would have moved earlier: then the old date was kept. */
export type Moved = Difference & Readonly<{ subject: Clocked; subjectId: string; number: string }>;

/** What came of counting anew. `moved` lists the first 1000; `movedCount` and `keptCount` count all. */
export type Recomputed = Readonly<{
  orders: number;
  moved: readonly Moved[];
  movedCount: number;
  keptCount: number;
}>;

const listed = 1000;
const together = 25;

type Counted = Readonly<{ number: string; changed: boolean; differences: readonly Difference[] }>;
type Page = (deps: Deps, after: string | null, acceptEarlier: boolean) => Promise<readonly string[]>;
type One = (tx: Queryable, deps: Deps, id: string, calendar: NewCalendar) => Promise<Counted | null>;

const counting: Readonly<Record<Clocked, Readonly<{ page: Page; one: One }>>> = {
  work_order: {
    page: ({ pool, city }, after, kept) =>
      ordersOnOtherCalendars(pool, city().city.calendar.version, { kept, after, limit: together }),
    one: async (tx, deps, id, calendar) => {
      let found: Counted | null = null;
      await changeIn(tx, deps, id, calendar.actor, null, (order) => {
        const { clocks, differences } = underCalendar(order.clocks, calendar);
        found = { number: order.number, changed: true, differences };
        const facts = recomputedFacts(order.owner, differences, calendar);
        return { kind: 'decided', order: { ...order, clocks }, facts };
      });
      return found;
    },
  },
  coordination_order: {
    page: ({ pool }, after) => climbingCoordinations(pool, after, together),
    one: async (tx, deps, id, calendar) => {
      const order = await lockCoordination(tx, id);
      if (order === null) return null;
      const { clocks, differences } = underCalendar(order.clocks, calendar);
      const facts = recomputedFacts(order.street, differences, calendar);
      await save(tx, deps, order, { order: { ...order, clocks }, facts });
      return { number: order.number, changed: isChanged(order.clocks, clocks), differences };
    },
  },
  supervision_order: {
    page: ({ pool }, after) => waitingSupervisions(pool, after, together),
    one: async (tx, deps, id, calendar) => {
      const order = await lockSupervision(tx, id);
      if (order === null) return null;
      const { clocks, differences } = underCalendar(order.clocks, calendar);
      const replyBy = clocks.findLast((clock) => clock.state !== 'stopped')?.dueAt ?? order.replyBy;
      const facts = recomputedFacts(order.unit, differences, calendar);
      await saveSupervision(tx, { ...order, clocks, replyBy }, facts, deps.city());
      return { number: order.number, changed: isChanged(order.clocks, clocks), differences };
    },
  },
  undertaking: {
    page: ({ pool }, after) => climbingUndertakings(pool, after, together),
    one: async (tx, deps, id, calendar) => {
      const undertaking = await lockUndertaking(tx, id);
      if (undertaking === null) return null;
      const { clocks, differences } = underCalendar(undertaking.clocks, calendar);
      const dueAt = clocks.findLast((clock) => clock.state !== 'stopped')?.dueAt ?? undertaking.dueAt;
      const facts = recomputedFacts(undertaking.unit, differences, calendar);
      await keep(tx, deps, { undertaking: { ...undertaking, clocks, dueAt }, facts });
      return { number: undertaking.number, changed: isChanged(undertaking.clocks, clocks), differences };
    },
  },
  admission: {
    page: ({ pool }, after) => pendingAdmissions(pool, after, together),
    one: async (tx, deps, id, calendar) => {
      const admission = await lockAdmission(tx, id);
      if (admission === null) return null;
      const { clocks, differences } = underCalendar(admission.clocks, calendar);
      await saveAdmission(tx, { ...admission, clocks }, recomputedFacts(null, differences, calendar), deps.city());
      return { number: admission.number, changed: isChanged(admission.clocks, clocks), differences };
    },
  },
};

const isChanged = (before: readonly object[], after: readonly object[]): boolean =>
  after.some((clock, i) => clock !== before[i]);

/** Counts every open clock anew, a batch in one transaction, in the order of ids like everybody who locks several. */
export async function recomputeAll(deps: Deps, actor: Actor, acceptEarlier: boolean): Promise<Recomputed> {
  const moved: Moved[] = [];
  let [orders, movedCount, keptCount] = [0, 0, 0];
  for (const subject of clocked) {
    const { page, one } = counting[subject];
    for (let after: string | null = null; ; ) {
      const ids: readonly string[] = await page(deps, after, acceptEarlier);
      const last = ids.at(-1);
      if (last === undefined) break;
      after = last;
      const found = await transaction(deps.pool, async (tx) => {
        const all: (Counted & { id: string })[] = [];
        for (const id of ids) {
          const calendar = { city: deps.city().city, now: deps.now(), actor, acceptEarlier };
          const counted = await one(tx, deps, id, calendar);
          if (counted !== null) all.push({ ...counted, id });
        }
        return all;
      });
      const all = found.flatMap(({ id, number, differences }) =>
        differences.map((difference): Moved => ({ subject, subjectId: id, number, ...difference })),
      );
      orders += found.filter(({ changed }) => changed).length;
      movedCount += all.filter(({ kept }) => !kept).length;
      keptCount += all.filter(({ kept }) => kept).length;
      moved.push(...all.slice(0, Math.max(0, listed - moved.length)));
    }
  }
  return { orders, moved, movedCount, keptCount };
}
