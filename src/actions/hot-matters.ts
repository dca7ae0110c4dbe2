import { uuidv7 } from 'uuidv7';
import { afterOf, governed, windowStart } from '../domain/hot-matter.ts';
import { isHot } from '../domain/ladder.ts';
import { isRefusal, type Refusal } from '../domain/refusal.ts';
import type { Instant } from '../domain/time.ts';
import type { Undertaking, Volume } from '../domain/undertaking.ts';
import { type Actor, theSystem } from '../domain/work-order.ts';
import { type HotPlace, hotPlaces } from '../reports/hot-matters.ts';
import { takeWatched, volumesOf } from '../store/hot-matters.ts';
import { nextNumber } from '../store/numbers.ts';
import { transaction } from '../store/rows.ts';
import { type Deps, settingOf } from './deps.ts';
import { countedFirst, countFacts } from './measure.ts';
import { type Asked, rowsFor } from './statistics.ts';
import { keep } from './undertake.ts';

const placesAtOnce = 200;

/**
 * Looks at the places about which something was counted and makes a governance item of each high-frequency matter, once
 * however many look. Answers how many it made. What fails is looked at again.
 */
export async function findHotMatters(deps: Deps): Promise<number> {
  let made = 0;
  for (let looked = placesAtOnce; looked === placesAtOnce; )
    looked = await transaction(deps.pool, async (tx) => {
      const setting = settingOf(deps, theSystem);
      const { ladder, areasAt } = deps.city();
      const { taken, places } = await takeWatched(tx, placesAtOnce);
      const from = windowStart(ladder.hot, setting.now);
      const volumes = await volumesOf(
        tx,
        places.map((place) => ({ ...place, from, to: setting.now })),
        { afresh: true },
      );
      for (const [i, place] of places.entries()) {
        const seen = volumes[i];
        if (seen === undefined || !isHot(seen.volume, ladder.hot)) continue;
        const streetName = areasAt(setting.now).tree.byCode.get(place.street)?.name ?? place.street;
        const names = { id: uuidv7(), number: await nextNumber(tx, 'undertaking', setting.now) };
        const rule = { rule: ladder.hot, policy: ladder.version, streetName };
        const matter = governed({ ...place, ...seen }, rule, names, setting);
        if (matter === null) continue;
        await keep(tx, deps, matter);
        made += 1;
      }
      return taken;
    });
  return made;
}

/** How many orders and people there were at the places of these matters since they were governed, or since that ended. */
export async function volumesAfter(deps: Deps, matters: readonly Undertaking[]): Promise<readonly (Volume | null)[]> {
  const asked = matters.map(({ about: { hot }, endedAt, openedBy }) =>
    hot === undefined ? null : { ...hot, ...afterOf(hot.before, endedAt ?? openedBy.at, deps.now()) },
  );
  const found = await volumesOf(
    deps.reading,
    asked.filter((each) => each !== null),
  );
  let next = 0;
  return asked.map((each) => (each === null ? null : (found[next++]?.volume ?? null)));
}

/** What is asked about most in a span, with the rule by which it is hot. */
export type HotMatters = Readonly<{
  kind: 'found';
  from: Instant;
  to: Instant;
  rule: Readonly<{ people: number; orders: number; days: number; policy: string }>;
  items: readonly (HotPlace & Readonly<{ hot: boolean }>)[];
}>;

/** The places with most orders in a span, by default in the window of the ladder's rule, as far as the actor may see them. */
export async function mostAsked(
  deps: Deps,
  { from, to, least, limit, ...narrowed }: HotAsked,
  actor: Actor,
): Promise<HotMatters | Refusal> {
  const { ladder } = deps.city();
  const now = deps.now();
  const span = { from: from ?? windowStart(ladder.hot, to ?? now), to: to ?? now };
  const rows = rowsFor(deps, { ...narrowed, ...span }, 'street', actor);
  if (isRefusal(rows)) return rows;
  await countFacts(deps, countedFirst);
  const places = await hotPlaces(deps.reading, rows, { ...span, orders: least, people: least, limit });
  const items = places.map((place) => ({ ...place, hot: isHot(place, ladder.hot) }));
  return { kind: 'found', ...span, rule: { ...ladder.hot, policy: ladder.version }, items };
}

/** What the statistic may be narrowed to; `least`: so many orders or people at least. */
export type HotAsked = Readonly<
  Pick<Asked, 'unit' | 'area' | 'category'> & {
    from?: Instant | undefined;
    to?: Instant | undefined;
    least: number;
    limit: number;
  }
>;
