import type { DirectoryRow } from '../domain/city.ts';
import { type Refusal, refuse } from '../domain/refusal.ts';
import { admits, matching, type Routing, route, unitOfLevel } from '../domain/routing.ts';
import type { Deps } from './deps.ts';

/** What the directory says of a category in an area: every row that holds there, best first, and what came of it. */
export type RouteExplained = Readonly<{
  version: string;
  path: readonly string[];
  rows: readonly Readonly<{ row: DirectoryRow; chosen: boolean; responsible: string | null }>[];
  routing: Routing;
  /** What the admission guard says of the unit that was decided; null where none was. */
  admission: Readonly<{ unit: string; admitted: boolean; line: string | null; text: string | null }> | null;
}>;

/** Answers as the dispatching of an order there would, by the city as it is now. Without an area: as for no place. */
export function explainRoute(deps: Deps, category: string, area: string | null): RouteExplained | Refusal {
  const { city, areasAt } = deps.city();
  const known = city.categories.get(category);
  if (known === undefined) return refuse('category-unknown', { category });
  const { tree } = areasAt(deps.now());
  if (area !== null && !tree.byCode.has(area)) return refuse('area-unknown', { area });
  const path = area === null ? [] : tree.path(area).map((step) => step.code);
  const routing = route(city, known, path, area !== null ? 'placed' : known.needsPlace ? 'unplaced' : 'not_needed');
  const unit = city.units.get(routing.unit ?? '');
  const guard = unit && admits(city, unit, category);
  return {
    version: city.directory.version,
    path,
    rows: matching(city, category, path).map((row) => ({
      row,
      chosen: routing.row?.line === row.line,
      responsible: row.unit ?? (row.level === null ? null : (unitOfLevel(city, row.level, path)?.code ?? null)),
    })),
    routing,
    admission:
      unit === undefined || guard === undefined
        ? null
        : {
            unit: unit.code,
            admitted: !guard.refused,
            line: guard.refused ? guard.line : null,
            text: guard.refused ? guard.text : null,
          },
  };
}
