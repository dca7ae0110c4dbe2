import type { Json, Story } from './drill-story.ts';

type Order = Readonly<{
  id: string;
  state: string;
  signedLate: boolean;
  responsibleUnit: { code: string };
  assists: readonly { id: string; unit: { code: string } }[];
}>;
type Claims = Readonly<{ claims: readonly Readonly<{ followUp: Readonly<{ id: string }> }>[] }>;
type Item = Readonly<{ kind: string; taskId?: string; taskKind?: string; workOrder?: { id: string } }>;

/**
 * A smell of gas at two at night that nobody at the gas company signs for: people are rung after 10 and 20 minutes; at 30
 * a shift leader gives a human word and sends somebody to make the place safe. It is never signed by timeout.
 */
export async function gasLeak(story: Story, night: string): Promise<void> {
  story.title(['夜间燃气泄漏，无人签收', 'A gas leak at night that nobody signs for']);
  await story.until(`${night}T02:00:00+08:00`);
  const made = await story.act<{ workOrder: Order }>('operator', 'requests', {
    channel: 'hotline',
    kind: 'help',
    category: '公用事业/燃气',
    urgency: 'emergency',
    title: '楼道里有很浓的燃气味',
    description: '三楼楼道燃气味很浓，有老人头晕',
    location: { lon: 104.037274, lat: 30.571764 },
    requester: { name: '测试甲', phone: '13800001234' },
  });
  const { id } = made.workOrder;
  const owner = `unit:${made.workOrder.responsibleUnit.code}`;
  const look = () => story.get<Order>(`work-orders/${id}`);
  const clockOf = async (kind: string) =>
    (await story.clocks('work-orders', id)).findLast((clock) => clock.kind === kind);
  const sign = await clockOf('sign');
  const began = Date.parse(sign?.startedAt ?? '');
  const after = (minutes: number): string => new Date(began + minutes * 60_000).toISOString();
  const rung = (whom: string) => story.events().find(({ type, body }) => type === 'ring' && body.whom === whom);

  for (const minutes of [10, 20, 30]) await story.until(after(minutes));
  story.expect(['10 分钟呼叫 B 岗', 'post B is rung at 10 minutes'], isAt(rung('post_b')?.at, after(10)));
  story.expect(
    ['20 分钟呼叫值班领导', 'the duty leader is rung at 20 minutes'],
    isAt(rung('duty_leader')?.at, after(20)),
  );
  const asked = story.events().find(({ type }) => type === 'unacknowledged');
  story.expect(['30 分钟请值班长人工确认', 'a human word is asked for at 30 minutes'], isAt(asked?.at, after(30)));
  story.expect(['签收时限 30 分钟', 'the limit to sign is 30 minutes by the wall'], isAt(sign?.dueAt, after(30)));

  const { items } = await story.get<{ items: readonly Item[] }>('todo?limit=200');
  const task = items.find((item) => item.taskKind === 'unacknowledged' && item.workOrder?.id === id);
  await story.until(after(32));
  await story.act('shiftLeader', `tasks/${task?.taskId ?? ''}/done`, { outcome: '已电话联系燃气公司调度，确认已知晓' });
  const helped = await story.act<Json & { id: string; dueAt: string }>('shiftLeader', `work-orders/${id}/assists`, {
    unit: '510107-emergency',
    task: '先行到场，关阀通风、疏散居民',
  });
  const resolve = await clockOf('resolve');
  const left = Date.parse(resolve?.dueAt ?? '') - Date.parse(after(32));
  const share = (Date.parse(helped.dueAt) - Date.parse(after(32))) / left;
  story.expect(
    ['协办时限为主办剩余时间的七成', 'the assist has 70 % of what the lead has left'],
    Math.abs(share - 0.7) < 0.01,
  );
  await story.until(after(55));
  for (const { id: assist, unit } of (await look()).assists.filter((each) => each.id !== helped.id))
    await story.act(`unit:${unit.code}`, `assists/${assist}/complete`, { result: '已到场警戒' });
  const helper = 'unit:510107-emergency';
  await story.act(helper, `work-orders/${id}/actions/note`, { text: '已关阀通风，居民已疏散', mark: 'make_safe' });
  await story.act(helper, `assists/${helped.id}/complete`, { result: '现场已处于安全状态' });
  const unsigned = await look();
  story.expect(
    ['紧急工单从不超时自动签收', 'it was never signed by timeout'],
    unsigned.state === 'dispatched' && !unsigned.signedLate,
  );
  const acknowledged = story.events().find(({ type }) => type === 'human_acknowledged');
  story.expect(['人工确认入档', 'the human word is in the record'], acknowledged !== undefined);

  await story.until(after(70));
  await story.act(owner, `work-orders/${id}/actions/sign`);
  await story.act(owner, `work-orders/${id}/actions/contact`, { how: '电话', whom: '诉求人', outcome: 'reached' });
  await story.until(after(95));
  await story.act(owner, `work-orders/${id}/actions/submit`, {
    result: 'solved',
    text: '更换老化胶管，检漏合格',
    evidence: [{ text: '检漏记录' }],
    requesterTold: true,
  });
  const handed = await story.get<{ submissions: readonly { inTime: boolean }[] }>(`work-orders/${id}`);
  story.expect(['两小时内处置', 'it was handled within its two hours'], handed.submissions.at(-1)?.inTime === true);

  await story.until(`${night}T09:00:00+08:00`);
  await story.act('operator', `work-orders/${id}/actions/review`, { passed: true });
  await story.act('gridWorker', `work-orders/${id}/actions/verify`, { passed: true });
  const { claims } = await story.act<Claims>('followUp', 'follow-ups/claims', { max: 10, lease: 60 });
  const answer = { contacted: true, solved: 'yes', satisfaction: 'very_satisfied' };
  for (const { followUp } of claims) await story.act('followUp', `follow-ups/${followUp.id}/answer`, answer);
  story.expect(['居民说已解决，办结', 'the resident says yes: closed'], (await look()).state === 'closed');
}

/** Whether it was at that moment, to the millisecond. */
export const isAt = (at: string | null | undefined, wanted: string): boolean =>
  Date.parse(at ?? '') === Date.parse(wanted);
