import type { Meeting } from '../domain/meeting.ts';
import { type RedactedItem, redactedAgenda } from '../domain/meeting-redacted.ts';
import { isRefusal, type Refusal } from '../domain/refusal.ts';
import type { UndertakingState } from '../domain/undertaking.ts';
import { isQueryCode } from '../store/intake.ts';
import { requestsOn } from '../store/look.ts';
import { meetingByNumber } from '../store/meetings.ts';
import { agendaOrders } from '../store/stuck.ts';
import { tasksOf } from '../store/undertakings.ts';
import type { Deps } from './deps.ts';
import { type Proof, proven } from './lookup.ts';

/** A meeting as a residents' representative sees it, and how the tasks it decided stand. */
export type MeetingForResidents = Readonly<{
  meeting: Meeting;
  items: readonly RedactedItem[];
  tasks: ReadonlyMap<string, UndertakingState>;
}>;

/** The redacted agenda, by the number on the invitation and the representative's own code. */
export async function lookUpMeeting(deps: Deps, proof: Proof): Promise<MeetingForResidents | Refusal> {
  const meeting = await proven(deps, proof, async ({ number, code }) => {
    const found = await meetingByNumber(deps.pool, number);
    const hashes = found?.members.flatMap(({ codeHash }) => codeHash ?? []) ?? [];
    return hashes.some((hash) => isQueryCode(deps.codeKey, number, code, hash)) ? found : null;
  });
  return isRefusal(meeting) ? meeting : redacted(deps, meeting);
}

/** The same for the unit that holds it, which may want to know what its residents will see. */
export async function redacted(deps: Deps, meeting: Meeting): Promise<MeetingForResidents> {
  const ids = meeting.items.flatMap(({ workOrderId }) => workOrderId ?? []);
  const [orders, requests, tasks] = await Promise.all([
    agendaOrders(deps.pool, ids),
    requestsOn(deps.pool, ids),
    tasksOf(deps.pool, [meeting.id]),
  ]);
  const names = (order: string): readonly string[] =>
    requests.filter((r) => r.workOrderId === order).flatMap((r) => r.requester?.name ?? []);
  return {
    meeting,
    items: redactedAgenda(meeting, orders, names, deps.city().city),
    tasks: new Map([...tasks].map(([id, { state }]) => [id, state])),
  };
}
