import type { City, Role } from '../domain/city.ts';
import { type Command, type Decision, decide, settle } from '../domain/decide.ts';
import type { LadderPolicy } from '../domain/ladder.ts';
import type { Setting } from '../domain/obstacles.ts';
import type { Placement } from '../domain/placement.ts';
import type { PowerRow } from '../domain/powers.ts';
import { isRefusal, type Refusal } from '../domain/refusal.ts';
import { fillSeats, type SeedFor } from '../domain/seating.ts';
import { after, type Instant, later, type Minutes } from '../domain/time.ts';
import { whenDue } from '../domain/when-due.ts';
import { type Actor, type Fact, type OrderClock, theSystem, type WorkOrder } from '../domain/work-order.ts';

/** What lives are led by: the city as it stands, its ladder, and what would be drawn by lot. */
export type World = Readonly<{
  city: City;
  ladder: LadderPolicy;
  powers: readonly PowerRow[];
  seedFor: SeedFor;
  /** The area with this code, as somebody who knows the place would say it. */
  placed: (areaCode: string) => Placement;
}>;

/** Numbers that look drawn and are the same for the same seed (mulberry32). */
export type Lot = Readonly<{
  /** At least 0 and below 1. */
  next: () => number;
  /** Whether something happens that does so in this share of cases. */
  is: (share: number) => boolean;
  /** A whole number below `n`. */
  below: (n: number) => number;
  of: <T>(things: readonly T[]) => T;
}>;

export function lots(seed: number): Lot {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (n: number): number => Math.floor(next() * n);
  return {
    next,
    below,
    is: (share) => next() < share,
    of: (things) => {
      if (things.length === 0) throw new RangeError('nothing to draw from');
      return things[below(things.length)] as (typeof things)[number];
    },
  };
}

export const actor = (name: string, roles: readonly Role[], unit: string | null, more: Partial<Actor> = {}): Actor => ({
  client: `city-year ${name}`,
  name,
  roles,
  unit,
  areas: null,
  requests: [],
  system: false,
  ...more,
});

/** One order as it lives: what it is now, what became true of it, and how far its time has come. */
export type Life = {
  readonly world: World;
  readonly facts: Fact[];
  order: WorkOrder;
  at: Instant;
  /** One command, and what follows by itself. Whether it was allowed. */
  readonly perform: (command: Command, as: Actor) => boolean;
  /** Any decision about the order, with seats filled as the city does. Whether it was allowed. */
  readonly decide: (deciding: (order: WorkOrder, setting: Setting) => Decision | Refusal, as: Actor) => boolean;
  /** Lets time pass; what comes due on the way happens at its own moment. */
  readonly wait: (wait: Minutes) => void;
};

/** Begins a life with what was decided when the request was registered. */
export function living(world: World, { order, facts }: Decision, at: Instant): Life {
  const { city, powers, ladder, seedFor } = world;
  const fired = new Set<string>();
  const take = (decided: Pick<Decision, 'order' | 'facts'>): void => {
    life.order = decided.order;
    life.facts.push(...decided.facts);
  };
  const nextDue = (until: Instant): OrderClock | undefined =>
    life.order.clocks
      .filter((c) => c.state === 'running' && c.dueAt <= until && !fired.has(`${c.seq} ${c.dueAt}`))
      .toSorted((a, b) => a.dueAt - b.dueAt)[0];
  const life: Life = {
    world,
    facts: [...facts],
    order,
    at,
    perform: (command, as) =>
      life.decide((now, setting) => {
        const outcome = decide(now, command, setting);
        return isRefusal(outcome) ? outcome : settle(outcome, setting);
      }, as),
    decide(deciding, as) {
      const setting = { city, now: life.at, actor: as };
      const outcome = deciding(life.order, setting);
      if (isRefusal(outcome)) return false;
      take(fillSeats(life.order, outcome, seedFor, setting));
      return true;
    },
    wait(wait) {
      const until = after(life.at, wait);
      for (let due = nextDue(until); due !== undefined; due = nextDue(until)) {
        life.at = later(life.at, due.dueAt);
        fired.add(`${due.seq} ${due.dueAt}`);
        const setting = { city, now: life.at, actor: theSystem, powers, matters: new Map() };
        const passed = whenDue(life.order, due.seq, ladder, setting);
        if (passed !== null) take(passed);
      }
      life.at = later(life.at, until);
    },
  };
  return life;
}
