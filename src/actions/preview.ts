import { isRefusal, type Refusal } from '../domain/refusal.ts';
import { intakeFault } from '../domain/register.ts';
import type { Actor } from '../domain/work-order.ts';
import { limitedNumbers } from '../store/callers.ts';
import { type Deps, settingOf } from './deps.ts';
import { draft } from './draft.ts';
import { hintsFor } from './hints.ts';
import { heldBack, type Intake, isHeldBack, likenessOf, type Registered } from './intake.ts';
import { leadsFor } from './meeting.ts';
import { registeredBy } from './register.ts';

/** What a create would lead to, with nothing stored (试派). */
export async function preview(deps: Deps, intake: Intake, actor: Actor): Promise<Registered | Refusal> {
  const fault = intakeFault(intake, settingOf(deps, actor));
  if (isRefusal(fault)) return fault;
  const like = likenessOf(intake);
  const limited = await limitedNumbers(deps.pool, like.phoneKey === null ? [] : [like.phoneKey], deps.now());
  const leads = await leadsFor(deps, [intake]);
  const drafted = draft(deps, heldBack(intake, limited), actor, '00000000000000', leads);
  const [hints = []] = await hintsFor(deps, [{ like, actor }]);
  return registeredBy(deps, drafted, { queryCode: null, hints, nuisance: isHeldBack(intake, limited) });
}
