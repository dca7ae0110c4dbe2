import { uuidv7 } from 'uuidv7';
import { register as decideRegister } from '../domain/register.ts';
import type { RequestId, WorkOrderId } from '../domain/request.ts';
import type { Actor } from '../domain/work-order.ts';
import { hashQueryCode, newQueryCode, phoneKey, writeRequesters, writeRequests } from '../store/intake.ts';
import { saveAll } from '../store/orders.ts';
import type { Queryable } from '../store/rows.ts';
import { type Deps, settingOf } from './deps.ts';
import { type Intake, likenessOf, promptsOf, type Requester } from './intake.ts';
import { placementOf } from './location.ts';

/** A new request and its order, decided but not written. */
export function draft(deps: Deps, intake: Intake, actor: Actor, number: string) {
  const setting = settingOf(deps, actor);
  const reachable = isReachable(intake.requester);
  const given = {
    orderId: uuidv7() as WorkOrderId,
    requestId: uuidv7() as RequestId,
    number,
    placement: placementOf(deps, intake.location, intake.receivedAt ?? setting.now),
  };
  const decision = decideRegister({ ...intake, reachable }, given, setting);
  const code = newQueryCode();
  return {
    intake,
    actor,
    number,
    requestId: given.requestId,
    decision,
    code,
    codeHash: hashQueryCode(deps.codeKey, number, code),
    now: setting.now,
    prompts: promptsOf(deps, intake),
  };
}

const isReachable = (requester: Requester | null): boolean =>
  requester !== null && !requester.anonymous && phoneKey(requester.phone) !== null;

/** Writes drafts in a transaction: orders, requests, contacts, ledger, clocks, facts, each in one statement. */
export async function writeDrafts(
  deps: Deps,
  tx: Queryable,
  drafts: readonly ReturnType<typeof draft>[],
): Promise<void> {
  const orders = saveAll(
    tx,
    drafts.map(({ decision }) => ({ before: null, after: decision.order, facts: decision.facts })),
    deps.city(),
  );
  const requests = writeRequests(
    tx,
    drafts.map(({ intake, actor, decision: { order }, requestId, number, codeHash, now }) => {
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
        receivedAt: order.receivedAt,
        registeredAt: now,
        withdrawnAt: null,
        client: actor.client,
        actor: actor.name,
      };
    }),
  );
  const requesters = writeRequesters(
    tx,
    drafts.flatMap(({ intake: { requester }, requestId }) =>
      requester === null ? [] : [{ requestId, ...requester, phoneKey: phoneKey(requester.phone) }],
    ),
  );
  await Promise.all([orders, requests, requesters]);
}
