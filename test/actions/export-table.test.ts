import { expect, test } from 'vitest';
import type { Deps } from '../../src/actions/deps.ts';
import { eachOf, paged, type Source } from '../../src/actions/export-table.ts';
import { isRefusal, refuse } from '../../src/domain/refusal.ts';
import { theSystem } from '../../src/domain/work-order.ts';

const numbers = Array.from({ length: 1234 }, (_, n) => n);
/** A list of these numbers whose pages from `until` on are refused. */
const counting = (until = Number.POSITIVE_INFINITY) =>
  paged(
    '/v1/numbers',
    async (
      _deps: Deps,
      _filter: object,
      { after = -1, limit }: Readonly<{ after: number | undefined; limit: number }>,
    ) => (after >= until ? refuse('not-found') : numbers.filter((n) => n > after).slice(0, limit)),
    (last: number) => last,
  );
const read = async <T>(source: Source<object, T>): Promise<readonly T[]> => {
  const pages = await source.open({} as Deps, {}, theSystem);
  if (isRefusal(pages)) throw new Error(pages.code);
  const all: T[] = [];
  for await (const page of pages) all.push(...page);
  return all;
};

test('a list is read to its end, each item once, whatever the number of its pages', async () => {
  expect(await read(counting())).toEqual(numbers);
});

test('an item without a row, or with several, neither ends a list nor repeats its items', async () => {
  const even = eachOf(counting(), (n) => (n % 2 === 0 ? [n, -n] : []));
  expect(await read(even)).toHaveLength(1234);
});

test('what its first page refuses is the answer; a refusal on the way is no end of the list', async () => {
  expect(await counting(-1).open({} as Deps, {}, theSystem)).toMatchObject({ kind: 'refused', code: 'not-found' });
  await expect(read(counting(600))).rejects.toThrow('refused on its way');
});
