import type { Cell } from '../domain/cell.ts';
import type { City } from '../domain/city.ts';
import { isRefusal, type Refusal } from '../domain/refusal.ts';
import type { Words } from '../domain/resident.ts';
import type { Instant, LocalDate } from '../domain/time.ts';
import { inWords, type Language, type Vocabulary } from '../domain/words.ts';
import type { Actor, WorkOrder } from '../domain/work-order.ts';
import { orderNumbers } from '../store/look.ts';
import type { CityState, Deps } from './deps.ts';

/**
 * A list that can be taken out as a table. It is read as its own route reads it, page by page, so an actor gets what that
 * shows and no more; `route` is the one whose right is asked and whose parameters the filter has. `rows` gives pages of
 * fields in the order of `titles`.
 */
export type ExportList<F> = Readonly<{
  route: string;
  titles: readonly Words[];
  /** Why it cannot be taken out like this, where the filter itself may be wrong or out of somebody's sight. */
  refusal?: ((deps: Deps, filter: F, actor: Actor) => Promise<Refusal | null>) | undefined;
  rows: (deps: Deps, filter: F, actor: Actor, language: Language) => AsyncIterable<readonly (readonly Cell[])[]>;
}>;

/** Where the rows of a table come from, before they are fields. */
export type Source<F, T> = Pick<ExportList<F>, 'route' | 'refusal'> &
  Readonly<{ pages: (deps: Deps, filter: F, actor: Actor) => AsyncIterable<readonly T[]> }>;

/** What a field is read with: the city, the reader's language, and the numbers of orders that rows know by id. */
export type Reading = Readonly<{
  city: City;
  state: CityState;
  now: Instant;
  language: Language;
  actor: Actor;
  numbers: ReadonlyMap<string, string>;
}>;
/** One column: its title in two languages, and what stands in it. */
export type Column<T> = readonly [zh: string, en: string, cell: (item: T, reading: Reading) => Cell];

/** What a filter says beside how much of the list is wanted. */
export type Asked<F> = Omit<F, 'limit' | 'cursor' | 'after'>;

const pageSize = 500;

/** A list that goes on after a place: after the last item of the page before. */
export const paged = <F, T, P>(
  route: string,
  read: (deps: Deps, filter: F, page: Readonly<{ after: P | undefined; limit: number }>, actor: Actor) => Rows<T>,
  placeOf: (item: T) => P,
): Source<F, T> => ({
  route,
  async *pages(deps, filter, actor) {
    for (let after: P | undefined; ; ) {
      const page = await read(deps, filter, { after, limit: pageSize }, actor);
      yield page;
      const last = page.at(-1);
      if (page.length < pageSize || last === undefined) return;
      after = placeOf(last);
    }
  },
});
type Rows<T> = Promise<readonly T[]>;

/** A list that goes on after an id, as most do. */
export const byId = <F, T>(
  route: string,
  list: (deps: Deps, filter: F & Readonly<{ cursor: string | undefined; limit: number }>, actor: Actor) => Rows<T>,
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
  read: (deps: Deps, filter: F, actor: Actor) => readonly T[] | Refusal | Promise<readonly T[] | Refusal>,
): Source<F, T> => ({
  route,
  refusal: async (...asked) => {
    const found = await read(...asked);
    return isRefusal(found) ? found : null;
  },
  async *pages(...asked) {
    const found = await read(...asked);
    if (isRefusal(found)) throw new Error(`the list is refused: ${found.code}`);
    yield found;
  },
});

/** The same list with other rows, none or several, for each of its items. */
export const eachOf = <F, T, R>(source: Source<F, T>, rowsOf: (item: T) => readonly R[]): Source<F, R> => ({
  ...source,
  async *pages(...asked) {
    for await (const page of source.pages(...asked)) yield page.flatMap((item) => rowsOf(item));
  },
});

/** A list as a table. `ordersOf` are the orders whose numbers its columns tell. */
export const table = <F, T>(
  { route, refusal, pages }: Source<F, T>,
  columns: readonly Column<T>[],
  ordersOf?: (item: T) => readonly (string | null)[],
): ExportList<F> => ({
  route,
  refusal,
  titles: columns.map(([zh, en]) => [zh, en]),
  async *rows(deps, filter, actor, language) {
    const reading = { state: deps.city(), city: deps.city().city, now: deps.now(), language, actor };
    for await (const page of pages(deps, filter, actor)) {
      const ids = ordersOf === undefined ? [] : page.flatMap(ordersOf).filter((id) => id !== null);
      const numbers =
        ids.length === 0 ? new Map<string, string>() : await orderNumbers(deps.reading, [...new Set(ids)]);
      yield page.map((item) => columns.map(([, , cell]) => cell(item, { ...reading, numbers })));
    }
  },
});

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
/** Several in one field. */
export const joined = (parts: readonly (string | null)[] | null, { language }: Reading): string | null =>
  parts?.filter((part) => part !== null).join(language === 'zh' ? '、' : ', ') ?? null;
/** An order by its number, where `ordersOf` named it. */
export const number = (id: string | null, { numbers }: Reading): string | null =>
  id === null ? null : (numbers.get(id) ?? id);
/** Where an order is, at one level of the areas. */
export const place = ({ placement }: Pick<WorkOrder, 'placement'>, level: string): Cell =>
  placement.path.find((step) => step.level === level)?.name ?? null;
