import { type Admission, dueOfAdmission, pendingStep } from './admission.ts';
import { type AdmissionDecision, decideAdmission } from './admit.ts';
import type { City } from './city.ts';
import type { PowerSetting } from './coordination.ts';
import { firstRungAt, type LadderPolicy, type Rung } from './ladder.ts';
import { climbAdmission } from './ladder-climb.ts';
import { subjectOfAdmission } from './ladder-fire.ts';
import { climbAll } from './ladder-notices.ts';
import { isRefusal } from './refusal.ts';
import { earlier, type Instant } from './time.ts';

/** When an admission next leads to something, a rung or the lapse of its look, in the past if it is late; null where it is over. */
export function nextOfAdmission(admission: Admission, city: City, rungs: readonly Rung[]): Instant | null {
  const due = dueOfAdmission(admission);
  const rung = firstRungAt(subjectOfAdmission(admission), admission.clocks, city, rungs);
  return due === null || rung === null ? due : earlier(due, rung);
}

/**
 * What happens when the time of a look has come: its rungs, which name whose word is waited for, and where the limit has
 * passed the lapse to the level above; null where nothing is due. The actor of the setting is the system.
 */
export function fireLook(
  admission: Admission,
  policy: Pick<LadderPolicy, 'version' | 'rungs'>,
  setting: PowerSetting,
): AdmissionDecision | null {
  const climbed = climbAll(admission, (each, seq) => climbAdmission(each, seq, policy, setting), setting);
  const decider = pendingStep(admission)?.decider ?? null;
  const told = climbed.facts.map((fact) => ({ ...fact, body: { ...fact.body, decider } }));
  const dueAt = dueOfAdmission(climbed.order);
  if (dueAt === null || dueAt > setting.now)
    return told.length === 0 ? null : { kind: 'decided', admission: climbed.order, facts: told };
  const lapsed = decideAdmission(climbed.order, { action: 'lapse', said: {} }, setting);
  if (isRefusal(lapsed)) throw new Error(`a look that is due does not lapse: ${lapsed.code}`);
  return { ...lapsed, facts: [...told, ...lapsed.facts] };
}
