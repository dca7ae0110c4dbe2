import { readFileSync } from 'node:fs';
import type { Deps } from '../actions/deps.ts';
import { endedAtLevels, rates } from '../actions/statistics.ts';
import { type Figures, type RateKey, rateKeys } from '../domain/rates.ts';
import { isRefusal } from '../domain/refusal.ts';
import type { Rate, Thousandths } from '../domain/share.ts';
import { atLocal, type Instant, iso } from '../domain/time.ts';
import { type Queryable, transaction } from '../store/rows.ts';
import { somebody } from './city-year-people.ts';

/** What came of comparing the two counts: how many figures of how many keys, the rates of the whole, and what differs. */
export type Compared = Readonly<{
  cells: number;
  keys: number;
  whole: Readonly<Record<string, Rate>>;
  differences: readonly string[];
}>;

const recount = readFileSync(new URL('city-year-recount.sql', import.meta.url), 'utf8');
const endedBy = readFileSync(new URL('city-year-levels.sql', import.meta.url), 'utf8');
const figuresBy = readFileSync(new URL('city-year-figures.sql', import.meta.url), 'utf8');

const monthOf = (year: number, n: number): Instant =>
  atLocal(`${year + Math.floor(n / 12)}-${String((n % 12) + 1).padStart(2, '0')}-01`, '00:00');

/** The year, and the one after it for what came in at its end. */
export const yearSpan = (year: number): Span => ({ from: monthOf(year, 0), to: monthOf(year, 24) });

/** Keys, months and weights everything is compared by: the whole year by every key, and every month. */
export async function compareYear(deps: Deps, year: number): Promise<Compared> {
  const spans = [
    yearSpan(year),
    ...Array.from({ length: 12 }, (_, n) => ({ from: monthOf(year, n), to: monthOf(year, n + 1) })),
  ];
  return transaction(deps.pool, async (tx) => {
    // The parts of the recount are larger than the planner takes them for.
    await tx.query('set local enable_nestloop = off');
    await tx.query(recount.replaceAll('$1', `'${iso(deps.now())}'`));
    await tx.query('analyze recounted');
    const differences: string[] = [];
    let [cells, keys] = [0, 0];
    let whole: Compared['whole'] = {};
    for (const by of rateKeys)
      for (const [n, span] of spans.entries()) {
        const w = [0, 1000, 500][n % 3] ?? 0;
        const ours = await service(deps, by, span, w);
        const theirs = await again(tx, by, span, w);
        const where = `${by} ${iso(span.from).slice(0, 7)}${n === 0 ? ' (all)' : ''} w ${w / 1000}`;
        const found = compare(ours.cells, theirs, where);
        differences.push(...found);
        cells += theirs.size;
        keys += ours.keys;
        if (by === 'unit' && n === 0) whole = ours.whole;
      }
    for (const span of spans) {
      const [ours, theirs] = [await serviceLevels(deps, span), await levelsAgain(tx, span)];
      differences.push(...compare(ours, theirs, `levels ${iso(span.from).slice(0, 7)}`));
      cells += theirs.size;
    }
    return { cells, keys, whole, differences };
  });
}

type Cell = readonly (number | null)[];
type Span = Readonly<{ from: Instant; to: Instant }>;

export const auditor = somebody('auditor', ['auditor'], null);
const keyed = (key: string | null, name: string): string => `${key ?? '-'} ${name}`;

async function service(deps: Deps, by: RateKey, span: Span, w: Thousandths) {
  const found = await rates(deps, { ...span, by, w }, auditor);
  if (isRefusal(found)) throw new Error(`the service refuses its figures: ${found.code}`);
  const cells = new Map<string, Cell>();
  for (const { key, figures } of found.items)
    for (const [name, cell] of cellsOf(figures)) cells.set(keyed(key, name), cell);
  return { cells, keys: found.items.length, whole: found.all.figures.rates };
}

async function serviceLevels(deps: Deps, span: Span): Promise<Map<string, Cell>> {
  const found = await endedAtLevels(deps, span, auditor);
  if (isRefusal(found)) throw new Error(`the service refuses its levels: ${found.code}`);
  const some = found.items.filter(({ rate }) => rate.numerator > 0);
  return new Map(some.map(({ level, rate: r }) => [level, [r.numerator, r.denominator, r.share]]));
}

async function levelsAgain(tx: Queryable, { from, to }: Span): Promise<Map<string, Cell>> {
  type Ended = Readonly<{ level: string; numerator: number; denominator: number; share: number }>;
  const { rows } = await tx.query<Ended>(endedBy, [iso(from), iso(to)]);
  return new Map(rows.map((r) => [r.level, [r.numerator, r.denominator, r.share]]));
}

/** Every figure as the recount names it. */
function cellsOf({ rates: all, hops, ...figures }: Figures): [string, Cell][] {
  const cells: [string, Cell][] = Object.entries(all).map(([name, r]) => [
    name,
    [r.numerator, r.denominator, r.notReached, r.excluded, r.share, r.interval?.low ?? null, r.interval?.high ?? null],
  ]);
  const plain = { ...figures, hops: { hops: hops.hops, orders: hops.orders } };
  for (const [name, value] of Object.entries(plain))
    if (name !== 'incidents')
      for (const [part, n] of typeof value === 'number' ? [['', value] as const] : Object.entries(value))
        cells.push([part === '' ? name : `${name}/${part}`, [Number(n), null, null, null, null, null, null]]);
  return cells;
}

type Row = Readonly<{
  key: string | null;
  name: string;
  numerator: number;
  denominator: number | null;
  notReached: number | null;
  excluded: number | null;
  share: number | null;
  low: number | null;
  high: number | null;
}>;

/** A month is worked out from the hours, and not by the name of a zone as the service does. */
const keyOf = (by: RateKey): string =>
  by === 'month' ? "to_char((r.due_at + interval '8 hours') at time zone 'UTC', 'YYYY-MM')" : `r.${by}`;

async function again(tx: Queryable, by: RateKey, { from, to }: Span, w: Thousandths): Promise<Map<string, Cell>> {
  const { rows } = await tx.query<Row>(figuresBy.replace('/*key*/', keyOf(by)), [iso(from), iso(to), w / 1000]);
  return new Map(
    rows.map((r) => [
      keyed(r.key, r.name),
      [r.numerator, r.denominator, r.notReached, r.excluded, r.share, r.low, r.high],
    ]),
  );
}

function compare(ours: ReadonlyMap<string, Cell>, theirs: ReadonlyMap<string, Cell>, where: string): string[] {
  const names = new Set([...ours.keys(), ...theirs.keys()]);
  return [...names].flatMap((name) => {
    const [a, b] = [JSON.stringify(ours.get(name)), JSON.stringify(theirs.get(name))];
    return a === b ? [] : [`${where}: ${name}: the service ${a}, the recount ${b}`];
  });
}
