import type { Approval } from '../domain/approval.ts';
import { type City, holderOf, type Role } from '../domain/city.ts';
import { seated } from '../domain/panel.ts';
import type { Actor, Verifier, WorkOrder } from '../domain/work-order.ts';

/** Somebody of the city, by role and unit. */
export const somebody = (
  name: string,
  roles: readonly Role[],
  unit: string | null,
  more: Partial<Actor> = {},
): Actor => ({ client: `city-year ${name}`, name, roles, unit, areas: null, requests: [], system: false, ...more });

export const operator = somebody('operator', ['operator'], 'hotline');
export const dispatcher = somebody('dispatcher', ['dispatcher'], 'hotline');
export const shiftLeader = somebody('shift leader', ['shift_leader'], 'hotline');
export const agent = somebody('agent', ['follow_up_agent'], 'hotline');
/** Nobody at the hotline asks about what the hotline answered itself. */
export const vendor = somebody('vendor', ['survey_vendor'], null);
export const gridWorker = somebody('grid worker', ['grid_worker'], null);
const inspector = somebody('inspector', ['inspector'], null);

/** Whoever works at a unit, leader and clerk in one. */
export const staffOf = (city: City, unit: string): Actor => {
  const kind = city.units.get(unit)?.kind;
  const own: readonly Role[] = kind === 'street' ? ['street_centre'] : kind === 'community' ? ['community_clerk'] : [];
  return somebody(`staff of ${unit}`, ['unit_clerk', 'unit_leader', ...own], unit);
};

/** Whose word an approval waits for; not the one of its asker. */
export function deciderOf(city: City, { decider }: Approval): Actor {
  const { role, unit } = decider;
  if (role !== null) return somebody(role, [role], role === 'government' ? null : 'hotline');
  const isCentre = unit !== null && city.units.get(unit)?.kind === 'hotline_centre';
  return somebody(`head of ${unit}`, isCentre ? ['shift_leader'] : ['unit_leader', 'supervisor'], unit);
}

/** Who looks whether it is done. */
export function verifierOf(city: City, verifier: Verifier | null): Actor {
  if (verifier === null || verifier.party === 'inspector') return inspector;
  if (verifier.party === 'grid_worker') return gridWorker;
  if (verifier.party === 'finder')
    return { ...gridWorker, name: verifier.actor ?? '', unit: verifier.unit, client: verifier.client ?? '' };
  return staffOf(city, verifier.unit ?? '');
}

/** The people drawn for seats who have not spoken yet, by what they were drawn for. */
export function awaitedOn(
  city: City,
  { judgements, approvals }: WorkOrder,
): readonly Readonly<{ id: string; role: 'judge' | 'inspector'; who: Actor }>[] {
  const panels = [
    ...judgements
      .filter(({ state }) => state === 'open')
      .map(({ id, seats }) => ({ id, seats, role: 'judge' as const })),
    ...approvals
      .filter(({ state }) => state === 'pending')
      .map(({ id, seats }) => ({ id, seats: seats ?? [], role: 'inspector' as const })),
  ];
  return panels.flatMap(({ id, seats, role }) =>
    seated<unknown>(seats)
      .filter(({ opinion }) => opinion === null)
      .flatMap(({ post }) => {
        const found = city.posts.find(({ code }) => code === post);
        return found === undefined ? [] : [{ id, role, who: somebody(holderOf(found), [role], found.unit) }];
      }),
  );
}
