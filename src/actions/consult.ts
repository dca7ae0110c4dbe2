import { uuidv7 } from 'uuidv7';
import { type Consultation, type Consulted, consult } from '../domain/consultation.ts';
import { isRefusal, type Refusal, refuse } from '../domain/refusal.ts';
import { canSee } from '../domain/visibility.ts';
import type { Actor } from '../domain/work-order.ts';
import { keepConsultation } from '../store/consultations.ts';
import { load } from '../store/orders.ts';
import { transaction } from '../store/rows.ts';
import type { Deps } from './deps.ts';
import { changeIn } from './perform.ts';

/** Records who was heard on a case, what each thought, and what came of it. Out of sight the case does not exist. */
export async function recordConsultation(
  deps: Deps,
  orderId: string,
  said: Consulted,
  actor: Actor,
): Promise<Readonly<{ kind: 'recorded'; consultation: Consultation }> | Refusal> {
  const order = await load(deps.pool, orderId);
  if (order === null || !canSee(actor, order, deps.city().city)) return refuse('not-found');
  return transaction(deps.pool, async (tx) => {
    const made: Consultation[] = [];
    const outcome = await changeIn(tx, deps, orderId, actor, null, (now, setting) => {
      const consulted = consult(now, said, uuidv7(), setting);
      if (isRefusal(consulted)) return consulted;
      made.push(consulted.consultation);
      return { kind: 'decided', order: now, facts: [consulted.fact] };
    });
    if (outcome.kind === 'refused') return outcome;
    const [consultation] = made;
    if (consultation === undefined) throw new Error('a consultation that was decided is there');
    await keepConsultation(tx, orderId, consultation);
    return { kind: 'recorded', consultation };
  });
}
