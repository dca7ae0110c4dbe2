import type { City, UnitKind } from './city.ts';
import type { AgendaItem, ItemDecision, Meeting, StuckReason } from './meeting.ts';
import type { PathStep } from './placement.ts';
import { redact } from './redaction.ts';
import type { Instant } from './time.ts';

/** What of an order on an agenda may be looked at to show it to residents. */
export type OrderOnAgenda = Readonly<{
  category: string | null;
  owner: string;
  confidential: boolean;
  path: readonly PathStep[];
  ended: boolean;
}>;

/** An item as residents' representatives see it: what kind of thing, down to which community, and what was decided. */
export type RedactedItem = Readonly<{
  position: number;
  category: string | null;
  area: readonly string[];
  /** The city's own words, screened; null where a person would have to look first. */
  subject: string | null;
  why: readonly StuckReason[];
  state: AgendaItem['state'];
  unit: string | null;
  ended: boolean;
  decisions: readonly Readonly<{
    result: ItemDecision['result'];
    text: string | null;
    unit: string | null;
    dueAt: Instant | null;
    undertakingId: string | null;
  }>[];
}>;

const shownLevels: ReadonlySet<UnitKind> = new Set(['district', 'street', 'community']);

/**
 * The agenda for residents' representatives (群众代表), who watch over what is done and must not learn who asked: no
 * number, no title, no address; confidential orders do not appear. `names` are of those who asked about each order.
 */
export function redactedAgenda(
  { items }: Pick<Meeting, 'items'>,
  orders: ReadonlyMap<string, OrderOnAgenda>,
  names: (workOrderId: string) => readonly string[],
  city: City,
): readonly RedactedItem[] {
  const shown = new Set([...city.units.values()].filter((u) => shownLevels.has(u.kind)).map((u) => u.area));
  return items
    .filter((item) => item.state !== 'removed' && orders.get(item.workOrderId ?? '')?.confidential !== true)
    .map((item, i) => {
      const order = orders.get(item.workOrderId ?? '');
      const said = [item.subject ?? '', ...item.decisions.map(({ text }) => text)];
      const { texts, doubts } = redact(said, item.workOrderId === null ? [] : names(item.workOrderId));
      const safe = (n: number): string | null => (doubts.length > 0 ? null : (texts[n] ?? null));
      return {
        position: i + 1,
        category: order?.category ?? null,
        area: (order?.path ?? []).filter((step) => shown.has(step.code)).map((step) => step.name),
        subject: item.subject === null ? null : safe(0),
        why: item.why,
        state: item.state,
        unit: order?.owner ?? null,
        ended: order?.ended ?? false,
        decisions: item.decisions.map(({ result, unit, dueAt, undertakingId }, n) => ({
          result,
          text: safe(n + 1),
          unit,
          dueAt,
          undertakingId,
        })),
      };
    });
}
