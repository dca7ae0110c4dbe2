import type { Instant } from '../domain/time.ts';
import type { Queryable } from './rows.ts';

/** A limit on a number (骚扰来电限制): a person set it, for a day at most, and it can be appealed. */
export type NuisanceLimit = Readonly<{
  until: Instant;
  reason: string;
  setBy: string;
  setAt: Instant;
  appeal: string | null;
}>;

const at = (instant: Instant): string => new Date(instant).toISOString();

/** Which of these numbers are under a limit now. */
export async function limitedNumbers(
  from: Queryable,
  phoneKeys: readonly string[],
  now: Instant,
): Promise<ReadonlySet<string>> {
  if (phoneKeys.length === 0) return new Set();
  const { rows } = await from.query<{ phone_key: string }>({
    name: 'limited numbers',
    text: 'select phone_key from nuisance_numbers where phone_key = any($1) and until > $2',
    values: [phoneKeys, at(now)],
  });
  return new Set(rows.map((r) => r.phone_key));
}

/** The limit a number is under now, or null. */
export async function limitOn(from: Queryable, phoneKey: string, now: Instant): Promise<NuisanceLimit | null> {
  const { rows } = await from.query<{
    until: Date;
    reason: string;
    set_by: string;
    set_at: Date;
    appeal: string | null;
  }>('select until, reason, set_by, set_at, appeal from nuisance_numbers where phone_key = $1 and until > $2', [
    phoneKey,
    at(now),
  ]);
  const [row] = rows;
  if (row === undefined) return null;
  const { until, reason, set_by, set_at, appeal } = row;
  return {
    until: until.getTime() as Instant,
    reason,
    setBy: set_by,
    setAt: set_at.getTime() as Instant,
    appeal,
  };
}

/** Puts a number under a limit, in place of any it was under. */
export const putLimit = (
  to: Queryable,
  phoneKey: string,
  { until, reason, by }: Readonly<{ until: Instant; reason: string; by: string }>,
  now: Instant,
): Promise<unknown> =>
  to.query(
    `insert into nuisance_numbers (phone_key, until, reason, set_by, set_at) values ($1, $2, $3, $4, $5)
     on conflict (phone_key) do update set until = $2, reason = $3, set_by = $4, set_at = $5,
       released_by = null, release_reason = null, appeal = null, appealed_at = null`,
    [phoneKey, at(until), reason, by, at(now)],
  );

/** Ends a limit early. False when there is none. */
export async function releaseLimit(
  to: Queryable,
  phoneKey: string,
  { by, reason }: Readonly<{ by: string; reason: string }>,
  now: Instant,
): Promise<boolean> {
  const { rowCount } = await to.query(
    'update nuisance_numbers set until = $4, released_by = $2, release_reason = $3 where phone_key = $1 and until > $4',
    [phoneKey, by, reason, at(now)],
  );
  return rowCount === 1;
}

/** Notes a caller's objection to a limit. False when there is none. */
export async function appealLimit(to: Queryable, phoneKey: string, text: string, now: Instant): Promise<boolean> {
  const { rowCount } = await to.query(
    'update nuisance_numbers set appeal = $2, appealed_at = $3 where phone_key = $1 and until > $3',
    [phoneKey, text, at(now)],
  );
  return rowCount === 1;
}

/** Something to do about a caller. The number stands beside the task, never in it. */
export type CallerTask = Readonly<{
  id: string;
  kind: 'call_back' | 'nuisance_appeal';
  phone: string;
  phoneKey: string;
  callRecordId: string | null;
  openedAt: Instant;
  dueAt: Instant | null;
}>;

/** Opens a task for a role. A call that has one already keeps it: the reply is the id of the one there is. */
export async function openCallerTask(
  tx: Queryable,
  task: Omit<CallerTask, 'openedAt'>,
  role: string,
  now: Instant,
): Promise<string> {
  const { id, kind, phone, phoneKey, callRecordId, dueAt } = task;
  if (callRecordId !== null) {
    await tx.query("select pg_advisory_xact_lock(hashtext('caller task'), hashtext($1))", [callRecordId]);
    const { rows } = await tx.query<{ task_id: string }>('select task_id from caller_tasks where call_record_id = $1', [
      callRecordId,
    ]);
    if (rows[0]) return rows[0].task_id;
  }
  await tx.query("insert into tasks (id, kind, role, body, opened_at, due_at) values ($1, $2, $3, '{}', $4, $5)", [
    id,
    kind,
    role,
    at(now),
    dueAt === null ? null : at(dueAt),
  ]);
  await tx.query('insert into caller_tasks (task_id, phone, phone_key, call_record_id) values ($1, $2, $3, $4)', [
    id,
    phone,
    phoneKey,
    callRecordId,
  ]);
  return id;
}

/** Open tasks about callers, oldest first; of one number where it is given. */
export async function openCallerTasks(
  from: Queryable,
  {
    kind,
    phoneKey,
    after,
    limit,
  }: Readonly<{ kind: CallerTask['kind']; phoneKey?: string; after?: string | undefined; limit: number }>,
): Promise<readonly CallerTask[]> {
  const { rows } = await from.query<{
    id: string;
    kind: CallerTask['kind'];
    phone: string;
    phone_key: string;
    call_record_id: string | null;
    opened_at: Date;
    due_at: Date | null;
  }>(
    `select t.id, t.kind, c.phone, c.phone_key, c.call_record_id, t.opened_at, t.due_at
     from tasks t join caller_tasks c on c.task_id = t.id
     where t.done_at is null and t.kind = $1 and ($2::text is null or c.phone_key = $2)
       and ($3::uuid is null or t.id > $3) order by t.id limit $4`,
    [kind, phoneKey ?? null, after ?? null, limit],
  );
  return rows.map((r) => ({
    id: r.id,
    kind: r.kind,
    phone: r.phone,
    phoneKey: r.phone_key,
    callRecordId: r.call_record_id,
    openedAt: r.opened_at.getTime() as Instant,
    dueAt: (r.due_at?.getTime() ?? null) as Instant | null,
  }));
}

/** Marks a task about a caller as done, with what came of it. False when there is no such open one. */
export async function closeCallerTask(
  to: Queryable,
  id: string,
  { by, outcome }: Readonly<{ by: string; outcome: string }>,
  now: Instant,
): Promise<boolean> {
  const { rowCount } = await to.query(
    `update tasks set done_at = $2, done_by = $3, body = body || jsonb_build_object('outcome', $4::text)
     where id = $1 and done_at is null and exists (select from caller_tasks c where c.task_id = tasks.id)`,
    [id, at(now), by, outcome],
  );
  return rowCount === 1;
}

/** The orders a number's requests are on, newest first. */
export async function ordersOfCaller(from: Queryable, phoneKey: string, limit: number): Promise<readonly string[]> {
  const { rows } = await from.query<{ id: string }>(
    `select r.work_order_id as id from requesters q join requests r on r.id = q.request_id
     where q.phone_key = $1 group by r.work_order_id order by max(r.registered_at) desc, r.work_order_id desc limit $2`,
    [phoneKey, limit],
  );
  return rows.map((r) => r.id);
}
