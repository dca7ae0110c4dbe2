import { Refused, refuse } from '../domain/refusal.ts';

/** Also where the code is empty, as that of what lies in no area, a cursor is not: readers ask whether there is one. */
const cursorAfter = (code: string): string => Buffer.from(`after ${code}`).toString('base64url');
function codeIn(cursor: string): string {
  const code = Buffer.from(cursor, 'base64url')
    .toString()
    .replace(/^after /, '');
  if (cursorAfter(code) === cursor) return code;
  throw new Refused(refuse('invalid', { errors: [{ pointer: '/cursor', message: 'was not given by this list' }] }));
}

/** A page of things that are all in memory, by their code. The cursor names the last one of the page before. */
export function pageByCode<T>(
  items: readonly T[],
  codeOf: (item: T) => string,
  { limit, cursor }: Readonly<{ limit: number; cursor?: string | undefined }>,
): Readonly<{ items: T[]; nextCursor: string | null }> {
  const after = cursor === undefined ? null : codeIn(cursor);
  const sorted = items
    .filter((item) => after === null || codeOf(item) > after)
    .toSorted((a, b) => (codeOf(a) < codeOf(b) ? -1 : 1));
  const page = sorted.slice(0, limit);
  const last = page.at(-1);
  return { items: page, nextCursor: sorted.length > limit && last !== undefined ? cursorAfter(codeOf(last)) : null };
}

/** A page of what was found, of which one more than `limit` was asked for, and the cursor that goes on after its last one. */
export function paged<T, V>(
  found: readonly T[],
  limit: number,
  view: (one: T) => V,
  cursorOf: (last: T) => string,
): Readonly<{ items: V[]; nextCursor: string | null }> {
  const page = found.slice(0, limit);
  const last = found.length > limit ? page.at(-1) : undefined;
  return { items: page.map((one) => view(one)), nextCursor: last === undefined ? null : cursorOf(last) };
}
