import { uuidv7 } from 'uuidv7';
import { type Decision, decide, nameOf } from '../domain/decide.ts';
import { holdByDecrees } from '../domain/decree-hold.ts';
import { metAs } from '../domain/incident-request.ts';
import type { Setting } from '../domain/obstacles.ts';
import { type OutageNotice, outageAnswer } from '../domain/outage.ts';
import { isRefusal } from '../domain/refusal.ts';
import { register as decideRegister } from '../domain/register.ts';
import { isUrgent, type RequestId, type WorkOrderId } from '../domain/request.ts';
import { type Actor, theSystem } from '../domain/work-order.ts';
import { writeMet } from '../store/incident-requests.ts';
import { hashQueryCode, newQueryCode, phoneKey, writeRequesters, writeRequests } from '../store/intake.ts';
import { saveAll } from '../store/orders.ts';
import type { Queryable } from '../store/rows.ts';
import { type Deps, settingOf } from './deps.ts';
import { type Intake, likenessOf, promptsOf, type Requester } from './intake.ts';
import { placementOf } from './location.ts';
import { type Leads, meeting } from './meeting.ts';

/**
 * A new request and its order, decided but not written. With `leads` it may meet what is going on: one that is about an
 * open incident joins its lead order and has none of its own, one that a planned outage covers is answered with that
 * where the caller is content or the notice says so. What tells of danger then has an urgent order of its own.
 */
export function draft(deps: Deps, asked: Intake, actor: Actor, number: string, leads: Leads | null = null) {
  const setting = settingOf(deps, actor);
  const receivedAt = asked.receivedAt ?? setting.now;
  const placement = placementOf(deps, asked.location, receivedAt);
  const { met, notices, danger, answeredBy } = meeting(deps, asked, placement, receivedAt, leads);
  const joins = met !== null && danger.length === 0;
  const intake: Intake = danger.length > 0 && !isUrgent(asked.urgency) ? { ...asked, urgency: 'urgent' } : asked;
  const given = { orderId: uuidv7() as WorkOrderId, requestId: uuidv7() as RequestId, number, placement };
  const report = { ...intake, reachable: isReachable(intake.requester) };
  const decision: Decision = joins
    ? { kind: 'decided', order: met.lead, facts: [] }
    : answeredBy === null
      ? decideRegister(report, given, setting)
      : answered(decideRegister({ ...report, disposition: 'hold' }, given, setting), answeredBy, setting);
  const held = joins
    ? { order: decision.order, facts: [] }
    : holdByDecrees(decision.order, deps.surge().decrees, setting);
  const code = newQueryCode();
  return {
    intake,
    actor,
    number,
    requestId: given.requestId,
    decision: { ...decision, order: held.order, facts: [...decision.facts, ...held.facts] },
    met,
    danger,
    joins,
    notices,
    answeredBy,
    code,
    codeHash: hashQueryCode(deps.codeKey, number, code),
    receivedAt,
    now: setting.now,
    prompts: promptsOf(deps, intake),
  };
}
export type Drafted = ReturnType<typeof draft>;

/** Registered, and answered with a notice by itself. */
function answered({ order, facts }: Decision, notice: OutageNotice, setting: Setting): Decision {
  const said = { text: outageAnswer(notice), noticeId: notice.id };
  const outcome = decide(order, { action: 'answer', said }, { ...setting, actor: theSystem });
  if (isRefusal(outcome)) throw new Error(`a new order cannot be answered: ${outcome.code}`);
  return { ...outcome, facts: [...facts, ...outcome.facts] };
}

/** A person can be asked: not anonymous, with a phone. */
const isReachable = (requester: Requester | null): boolean =>
  requester !== null && !requester.anonymous && phoneKey(requester.phone) !== null;

/** Writes drafts in a transaction: orders, requests, contacts, ledger, clocks, facts, each in one statement. */
export async function writeDrafts(deps: Deps, tx: Queryable, drafts: readonly Drafted[]): Promise<void> {
  // Who was answered at once may be asked about at once: a follow-up names its request.
  const requests = () => [
    writeRequests(
      tx,
      drafts.map(
        ({ intake, actor, decision: { order }, joins, requestId, number, codeHash, receivedAt, now: registeredAt }) => {
          const like = likenessOf(intake);
          return {
            id: requestId,
            number,
            queryCodeHash: codeHash,
            workOrderId: order.id,
            originalOrderId: order.id,
            channel: intake.channel,
            externalId: intake.externalId,
            kind: intake.kind,
            category: intake.category,
            title: intake.title,
            description: intake.description,
            normalText: like.normalText,
            urgency: intake.urgency,
            location: intake.location,
            point: like.point,
            confidential: intake.confidential,
            reachable: isReachable(intake.requester),
            answers: intake.answers,
            attachments: intake.attachments,
            callRecordId: intake.callRecordId,
            externalDueAt: intake.externalDueAt,
            replyTo: intake.replyTo ?? null,
            receivedAt,
            registeredAt,
            withdrawnAt: null,
            client: actor.client,
            actor: actor.name,
            aside: joins,
          };
        },
      ),
    ),
    writeRequesters(
      tx,
      drafts.flatMap(({ intake: { requester }, requestId }) =>
        requester === null ? [] : [{ requestId, ...requester, phoneKey: phoneKey(requester.phone) }],
      ),
    ),
    writeMeetings(tx, drafts),
  ];
  await saveAll(
    tx,
    drafts
      .filter(({ joins }) => !joins)
      .map(({ decision }) => ({ before: null, after: decision.order, facts: decision.facts })),
    deps.city(),
    requests,
  );
}

/** Those who are about an incident stand with it too, after the requests they are. */
function writeMeetings(tx: Queryable, drafts: readonly Drafted[]): Promise<void> {
  const met = drafts.flatMap((draft) => (draft.met === null ? [] : [{ ...draft, met: draft.met }]));
  if (met.length === 0) return Promise.resolve();
  return writeMet(
    tx,
    met.map(({ met: { incident }, joins, requestId, now }) =>
      metAs(requestId, incident.id, joins ? 'joined' : 'danger', now),
    ),
    met.map(({ actor }) => nameOf(actor)),
  );
}
