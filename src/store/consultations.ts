import type { Consultation } from '../domain/consultation.ts';
import type { Undertaking } from '../domain/undertaking.ts';
import { fromJson, type Queryable, writer } from './rows.ts';
import * as t from './tables.ts';

const write = writer(t.consultations);

/** Keeps a consultation on an order that is held. */
export const keepConsultation = (tx: Queryable, orderId: string, consultation: Consultation): Promise<void> =>
  write(tx, [{ ...consultation, orderId: orderId as (typeof t.consultations.$inferInsert)['orderId'] }]);

/** An undertaking in short, as its work order shows it. */
export type UndertakingBrief = Pick<
  Undertaking,
  'id' | 'number' | 'kind' | 'state' | 'unit' | 'leader' | 'title' | 'dueAt'
>;

/** What was talked over and undertaken beside an order: undertakings newest first, consultations oldest first. */
export type Beside = Readonly<{
  undertakings: readonly UndertakingBrief[];
  consultations: readonly Consultation[];
}>;

type Row = Readonly<{ id: string; undertakings: Record<string, unknown>[]; consultations: Record<string, unknown>[] }>;

/** The same for these work orders, in one statement. */
export async function besideOrders(from: Queryable, ids: readonly string[]): Promise<ReadonlyMap<string, Beside>> {
  const { rows } = await from.query<Row>({
    name: 'beside orders',
    text: `select o.id,
        (select coalesce(json_agg(u order by u.id desc), '[]') from (
          select id, number, kind, state, unit, leader, title, due_at from undertakings where work_order_id = o.id) u) as undertakings,
        (select coalesce(json_agg(c order by c.id), '[]') from consultations c where c.order_id = o.id) as consultations
      from unnest($1::uuid[]) o(id)`,
    values: [ids],
  });
  return new Map(
    rows.map(({ id, undertakings, consultations }) => [
      id,
      {
        undertakings: undertakings.map((row) => {
          const { number, kind, state, unit, leader, title, dueAt, id: of } = fromJson(t.undertakings, row);
          return { id: of, number, kind, state, unit, leader, title, dueAt };
        }),
        consultations: consultations.map((row) => {
          const { orderId: _o, ...consultation } = fromJson(t.consultations, row);
          return consultation;
        }),
      },
    ]),
  );
}
