import { isRefusal, type Refusal } from '../domain/refusal.ts';
import { intakeFault } from '../domain/register.ts';
import type { Actor } from '../domain/work-order.ts';
import { limitedNumbers } from '../store/callers.ts';
import { duplicateHints } from '../store/intake.ts';
import { type Deps, settingOf } from './deps.ts';
import { draft } from './draft.ts';
import { heldBack, hintsOf, type Intake, isHeldBack, likenessOf, type Registered } from './intake.ts';

/** What a create would lead to, with nothing stored (试派). */
export async function preview(deps: Deps, intake: Intake, actor: Actor): Promise<Registered | Refusal> {
  const fault = intakeFault(intake, settingOf(deps, actor));
  if (isRefusal(fault)) return fault;
  const like = likenessOf(intake);
  const limited = await limitedNumbers(deps.pool, like.phoneKey === null ? [] : [like.phoneKey], deps.now());
  const { decision, requestId, prompts } = draft(deps, heldBack(intake, limited), actor, '00000000000000');
  const [hints = []] = await duplicateHints(deps.pool, [like], deps.now());
  return {
    kind: 'registered',
    repeated: false,
    requestId,
    queryCode: null,
    order: decision.order,
    hints,
    prompts,
    ...hintsOf(deps, intake),
    nuisance: isHeldBack(intake, limited),
  };
}
