import { contactRoles, sightOf } from '../domain/visibility.ts';
import type { Actor } from '../domain/work-order.ts';
import { type DuplicateHint, duplicateHints, type Likeness } from '../store/intake.ts';
import { amongSight } from '../store/look.ts';
import type { Deps } from './deps.ts';

/** A request to be compared with others, and who will read what it is like. */
export type Compared = Readonly<{ like: Likeness; actor: Actor }>;

/**
 * What each request may be a duplicate of, as far as its reader can see. That a number is the same tells who asked, so
 * numbers are compared only for those who may search by them.
 */
export async function hintsFor(
  { pool, now, city }: Deps,
  compared: readonly Compared[],
): Promise<readonly (readonly DuplicateHint[])[]> {
  const mayCompare = ({ roles }: Actor): boolean => contactRoles.some((role) => roles.includes(role));
  const likes = compared.map(({ like, actor }) => (mayCompare(actor) ? like : { ...like, phoneKey: null }));
  const found = await duplicateHints(pool, likes, now());
  const withinSight = async ({ actor }: Compared, hints: readonly DuplicateHint[]) => {
    const ids = hints.map((h) => h.workOrderId);
    const seen = await amongSight(pool, sightOf(actor, city().city), ids);
    return hints.filter((h) => seen.has(h.workOrderId));
  };
  return Promise.all(compared.map((each, i) => withinSight(each, found[i] ?? [])));
}
