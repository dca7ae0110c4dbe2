import { createHmac } from 'node:crypto';
import type pg from 'pg';
import type { PowerSetting } from '../domain/coordination.ts';
import type { Setting } from '../domain/obstacles.ts';
import type { Instant } from '../domain/time.ts';
import type { Actor } from '../domain/work-order.ts';
import type { CityState } from '../store/city.ts';
import type { Surge } from '../store/surge.ts';

export type { CityState } from '../store/city.ts';

/** Logging without personal data: what happened, and ids. */
export type Log = Readonly<Record<'info' | 'warn' | 'error', (what: object, message: string) => void>>;

/** What every action needs: the database, the time it is, the city as configured. */
export type Deps = Readonly<{
  pool: pg.Pool;
  /** Where lists and searches read: a replica, which may lag a little, or the same database. */
  reading: pg.Pool;
  now: () => Instant;
  city: () => CityState;
  /** Reads the city again; other processes do so when they hear of the change. */
  reloadCity: () => Promise<void>;
  /** What is going on: open incidents, notices of planned outages, decrees that pause. */
  surge: () => Surge;
  /** Reads that again; other processes do so when they hear of the change. */
  reloadSurge: () => Promise<void>;
  log: Log;
  /** The installation's secret that query codes are hashed with. */
  codeKey: Buffer;
  /** The installation's secret that lots are drawn with. */
  lotKey: Buffer;
}>;

/** The setting of a decision made now by this actor. */
export const settingOf = ({ city, now }: Deps, actor: Actor): Setting => ({ city: city().city, now: now(), actor });

/** The seed of a draw by its name: only who holds the installation's secret could foretell it. */
export const seedFor =
  ({ lotKey }: Pick<Deps, 'lotKey'>) =>
  (name: string): string =>
    createHmac('sha256', lotKey).update(name).digest('hex');

/** The same for a decision about a coordination or a supervision order. */
export const powerSettingOf = (deps: Deps, actor: Actor): PowerSetting => {
  const { powers, matters } = deps.city();
  return { ...settingOf(deps, actor), powers, matters };
};
