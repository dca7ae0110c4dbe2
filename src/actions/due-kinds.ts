import { dueAdmissions } from '../store/admissions.ts';
import { dueCoordinations } from '../store/coordination.ts';
import { dueDecrees } from '../store/decrees.ts';
import { type DueSql, dueArchives, dueClocks } from '../store/due.ts';
import { dueEvaluations } from '../store/evaluations.ts';
import { dueMeasures } from '../store/graded-measures.ts';
import { dueIncidents } from '../store/incidents.ts';
import { dueInspections, dueItems } from '../store/inspections.ts';
import { missedMeetings } from '../store/meetings.ts';
import { dueMoves } from '../store/moves.ts';
import { dueProblems, duePublications } from '../store/publications.ts';
import type { Queryable } from '../store/rows.ts';
import { dueSupervisions } from '../store/supervisions.ts';
import { dueUndertakings } from '../store/undertakings.ts';
import { fireAdmission } from './admit.ts';
import { fireMissed } from './agendas.ts';
import { fireDecree } from './decrees.ts';
import type { Deps } from './deps.ts';
import { closeEvaluation } from './evaluate.ts';
import { clocksOfOrders, endedOrders, fireOn, type OrdersDue } from './fire-orders.ts';
import { fireIncident } from './incident-end.ts';
import { fireInspection, fireItem } from './inspect.ts';
import { fireMove } from './move-duty.ts';
import { fireProblem, firePublication } from './publish.ts';
import { fireCalls } from './silent-calls.ts';
import { fireSupervision } from './supervise.ts';
import { fireMeasure } from './take-measures.ts';
import { fireUndertaking } from './undertake.ts';

/** What came of firing: 'stale' is what another has fired or moved meanwhile, 'held' what somebody else is changing now. */
export type Outcome = 'fired' | 'stale' | 'held';

/** How what is due of a kind is found, and how it fires on one of it. Those that are many fire `together`, too. */
export type DueKind = Readonly<{
  due: DueSql;
  fire: (tx: Queryable, deps: Deps, id: string, wait: boolean) => Promise<Outcome>;
  together?: OrdersDue;
}>;

/** Everything that comes due in the city, one line each. What is due at the same moment fires in the order of this list. */
// biome-ignore format: one kind per line
export const dueKinds = {
  clock:           { due: dueClocks,        fire: fireOn(clocksOfOrders), together: clocksOfOrders },
  archive:         { due: dueArchives,      fire: fireOn(endedOrders), together: endedOrders },
  supervision:     { due: dueSupervisions,  fire: fireSupervision },
  coordination:    { due: dueCoordinations, fire: fireCalls },
  undertaking:     { due: dueUndertakings,  fire: fireUndertaking },
  problem:         { due: dueProblems,      fire: fireProblem },
  publication:     { due: duePublications,  fire: firePublication },
  admission:       { due: dueAdmissions,    fire: fireAdmission },
  'duty move':     { due: dueMoves,         fire: fireMove },
  incident:        { due: dueIncidents,     fire: fireIncident },
  decree:          { due: dueDecrees,       fire: fireDecree },
  meeting:         { due: missedMeetings,   fire: fireMissed },
  graded_measure:  { due: dueMeasures,      fire: fireMeasure },
  inspection:      { due: dueInspections,   fire: fireInspection },
  inspection_item: { due: dueItems,         fire: fireItem },
  evaluation:      { due: dueEvaluations,   fire: closeEvaluation },
} as const satisfies Readonly<Record<string, DueKind>>;

export type DueKindName = keyof typeof dueKinds;
export const everyKind = Object.keys(dueKinds) as readonly DueKindName[];
