import type { demo } from './city.ts';
import { aLight } from './city.ts';

/** How much a month of calls holds. Every call is about nearly as many cases, and of two units. */
export type Month = Readonly<{ units: number; calls: number; cases: number; closed: number }>;

/** The month as it was told of, and the same at a tenth of its size. */
export const toldMonth: Month = { units: 20, calls: 213, cases: 3657, closed: 3620 };
export const tenthOfIt: Month = { units: 20, calls: 21, cases: 366, closed: 362 };

type Demo = Awaited<ReturnType<typeof demo>>;
const together = 50;

/**
 * Plays a month at one street of the demo city over HTTP: the cases come in, are called about, each called unit reports
 * in, hands in and is let go, the street closes its order, the hotline answers the cases that are closed. One unit comes
 * late. Throws where anything is refused. Answers the code of the street.
 */
export async function playMonth({ call, act, clock }: Pick<Demo, 'call' | 'act' | 'clock'>, month: Month) {
  const must = async (...request: Parameters<typeof call>) => {
    const reply = await call(...request);
    if (reply.status >= 300) throw new Error(`${request[1]} ${request[2]}: ${reply.status} ${reply.text}`);
    return reply.body;
  };
  const departments = (await must('operator', 'GET', 'units?kind=department&limit=200')).items;
  const units = departments.slice(0, month.units).map((unit: { code: string }) => unit.code) as string[];
  const cases: string[] = [];
  let street = '';
  while (cases.length < month.cases) {
    const count = Math.min(together, month.cases - cases.length);
    const one = async () => (await must('operator', 'POST', 'requests', aLight({ disposition: 'hold' }))).workOrder;
    for (const made of await Promise.all(Array.from({ length: count }, one))) {
      cases.push(made.id);
      street = made.placement.path.find((step: { level: string }) => step.level === 'street').code;
    }
  }
  for (let n = 0; n < month.calls; n += 1) {
    const called = [units[n % month.units], units[(n + 7) % month.units]].map((code) => ({ code, task: '到场' }));
    const kind = n === 0 ? 'emergency' : 'resident_request';
    const about = cases.filter((_case, i) => i % month.calls === n);
    const body = { kind, street, workOrderIds: about, units: called, demand: '到场处置' };
    const { id } = await must(`unit:${street}`, 'POST', 'coordination-orders', body);
    const path = `coordination-orders/${id}`;
    await must(`unit:${street}`, 'POST', `${path}/issue`);
    for (const { code } of called) {
      const at = `${path}/units/${code}`;
      // Of the emergency one comes at once, and the other half an hour too late.
      if (n === 0 && code === called[1]?.code) clock.pass(61 * 60_000);
      await must(`unit:${code}`, 'POST', `${at}/report-in`);
      await must(`unit:${code}`, 'POST', `${at}/result`, { text: '已处置' });
      await must(`unit:${street}`, 'POST', `${at}/accept`);
      await must(`unit:${street}`, 'POST', `${at}/release`);
    }
    await must(`unit:${street}`, 'POST', `${path}/close`, { outcome: '已解决' });
  }
  for (const id of cases.slice(0, month.closed)) {
    const reply = await act('operator', id, 'answer', { text: '已处置，请查看现场' });
    if (reply.status !== 200) throw new Error(reply.text);
  }
  return street;
}
