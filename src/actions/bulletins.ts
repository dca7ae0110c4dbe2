import {
  type Bulletin,
  type BulletinKind,
  bulletinRates,
  bulletinSpans,
  type Compared,
  type CountedKey,
  comparisons,
  lastComplete,
} from '../domain/bulletin.ts';
import type { City } from '../domain/city.ts';
import type { RecordCounts } from '../domain/field-record.ts';
import type { Span } from '../domain/period.ts';
import { nameOfKey } from '../domain/rated.ts';
import type { Figures } from '../domain/rates.ts';
import { isRefusal, type Refusal, refuse } from '../domain/refusal.ts';
import { dateOf, type Instant } from '../domain/time.ts';
import { inWords, type Language } from '../domain/words.ts';
import type { Actor } from '../domain/work-order.ts';
import { densityBy } from '../reports/density.ts';
import type { Heat } from '../reports/heat-picture.ts';
import { countEnded, countIntake, type Intake } from '../reports/intake.ts';
import { overdueByUnit } from '../reports/overdue.ts';
import type { Deps } from './deps.ts';
import { indicesEnding } from './external-indices.ts';
import { counted } from './field-records.ts';
import { mostAsked } from './hot-matters.ts';
import { type PlaceLevel, rates, scopeOf } from './statistics.ts';

/** How many leaves and units a bulletin names. */
const mostNamed = 10;

/** The bulletin of a span, for the city or an area: what came in, what ended, how residents were served, what is late. */
export async function bulletin(
  deps: Deps,
  asked: Readonly<{ kind: BulletinKind; at: Instant | null; area: string | null; language: Language }>,
  actor: Actor,
): Promise<Bulletin | Refusal> {
  const now = deps.now();
  const at = asked.at ?? lastComplete(asked.kind, now);
  if (at > now) return refuse('in-the-future', { at: 'nothing is known of it yet' });
  const spans = bulletinSpans(asked.kind, at);
  const scope = scopeOf(deps, { ...spans.now, area: asked.area }, actor);
  if (isRefusal(scope)) return scope;
  const area = scope.area?.code ?? null;
  const of = (span: Span, by: 'street' | 'unit') => rates(deps, { ...span, by, w: 0, area: area ?? undefined }, actor);
  // Facts are counted before the first answer; side by side one of them would count and the others not wait for it.
  const units = await of(spans.now, 'unit');
  if (isRefusal(units)) return units;
  const matters = await mostAsked(deps, { ...spans.now, area: area ?? undefined, least: 2, limit: mostNamed }, actor);
  if (isRefusal(matters)) return matters;
  const { tree } = deps.city().areasAt(now);
  const about = area === null ? tree.children(null).map(({ code }) => code) : [area];
  const [intake, ended, overdue, field, indices, ...figures] = await Promise.all([
    countIntake(deps.reading, spans, area),
    countEnded(deps.reading, spans, area),
    overdueByUnit(deps.reading, now, area),
    countedFor(deps, spans, area),
    indicesEnding(deps, spans.now, about),
    ...comparisons.map((name) => of(spans[name], 'street')),
  ]);
  const refused = figures.find((each) => isRefusal(each));
  if (refused !== undefined) return refused;
  const found = figures.map((each) => (each as Exclude<typeof each, Refusal>).all.figures);
  const { city } = deps.city();
  const named = (code: string) => ({ code, name: city.units.get(code)?.name ?? code });
  return {
    kind: asked.kind,
    spans,
    madeAt: now,
    complete: spans.now.to <= now,
    behind: units.upTo.behind,
    area: scope.area && { code: scope.area.code, name: scope.area.name },
    intake: intakeOf(deps, intake, asked.language),
    ended,
    rates: Object.fromEntries(
      bulletinRates.map((name) => [
        name,
        Object.fromEntries(comparisons.map((each, i) => [each, found[i]?.rates[name]])),
      ]),
    ) as Bulletin['rates'],
    units: units.items
      .toSorted((a, b) => b.figures.assessed - a.figures.assessed)
      .slice(0, mostNamed)
      .flatMap(({ key, figures: each }) =>
        key === null ? [] : [{ key: named(key), assessed: each.assessed, rates: ratesOf(each) }],
      ),
    matters: matters.items.map(({ category, street, orders, people, hot }) => ({
      category,
      street: { code: street, name: nameOfKey('street', street, city, tree) },
      orders,
      people,
      hot,
    })),
    field,
    indices: indices.map(({ value: { index, code, period, value, sample, rank }, ...moved }) => ({
      index: { code: index, name: deps.city().indices.get(index)?.name ?? index },
      of: { code, name: tree.byCode.get(code)?.name ?? code },
      period,
      value,
      sample,
      rank,
      ...moved,
    })),
    overdue: {
      all: overdue.reduce((sum, { count }) => sum + count, 0),
      byUnit: overdue.slice(0, mostNamed).map(({ unit, count }) => ({ key: named(unit), count })),
    },
  };
}

async function countedFor(deps: Deps, spans: Compared<Span>, area: string | null): Promise<Compared<RecordCounts>> {
  const of = async (span: Span) => (await counted(deps, span, 'month', { units: null, area })).all;
  const [now, before, lastYear] = await Promise.all([of(spans.now), of(spans.before), of(spans.lastYear)]);
  return { now, before, lastYear };
}

const ratesOf = ({ rates: all }: Figures) =>
  Object.fromEntries(bulletinRates.map((name) => [name, all[name]])) as Bulletin['units'][number]['rates'];

/** Counts with names, most of this span first; categories at their first level, and the leaves that matter most. */
function intakeOf(deps: Deps, { all, by }: Intake, language: Language): Bulletin['intake'] {
  const { city, areasAt } = deps.city();
  const { tree } = areasAt(deps.now());
  const none = language === 'zh' ? '未确定' : 'not known';
  const list = (counts: ReadonlyMap<string | null, Compared<number>>, nameOf: (code: string) => string): CountedKey[] =>
    [...counts]
      .map(([code, each]) => ({ key: { code, name: code === null ? none : nameOf(code) }, counts: each }))
      .toSorted((a, b) => b.counts.now - a.counts.now || ((a.key.code ?? '') < (b.key.code ?? '') ? -1 : 1));
  return {
    all,
    byChannel: list(by.channel, (code) => nameOfKey('channel', code, city, tree)),
    byKind: list(by.kind, (code) => inWords('kind', code, language) ?? code),
    byCategory: list(firstLevels(by.category), (code) => code),
    leaves: list(by.category, (code) => leafName(code, city))
      .filter(({ key, counts }) => key.code !== null && counts.now > 0)
      .slice(0, mostNamed),
    byStreet: list(by.street, (code) => nameOfKey('street', code, city, tree)),
  };
}

const leafName = (code: string, { categories }: City): string => categories.get(code)?.name ?? code;

function firstLevels(
  leaves: ReadonlyMap<string | null, Compared<number>>,
): ReadonlyMap<string | null, Compared<number>> {
  const groups = Map.groupBy([...leaves], ([code]) => code?.split('/')[0] ?? null);
  return new Map(
    [...groups].map(([code, of]) => {
      const sum = (name: keyof Compared<number>) => of.reduce((total, [, counts]) => total + counts[name], 0);
      return [code, { now: sum('now'), before: sum('before'), lastYear: sum('lastYear') }];
    }),
  );
}

/** Where requests of a span came from, by the areas of a level as they were at its end. */
export async function heat(
  deps: Deps,
  asked: Span & Readonly<{ level: PlaceLevel; area: string | null; category: string | null; language: Language }>,
  actor: Actor,
): Promise<Heat | Refusal> {
  const scope = scopeOf(deps, asked, actor);
  if (isRefusal(scope)) return scope;
  const { level, from, to, category, language } = asked;
  const area = scope.area?.code ?? null;
  const { tree } = deps.city().areasAt(Math.min(to - 1, deps.now()) as Instant);
  const areas = tree.areas.filter((each) => each.level === level && (area === null || tree.isWithin(each.code, area)));
  const counts = await densityBy(deps.reading, { level, span: { from, to }, area, category });
  const where = scope.area?.name ?? '';
  return {
    title: language === 'zh' ? `${where}诉求热力图` : `Requests by ${level}${where === '' ? '' : `, ${where}`}`,
    areas,
    counts,
    span: `${dateOf(from)} – ${dateOf((to - 1) as Instant)}`,
    elsewhere: language === 'zh' ? '其他' : 'elsewhere',
    total: language === 'zh' ? '诉求' : 'requests',
  };
}
