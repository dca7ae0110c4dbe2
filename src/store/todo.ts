import type { Instant } from '../domain/time.ts';
import type { Desk, TodoKind } from '../domain/todo.ts';
import type { State } from '../domain/work-order.ts';
import { heldSql } from './coordination.ts';
import type { Queryable } from './rows.ts';

/** One thing that waits. `warnAt` is that of the clock it is due by. */
export type TodoItem = Readonly<{
  kind: TodoKind;
  id: string;
  dueAt: Instant | null;
  warnAt: Instant | null;
  workOrder: Readonly<{ id: string; number: string; title: string; state: State }> | null;
  /** What kind of approval or task it is. */
  about: string | null;
}>;

/** The last item of the page before; `at` null is after everything that is due. */
export type TodoPlace = Readonly<{ at: Instant | null; id: string }>;

type Bind = (value: unknown) => string;
/** What one kind of thing reads: a select of id, due_at, order_id and about, with its own limit served by its own index. */
type Source = (desk: Desk, bind: Bind, page: (due: string, id: string) => string) => string | null;

const orders = (condition: string, page: string): string =>
  `select w.id, w.due_at, w.id as order_id, null::text as about from work_orders w where ${condition} and ${page}`;
const ordersPage = ['w.due_at', 'w.id'] as const;

/** A call waits for an answer, then for the unit itself. */
const callDue = `case c.state when 'reported_in' then null
  when 'called' then least(c.report_in_due, to_timestamp((c.answer_clock->>'dueAt')::float8 / 1000)) else c.report_in_due end`;

const sources: Readonly<Record<TodoKind, Source>> = {
  claim: ({ unit }, bind, page) =>
    unit === null ? null : orders(`w.owner = ${bind(unit)} and w.claimable`, page(...ordersPage)),
  handle: ({ unit, clerk }, bind, page) =>
    unit === null || clerk === null
      ? null
      : orders(
          `w.owner = ${bind(unit)} and w.clerk = ${bind(clerk)} and w.state in ('signed', 'handling')`,
          page(...ordersPage),
        ),
  place: ({ places }, _bind, page) =>
    places
      ? orders("w.state in ('registered', 'accepted') and w.placement->>'status' = 'unplaced'", page(...ordersPage))
      : null,
  answer: ({ answers }, _bind, page) =>
    answers ? orders("w.state = 'registered' and w.placement->>'status' <> 'unplaced'", page(...ordersPage)) : null,
  dispatch: ({ dispatches }, _bind, page) =>
    dispatches ? orders("w.state = 'accepted' and w.placement->>'status' <> 'unplaced'", page(...ordersPage)) : null,
  approval: ({ decides, reviewers }, bind, page) =>
    `select p.id, c.due_at, p.order_id, p.kind as about from approvals p
     left join clocks c on c.order_id = p.order_id and c.about = p.id and c.state <> 'stopped'
     where p.state = 'pending' and (p.decider->>'role' = any(${bind(decides.roles)}) or p.decider->>'unit' = ${bind(decides.unit)})
       and p.terms->>'judgement' is null and (p.seats is null or exists (select from jsonb_array_elements(p.seats) s
         where s->>'post' = any(${bind(reviewers)}) and s->>'left' is null and s->>'opinion' is null))
       and ${page('c.due_at', 'p.id')}`,
  admission: ({ decides }, bind, page) =>
    decides.roles.length === 0
      ? null
      : `select a.id, a.due_at, a.work_order_id as order_id, a.state as about from admissions a
         where a.decider = any(${bind(decides.roles)}) and ${page('a.due_at', 'a.id')}`,
  review: ({ reviews, reviewsNotOf, unit }, bind, page) => {
    if (reviews !== 'all' && reviews.length === 0) return null;
    const where =
      reviews === 'all'
        ? 'true'
        : `w.area_path && ${bind(reviews)}::text[] and w.owner <> all(${bind(reviewsNotOf)}::text[])
           and not exists (select from assists a where a.order_id = w.id and a.unit = ${bind(unit)})`;
    return orders(`w.state = 'submitted' and ${where}`, page(...ordersPage));
  },
  verify: ({ verifies: { name, client, unit, finder, gridAreas, unitParty, inspector } }, bind, page) => {
    const party = "w.verifier->>'party'";
    const any: string[] = [];
    if (finder)
      any.push(
        `(${party} = 'finder' and w.verifier->>'actor' = ${bind(name)} and w.verifier->>'unit' is not distinct from ${bind(unit)}
          and coalesce(w.verifier->>'client' = ${bind(client)}, true))`,
      );
    if (gridAreas === 'all') any.push(`${party} = 'grid_worker'`);
    else if (gridAreas.length > 0) any.push(`(${party} = 'grid_worker' and w.area_path && ${bind(gridAreas)}::text[])`);
    if (unitParty) any.push(`(${party} in ('street', 'district') and w.verifier->>'unit' = ${bind(unit)})`);
    if (inspector) any.push(`${party} = 'inspector'`);
    if (any.length === 0) return null;
    // Whoever took part in the work does not look whether it is done.
    const apart = `not exists (select from inner_assignments i where i.order_id = w.id and i.given_to in (${bind(name)}, ${bind(unit ?? name)}))
      and not exists (select from assists a where a.order_id = w.id and a.unit = ${bind(unit)})`;
    return orders(`w.state = 'verifying' and (${any.join(' or ')}) and ${apart}`, page(...ordersPage));
  },
  assist: ({ unit }, bind, page) =>
    unit === null
      ? null
      : `select a.id, a.due_at, a.order_id, null::text as about from assists a join work_orders w on w.id = a.order_id
         where a.unit = ${bind(unit)} and a.completed_at is null and w.ended_at is null and ${page('a.due_at', 'a.id')}`,
  call: ({ unit }, bind, page) =>
    unit === null
      ? null
      : `select c.order_id as id, ${callDue} as due_at, null::uuid as order_id, c.state as about from coordination_calls c
         where c.unit = ${bind(unit)} and ${heldSql('c')} and c.state in ('called', 'acknowledged', 'reported_in')
           and ${page(callDue, 'c.order_id')}`,
  coordination: ({ coordinates }, bind, page) => {
    if (coordinates === null) return null;
    const has = (state: string) =>
      `exists (select from coordination_calls c where c.order_id = o.id and c.state = '${state}')`;
    return `select o.id, null::timestamptz as due_at, null::uuid as order_id,
              case when o.state = 'draft' then 'draft' when ${has('result')} then 'result' else 'outcome' end as about
            from coordination_orders o
            where o.street = ${bind(coordinates)} and o.state in ('draft', 'issued')
              and (o.state = 'draft' or o.outcome_asked_at is not null or ${has('result')})
              and ${page('null::timestamptz', 'o.id')}`;
  },
  supervision_reply: ({ unit }, bind, page) =>
    unit === null
      ? null
      : `select s.id, s.reply_by as due_at, null::uuid as order_id, s.grade as about from supervision_orders s
         where s.unit = ${bind(unit)} and s.state = 'issued' and ${page('s.reply_by', 's.id')}`,
  supervision_verdict: ({ supervises }, bind, page) =>
    supervises === null
      ? null
      : `select s.id, s.reply_by as due_at, null::uuid as order_id, s.grade as about from supervision_orders s
         where s.by_unit = ${bind(supervises)} and s.state = 'replied' and ${page('s.reply_by', 's.id')}`,
  undertaking: ({ unit, supervises, roles }, bind, page) =>
    unit === null && supervises === null
      ? null
      : `select u.id, u.due_at, u.work_order_id as order_id, u.kind as about from undertakings u
         where u.unit = any(${bind([unit, supervises])}) and u.state = 'open'
           and (u.kind <> 'consent' or ${bind(roles.includes('unit_leader'))}) and ${page('u.due_at', 'u.id')}`,
  consent_decision: ({ appoints }, bind, page) =>
    appoints === null
      ? null
      : `select u.id, null::timestamptz as due_at, null::uuid as order_id, u.answers->-1->>'result' as about
         from undertakings u where u.by_unit = ${bind(appoints)} and u.kind = 'consent' and u.state = 'done'
           and ${page('null::timestamptz', 'u.id')}`,
  meeting: ({ unit, supervises }, bind, page) => {
    if (unit === null && supervises === null) return null;
    const own = bind([unit, supervises]);
    return `select m.id, m.meets_at as due_at, null::uuid as order_id,
              case when m.unit = any(${own}) then m.state else 'invited' end as about
            from meetings m
            where m.state in ('drafted', 'held')
              and (m.unit = any(${own}) or (m.state = 'drafted' and m.member_units && ${own}::text[]))
              and ${page('m.meets_at', 'm.id')}`;
  },
  follow_up: ({ asksNotOf }, bind, page) =>
    asksNotOf === null
      ? null
      : `select f.id, c.due_at, f.order_id, null::text as about from clocks c
         join follow_ups f on f.id = c.about and f.take_from is not null
         join work_orders w on w.id = c.order_id and w.owner <> all(${bind(asksNotOf)})
         where c.kind = 'follow_up' and c.state <> 'stopped' and ${page('c.due_at', 'f.id')}`,
  judgement: ({ judges }, bind, page) =>
    judges.length === 0
      ? null
      : `select j.id, c.due_at, null::uuid as order_id, j.cause as about from judgements j
         left join clocks c on c.order_id = j.order_id and c.about = j.id and c.state <> 'stopped'
         where j.state = 'open' and exists (select from jsonb_array_elements(j.seats) s
             where s->>'post' = any(${bind(judges)}) and s->>'left' is null and s->>'opinion' is null)
           and ${page('c.due_at', 'j.id')}`,
  inspection: ({ reviewers }, bind, page) =>
    reviewers.length === 0
      ? null
      : `select i.id, i.due_at, i.order_id, null::text as about from inspection_items i
         join work_orders w on w.id = i.order_id and w.state in ('closed', 'archived') and w.reworks + 1 = i.round
         where i.post = any(${bind(reviewers)}) and i.state = 'open' and ${page('i.due_at', 'i.id')}`,
  measure_reply: ({ unit }, bind, page) =>
    unit === null
      ? null
      : `select m.id, m.rectify_by as due_at, null::uuid as order_id, m.grade as about from graded_measures m
         where m.unit = ${bind(unit)} and m.state = 'issued' and ${page('m.rectify_by', 'm.id')}`,
  measure_verdict: ({ supervises }, bind, page) =>
    supervises === null
      ? null
      : `select m.id, m.rectify_by as due_at, null::uuid as order_id, m.grade as about from graded_measures m
         where m.by_unit = ${bind(supervises)} and m.state = 'replied' and ${page('m.rectify_by', 'm.id')}`,
  publication: ({ roles }, bind, page) => {
    const [publishes, checks] = [roles.includes('publisher'), roles.includes('legal_office')];
    if (!publishes && !checks) return null;
    // Both look at what is doubtful and at what waits for its hold to end; each lets go on what it has stopped.
    const holders = [...(publishes ? ['publisher'] : []), ...(checks ? ['legal'] : [])];
    return `select p.id, p.hold_until as due_at, null::uuid as order_id, p.state as about from publications p
            where p.state in ('waiting', 'doubtful', 'held')
              and (p.state in ('waiting', 'doubtful') or p.hold->>'role' = any(${bind(holders)})) and ${page('p.hold_until', 'p.id')}`;
  },
  task: ({ unit, roles }, bind, page) =>
    `select t.id, t.due_at, t.order_id, t.kind as about from tasks t
     where t.done_at is null and (t.role is null or t.role = any(${bind(roles)})) and (t.unit is null or t.unit = ${bind(unit)})
       and (t.role is not null or t.unit is not null) and ${page('t.due_at', 't.id')}`,
};

/** Everything that waits for a desk, by due time; each kind brings at most a page of its own. */
export async function findTodo(
  from: Queryable,
  desk: Desk,
  { after, limit }: Readonly<{ after: TodoPlace | null; limit: number }>,
): Promise<readonly TodoItem[]> {
  const values: unknown[] = [];
  const bind: Bind = (value) => `$${values.push(value)}`;
  const most = `${bind(limit)}::int`;
  const last =
    after === null
      ? null
      : `(${bind(after.at === null ? 'infinity' : new Date(after.at).toISOString())}::timestamptz, ${bind(after.id)}::uuid)`;
  const page = (due: string, id: string): string => {
    const due0 = `coalesce(${due}, 'infinity')`;
    return `${last === null ? 'true' : `(${due0}, ${id}) > ${last}`} order by ${due0}, ${id} limit ${most}`;
  };
  const selects = Object.entries(sources).flatMap(([kind, source]) => {
    const sql = source(desk, bind, page);
    return sql === null ? [] : [`select '${kind}' as kind, s.* from (${sql}) s`];
  });
  const { rows } = await from.query<{
    kind: TodoKind;
    id: string;
    due_at: Date | null;
    warn_at: Date | null;
    about: string | null;
    order_id: string | null;
    number: string;
    title: string;
    state: State;
  }>(
    `select q.kind, q.id, q.due_at, q.about, q.order_id, w.number, w.title, w.state,
       (select min(c.warn_at) from clocks c where c.order_id = q.order_id and c.state <> 'stopped' and c.due_at = q.due_at) as warn_at
     from (select * from (${selects.join(' union all ')}) u order by coalesce(due_at, 'infinity'), id limit ${most}) q
     left join work_orders w on w.id = q.order_id
     order by coalesce(q.due_at, 'infinity'), q.id`,
    values,
  );
  return rows.map(({ kind, id, due_at, warn_at, about, order_id, number, title, state }) => ({
    kind,
    id,
    dueAt: (due_at?.getTime() ?? null) as Instant | null,
    warnAt: (warn_at?.getTime() ?? null) as Instant | null,
    workOrder: order_id === null ? null : { id: order_id, number, title, state },
    about,
  }));
}

/** Something the actor did. */
export type DoneItem = Readonly<{
  id: number;
  type: string;
  at: Instant;
  workOrder: Readonly<{ id: string; number: string; title: string }> | null;
}>;

/** What somebody behind a client has done, the last first. */
export async function findDone(
  from: Queryable,
  who: Readonly<{ client: string; name: string }>,
  before: number | null,
  limit: number,
): Promise<readonly DoneItem[]> {
  const { rows } = await from.query<{
    id: string;
    type: string;
    at: Date;
    order_id: string | null;
    number: string;
    title: string;
  }>({
    name: 'find done',
    text: `select f.id, f.type, f.at, w.id as order_id, w.number, w.title from (
             select id, type, at, subject, subject_id from facts
             where actor->>'client' <> 'system' and actor->>'client' = $1 and actor->>'name' = $2
               and ($3::bigint is null or id < $3) order by id desc limit $4) f
           left join work_orders w on f.subject = 'work_order' and w.id = f.subject_id order by f.id desc`,
    values: [who.client, who.name, before, limit],
  });
  return rows.map(({ id, type, at, order_id, number, title }) => ({
    id: Number(id),
    type,
    at: at.getTime() as Instant,
    workOrder: order_id === null ? null : { id: order_id, number, title },
  }));
}
