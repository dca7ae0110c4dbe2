/** How much a month of calls holds. Every call is about nearly as many cases, and of two units. */
export type Month = Readonly<{ units: number; calls: number; cases: number; closed: number }>;

/** The month as it was told of (赣州: 20 个部门、213 次、3657 件、办结 99%), and the same at a tenth of its size. */
export const toldMonth: Month = { units: 20, calls: 213, cases: 3657, closed: 3620 };
export const tenthOfIt: Month = { units: 20, calls: 21, cases: 366, closed: 362 };

/** A city the month is played in: whoever calls it says which client they are, and time passes when told. */
export type Played = Readonly<{
  call: (
    as: string,
    method: 'GET' | 'POST',
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ) => Promise<Readonly<{ status: number; body: unknown }>>;
  pass: (ms: number) => unknown;
}>;

const together = 50;

/** The light that is out, again and again, at one place of the demo city. */
const aCase = {
  channel: 'hotline',
  kind: 'help',
  category: '城市管理/部件/路灯',
  disposition: 'hold',
  title: '路灯不亮',
  description: '小区门口路灯不亮',
  location: { lon: 104.037274, lat: 30.571764 },
  requester: { name: '测试甲', phone: '13800001234' },
};

type Made = Readonly<{
  workOrder: { id: string; placement: { path: readonly { level: string; code: string }[] } };
}>;

/**
 * Plays a month at one street of the demo city over HTTP: the cases come in, are called about, each called unit reports
 * in, hands in and is let go, the street closes its order, the hotline answers the cases that are closed. One unit comes
 * late. Throws where anything is refused. Answers the code of the street.
 */
export async function playMonth({ call, pass }: Played, month: Month): Promise<string> {
  let keys = 0;
  const must = async <T>(as: string, method: 'GET' | 'POST', path: string, body?: unknown): Promise<T> => {
    const headers = { 'idempotency-key': `month-${++keys}`, 'if-match': '*' };
    const reply = await call(as, method, path, body ?? (method === 'POST' ? {} : undefined), headers);
    if (reply.status >= 300) throw new Error(`${method} ${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
    return reply.body as T;
  };
  const page = await must<{ items: { code: string }[] }>('operator', 'GET', 'units?kind=department&limit=200');
  const units = page.items.slice(0, month.units).map(({ code }) => code);
  const cases: string[] = [];
  let street = '';
  await inTurns(month.cases, async () => {
    const { workOrder } = await must<Made>('operator', 'POST', 'requests', aCase);
    cases.push(workOrder.id);
    street = workOrder.placement.path.find(({ level }) => level === 'street')?.code ?? street;
  });
  for (let n = 0; n < month.calls; n += 1) {
    const called = [units[n % month.units], units[(n + 7) % month.units]].map((code) => ({ code, task: '到场' }));
    const kind = n === 0 ? 'emergency' : 'resident_request';
    const about = cases.filter((_case, i) => i % month.calls === n);
    const body = { kind, street, workOrderIds: about, units: called, demand: '到场处置' };
    const { id } = await must<{ id: string }>(`unit:${street}`, 'POST', 'coordination-orders', body);
    const path = `coordination-orders/${id}`;
    await must(`unit:${street}`, 'POST', `${path}/issue`);
    for (const { code } of called) {
      const at = `${path}/units/${code}`;
      // Of the emergency one comes at once, and the other half an hour too late.
      if (n === 0 && code === called[1]?.code) await pass(61 * 60_000);
      await must(`unit:${code}`, 'POST', `${at}/report-in`);
      await must(`unit:${code}`, 'POST', `${at}/result`, { text: '已处置' });
      await must(`unit:${street}`, 'POST', `${at}/accept`);
      await must(`unit:${street}`, 'POST', `${at}/release`);
    }
    await must(`unit:${street}`, 'POST', `${path}/close`, { outcome: '已解决' });
  }
  await inTurns(month.closed, (n) =>
    must('operator', 'POST', `work-orders/${cases[n]}/actions/answer`, { text: '已处置，请查看现场' }),
  );
  return street;
}

/** So many times, a few dozen at once. */
async function inTurns(count: number, work: (n: number) => Promise<unknown>): Promise<void> {
  for (let n = 0; n < count; n += together)
    await Promise.all(Array.from({ length: Math.min(together, count - n) }, (_, i) => work(n + i)));
}
