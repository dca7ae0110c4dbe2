import { type Clocked, type ClocksChanged, clocked, type HasClocks } from '../domain/clocked.ts';
import type { PowerSetting } from '../domain/coordination.ts';
import type { Climber } from '../domain/ladder.ts';
import { subjectOfAdmission, subjectOfCall, subjectOfReply, subjectOfUndertaking } from '../domain/ladder-fire.ts';
import type { Instant } from '../domain/time.ts';
import { type Actor, type Fact, type OrderClock, theSystem } from '../domain/work-order.ts';
import { lockAdmission, pendingAdmissions, saveAdmission } from '../store/admissions.ts';
import { climbingCoordinations, lockCoordination } from '../store/coordination.ts';
import { climbingOrders } from '../store/ladders.ts';
import { type Queryable, transaction } from '../store/rows.ts';
import { lockSupervision, saveSupervision, waitingSupervisions } from '../store/supervisions.ts';
import { climbingUndertakings, lockUndertaking } from '../store/undertakings.ts';
import { save } from './coordinate.ts';
import { type Deps, powerSettingOf } from './deps.ts';
import { changeIn } from './perform.ts';
import { keep } from './undertake.ts';

/** A rule about clocks, applied to one thing that has some. */
export type ClocksRule = (of: HasClocks) => ClocksChanged;

/** Ids of those with a clock that has not stopped, a page at a time. */
type Page = (from: Queryable, after: string | null, limit: number) => Promise<readonly string[]>;
type Change = (tx: Queryable, deps: Deps, id: string, actor: Actor, rule: ClocksRule) => Promise<void>;

const together = 25;

/**
 * Applies a rule to the clocks of everything that has some, a batch in one transaction, in the order of ids like everybody
 * who holds several. What becomes of a clock shows in its date, and when it next leads to something is worked out anew.
 * `orders` narrows the work orders, which are the many.
 */
export async function changeClocks(
  deps: Deps,
  actor: Actor,
  rule: ClocksRule,
  orders: Page = climbingOrders,
): Promise<void> {
  for (const subject of clocked) {
    const { page, change } = holding[subject];
    const pageOf = subject === 'work_order' ? orders : page;
    for (let after: string | null = null; ; ) {
      const ids: readonly string[] = await pageOf(deps.pool, after, together);
      const last = ids.at(-1);
      if (last === undefined) break;
      after = last;
      await transaction(deps.pool, async (tx) => {
        for (const id of ids) await change(tx, deps, id, actor, rule);
      });
    }
  }
}

type Held = Readonly<{ id: string; number: string; clocks: readonly OrderClock[] }>;

/** How one kind of thing beside work orders is held, seen by the ladder and written. */
const beside = <T extends Held>(
  subject: Clocked,
  of: Readonly<{
    page: Page;
    lock: (tx: Queryable, id: string) => Promise<T | null>;
    unit: (held: T) => string | null;
    climber: (held: T, clock: OrderClock, setting: PowerSetting) => Climber;
    save: (tx: Queryable, deps: Deps, before: T, after: T, facts: readonly Fact[]) => Promise<void>;
  }>,
): Readonly<{ page: Page; change: Change }> => ({
  page: of.page,
  change: async (tx, deps, id, _actor, rule) => {
    const held = await of.lock(tx, id);
    if (held === null) return;
    const setting = powerSettingOf(deps, theSystem);
    const { number, clocks: before } = held;
    const climber = (clock: OrderClock): Climber => of.climber(held, clock, setting);
    const { clocks, facts } = rule({ subject, id, number, unit: of.unit(held), clocks: before, climber });
    if (clocks.some((clock, i) => clock !== before[i])) await of.save(tx, deps, held, { ...held, clocks }, facts);
  },
});

const holding: Readonly<Record<Clocked, Readonly<{ page: Page; change: Change }>>> = {
  work_order: {
    page: climbingOrders,
    change: async (tx, deps, id, actor, rule) => {
      await changeIn(tx, deps, id, actor, null, (order) => {
        const { number, owner: unit, clocks } = order;
        const changed = rule({ subject: 'work_order', id, number, unit, clocks, climber: () => order });
        return { kind: 'decided', order: { ...order, clocks: changed.clocks }, facts: changed.facts };
      });
    },
  },
  coordination_order: beside('coordination_order', {
    page: climbingCoordinations,
    lock: lockCoordination,
    unit: ({ street }) => street,
    climber: subjectOfCall,
    save: (tx, deps, before, order, facts) => save(tx, deps, before, { order, facts }),
  }),
  supervision_order: beside('supervision_order', {
    page: waitingSupervisions,
    lock: lockSupervision,
    unit: ({ unit }) => unit,
    climber: subjectOfReply,
    save: (tx, deps, _before, { clocks, replyBy, ...order }, facts) =>
      saveSupervision(tx, { ...order, clocks, replyBy: openDate(clocks) ?? replyBy }, facts, deps.city()),
  }),
  undertaking: beside('undertaking', {
    page: climbingUndertakings,
    lock: lockUndertaking,
    unit: ({ unit }) => unit,
    climber: subjectOfUndertaking,
    save: (tx, deps, _before, { clocks, dueAt, ...of }, facts) =>
      keep(tx, deps, { undertaking: { ...of, clocks, dueAt: openDate(clocks) ?? dueAt }, facts }),
  }),
  admission: beside('admission', {
    page: pendingAdmissions,
    lock: lockAdmission,
    unit: ({ askedByUnit }) => askedByUnit,
    climber: subjectOfAdmission,
    save: (tx, deps, _before, admission, facts) => saveAdmission(tx, admission, facts, deps.city()),
  }),
};

/** The date of the clock that runs, where one does. */
const openDate = (clocks: readonly OrderClock[]): Instant | undefined =>
  clocks.findLast(({ state }) => state !== 'stopped')?.dueAt;
