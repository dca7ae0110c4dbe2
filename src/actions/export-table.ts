import type { Cell } from '../domain/cell.ts';
import type { City } from '../domain/city.ts';
import { isRefusal, type Refusal } from '../domain/refusal.ts';
import type { Words } from '../domain/resident.ts';
import type { Instant, LocalDate } from '../domain/time.ts';
import { inWords, type Language, type Vocabulary } from '../domain/words.ts';
import type { Actor, WorkOrder } from '../domain/work-order.ts';
import { orderNumbers } from '../store/look.ts';
import type { CityState, Deps } from './deps.ts';

/** Pages of something, one after the other. */
export type Pages<T> = AsyncIterable<readonly T[]>;

/**
 * A list that can be taken out as a table. It is read as its own route reads it, page by page, so an actor gets what that
 * shows and no more; `route` is the one whose right is asked and whose parameters the filter has. `open` gives pages of
 * fields in the order of `titles`, or refuses where the filter is wrong or asks for what is out of the actor's sight.
 */
export type ExportList<F> = Readonly<{
  route: string;
  titles: readonly Words[];
  open: (deps: Deps, filter: F, actor: Actor, language: Language) => Promise<Pages<readonly Cell[]> | Refusal>;
}>;

/** Where the rows of a table come from, before they are fields. */
export type Source<F, T> = Readonly<{
  route: string;
  open: (deps: Deps, filter: F, actor: Actor) => Promise<Pages<T> | Refusal>;
}>;

/** What a field is read with: the city, the reader's language, and the numbers of orders that rows know by id. */
export type Reading = Readonly<{
  city: City;
  state: CityState;
  now: Instant;
  language: Language;
  numbers: ReadonlyMap<string, string>;
}>;
/** One column: its title in two languages, and what stands in it. */
export type Column<T> = readonly [zh: string, en: string, cell: (item: T, reading: Reading) => Cell];

/** What a filter says beside how much of the list is wanted. */
export type Asked<F> = Omit<F, 'limit' | 'cursor' | 'after'>;

const pageSize = 500;

type Found<T> = Promise<readonly T[] | Refusal>;

/** A list that goes on after a place: after the last item of the page before. */
export const paged = <F, T, P>(
  route: string,
  read: (deps: Deps, filter: F, page: Readonly<{ after: P | undefined; limit: number }>, actor: Actor) => Found<T>,
  placeOf: (item: T) => P,
): Source<F, T> => ({
  route,
  open: async (deps, filter, actor) => {
    const behind = (after: P | undefined) => read(deps, filter, { after, limit: pageSize }, actor);
    const first = await behind(undefined);
    return isRefusal(first) ? first : goingOn(first, (last) => behind(placeOf(last)));
  },
});
async function* goingOn<T>(first: readonly T[], next: (last: T) => Found<T>): AsyncGenerator<readonly T[]> {
  for (let page = first; ; ) {
    yield page;
    const last = page.at(-1);
    if (page.length < pageSize || last === undefined) return;
    const following = await next(last);
    if (isRefusal(following)) throw new Error(`a list is refused on its way: ${following.code}`);
    page = following;
  }
}

/** A list that goes on after an id, as most do. */
export const byId = <F, T>(
  route: string,
  list: (deps: Deps, filter: F & Readonly<{ cursor: string | undefined; limit: number }>, actor: Actor) => Found<T>,
  idOf: (item: T) => string,
): Source<F, T> =>
  paged(
    route,
    (deps, filter, { after: cursor, limit }, actor) => list(deps, { ...filter, cursor, limit }, actor),
    idOf,
  );

/** A list that is read at once, or refused. */
export const whole = <F, T>(
  route: string,
  read: (deps: Deps, filter: F, actor: Actor) => readonly T[] | Refusal | Found<T>,
): Source<F, T> => ({
  route,
  open: async (...asked) => {
    const found = await read(...asked);
    return isRefusal(found) ? found : alone(found);
  },
});
async function* alone<T>(page: readonly T[]): AsyncGenerator<readonly T[]> {
  yield page;
}

/** The same list with other rows, none or several, for each of its items. */
export const eachOf = <F, T, R>(source: Source<F, T>, rowsOf: (item: T) => readonly R[]): Source<F, R> => ({
  ...source,
  open: async (...asked) => {
    const pages = await source.open(...asked);
    return isRefusal(pages) ? pages : turned(pages, async (page) => page.flatMap((item) => rowsOf(item)));
  },
});
async function* turned<T, R>(
  pages: Pages<T>,
  turn: (page: readonly T[]) => Promise<readonly R[]>,
): AsyncGenerator<readonly R[]> {
  for await (const page of pages) yield await turn(page);
}

/** A list as a table. `ordersOf` are the orders whose numbers its columns tell. */
export const table = <F, T>(
  { route, open }: Source<F, T>,
  columns: readonly Column<T>[],
  ordersOf?: (item: T) => readonly (string | null)[],
): ExportList<F> => ({
  route,
  titles: columns.map(([zh, en]) => [zh, en]),
  open: async (deps, filter, actor, language) => {
    const pages = await open(deps, filter, actor);
    if (isRefusal(pages)) return pages;
    const reading = { state: deps.city(), city: deps.city().city, now: deps.now(), language };
    return turned(pages, async (page) => {
      const ids = ordersOf === undefined ? [] : page.flatMap(ordersOf).filter((id) => id !== null);
      const numbers = ids.length === 0 ? noNumbers : await orderNumbers(deps.reading, [...new Set(ids)]);
      return page.map((item) => columns.map(([, , cell]) => cell(item, { ...reading, numbers })));
    });
  },
});
const noNumbers: ReadonlyMap<string, string> = new Map();

/** A moment. */
export const time = (at: Instant | null | undefined): Cell => (at == null ? null : { at });
/** A day. */
export const day = (date: LocalDate | null): Cell => (date === null ? null : { day: date });
/** A share of one. */
export const share = (of: number | null): Cell => (of === null ? null : { share: of });
/** A unit by its name. */
export const unit = (code: string | null | undefined, { city }: Pick<Reading, 'city'>): string | null =>
  code == null ? null : (city.units.get(code)?.name ?? code);
/** An area by its name. */
export const area = (code: string | null | undefined, { state, now }: Pick<Reading, 'state' | 'now'>): string | null =>
  code == null ? null : (state.areasAt(now).tree.byCode.get(code)?.name ?? code);
/** A channel by its name. */
export const channel = (code: string | null, { city }: Reading): string | null =>
  code === null ? null : (city.channels.get(code)?.name ?? code);
/** A code in words. */
export const said = (vocabulary: Vocabulary, code: string | null | undefined, { language }: Reading): string | null =>
  inWords(vocabulary, code ?? null, language);
/** Yes or no; nothing where that is not known. */
export const yes = (is: boolean | null | undefined, { language }: Reading): Cell =>
  is == null ? null : language === 'zh' ? (is ? '是' : '否') : is ? 'yes' : 'no';
/** Parts in one field. */
export const joined = (parts: readonly (string | null)[] | null, { language }: Reading): string | null =>
  parts?.filter((part) => part !== null).join(language === 'zh' ? '、' : ', ') ?? null;
/** Several in one field, each as it is told alone. */
export const several = <T>(
  items: readonly T[] | null | undefined,
  told: (item: T, reading: Reading) => string | null,
  reading: Reading,
): string | null => joined(items?.map((item) => told(item, reading)) ?? null, reading);
/** An order by its number, where `ordersOf` named it. */
export const number = (id: string | null, { numbers }: Reading): string | null =>
  id === null ? null : (numbers.get(id) ?? id);
/** Where an order is, at one level of the areas. */
export const place = ({ placement }: Pick<WorkOrder, 'placement'>, level: string): Cell =>
  placement.path.find((step) => step.level === level)?.name ?? null;
