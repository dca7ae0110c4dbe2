import { type Call, codeOf, expected } from './replay-calls.ts';

/** As much of an order as the replay looks at. */
export type Order = Readonly<{
  id: string;
  number: string;
  state: string;
  version: number;
  kind: string;
  category: string | null;
  confidential: boolean;
  responsibleUnit: Readonly<{ code: string; name: string }>;
  placement: Readonly<{ status: string; method: string; path: readonly Readonly<{ level: string; code: string }>[] }>;
  routing: Readonly<{ status: string; unit: string | null; candidates: readonly Readonly<{ unit: string }>[] }>;
  verifier: Readonly<{ party: string; unit: string | null }> | null;
  requests: readonly Readonly<{ requester?: Readonly<{ phone: string | null }> }>[];
  followUps: readonly Readonly<{ id: string; state: string }>[];
}>;

/** What a person at the dispatching desk knows without the system: where a place is, the answer to a question. */
export type Knowing = Readonly<{
  areaOf: (order: Order) => string | null;
  articleOf: (order: Order) => string | null;
  /** Who takes what nobody else does. */
  lastResort: string;
}>;

/** One thing somebody does with an order. Of several `bodies` the first that is not refused counts. */
type Step = Readonly<{ as: string; action: string; bodies: readonly object[] }>;

const step = (as: string, action: string, ...bodies: object[]): Step => ({ as, action, bodies });
const basis = 'replay: 值班调度员按辖区核定';

/** What happens next in each state an order can wait in. Ends and states that wait for time are not here. */
const nextIn: Readonly<Record<string, (order: Order, knowing: Knowing) => Step | 'claim' | 'ask'>> = {
  registered: (order, knowing) =>
    answering(order, knowing) ?? placing(order, knowing) ?? step('operator', 'accept', {}),
  accepted: (order, knowing) =>
    placing(order, knowing) ??
    step('dispatcher', 'dispatch', ...unitsFor(order, knowing).map((unit) => (unit === null ? {} : { unit, basis }))),
  dispatched: () => 'claim',
  signed: (order) =>
    step(`unit:${order.responsibleUnit.code}`, 'contact', {
      how: '电话',
      whom: '诉求人',
      outcome: order.confidential || !isReachable(order) ? 'not_applicable' : 'reached',
    }),
  handling: (order) =>
    step(`unit:${order.responsibleUnit.code}`, 'submit', {
      result: 'solved',
      text: '已到现场处理完毕',
      evidence: [{ stage: 'after', text: '现场已恢复' }],
      requesterTold: true,
    }),
  rework: () => 'claim',
  suspended: (order) => step(`unit:${order.responsibleUnit.code}`, 'resume', {}),
  on_account: (order) => step(`unit:${order.responsibleUnit.code}`, 'restore', {}),
  submitted: () => step('operator', 'review', { passed: true }),
  verifying: (order) => step(verifierOf(order), 'verify', { passed: true }),
  following_up: () => 'ask',
};

const isReachable = (order: Order): boolean => order.requests.some((r) => r.requester?.phone != null);

function answering(order: Order, { articleOf }: Knowing): Step | null {
  const articleId = order.kind === 'consult' ? articleOf(order) : null;
  return articleId === null ? null : step('operator', 'answer', { articleId });
}

function placing(order: Order, { areaOf }: Knowing): Step | null {
  const areaCode = order.placement.status === 'unplaced' ? areaOf(order) : null;
  return areaCode === null ? null : step('dispatcher', 'place', { areaCode, reason: basis });
}

/** Whom to give it to, best first; null is whom the directory says. */
const unitsFor = ({ routing }: Order, { lastResort }: Knowing): readonly (string | null)[] =>
  routing.status === 'decided' ? [null] : [...routing.candidates.map((c) => c.unit), lastResort];

/** Whose key looks whether it is done. */
function verifierOf({ verifier }: Order): string {
  if (verifier?.party === 'inspector') return 'inspector';
  return verifier?.unit != null && verifier.party !== 'finder' ? `unit:${verifier.unit}` : 'gridWorker';
}

/** Refusals that only say that somebody else was faster: look again. */
const overtaken: ReadonlySet<string | null> = new Set(['stale-version', 'wrong-state', 'lease-lost', 'follow-up-done']);
/** Refusals of one body, after which the next may do. */
const nextBody: ReadonlySet<string | null> = new Set([
  'off-duty-list',
  'assessment-task',
  'administrative-act',
  'unit-unknown',
]);

const satisfied = { contacted: true, solved: 'yes', satisfaction: 'satisfied' };

/** More than any life here takes; one that needs more goes round in circles. */
const mostSteps = 30;

/**
 * Leads orders from whatever state they are in to their end, each step by whoever the city expects. Everything is looked
 * up afresh before each step, so that a life may be taken up again anywhere. `mine` says which claimed orders to keep.
 */
export function living(call: Call, knowing: Knowing, mine: (orderId: string) => boolean) {
  const look = async (id: string): Promise<Order> =>
    expected<Order>(await call('operator', 'GET', `work-orders/${id}`), `order ${id}`);
  const claimAt = together((unit: string) => claimAll(call, unit, mine));
  const leaseAsking = together(async () => {
    expected(await call('followUp', 'POST', 'follow-ups/claims', { max: 50, wait: 0, lease: 60 }), 'follow-up claims');
  });

  /** An agent asks everybody of the order. A lease may stem from a replay that died: its answers are taken all the same. */
  const ask = async ({ followUps }: Order): Promise<void> => {
    for (const { id } of followUps.filter((f) => f.state === 'open')) {
      const answer = () => call('followUp', 'POST', `follow-ups/${id}/answer`, satisfied);
      const first = await answer();
      if (codeOf(first) === 'lease-lost') await leaseAsking('all');
      const reply = codeOf(first) === 'lease-lost' ? await answer() : first;
      if (!overtaken.has(codeOf(reply))) expected(reply, `answer of follow-up ${id}`);
    }
  };

  const perform = async ({ id, version, state }: Order, { as, action, bodies }: Step): Promise<void> => {
    for (const [i, body] of bodies.entries()) {
      const reply = await call(as, 'POST', `work-orders/${id}/actions/${action}`, body, {
        'if-match': `"v${version}"`,
      });
      if (reply.status < 400 || overtaken.has(codeOf(reply))) return;
      if (i === bodies.length - 1 || !nextBody.has(codeOf(reply)))
        expected(reply, `${action} of order ${id} in ${state} by ${as}`);
    }
  };

  return async (id: string): Promise<Order> => {
    for (let n = 0; n < mostSteps; n++) {
      const order = await look(id);
      const next = nextIn[order.state]?.(order, knowing);
      if (next === undefined) return order;
      if (next === 'ask') await ask(order);
      else if (next !== 'claim') await perform(order, next);
      else {
        await claimAt(order.responsibleUnit.code);
        const after = await look(id);
        // Somebody who died holds the lease: the unit may sign without one.
        const sign = order.state === 'rework' ? 'take' : 'sign';
        if (after.state === order.state) await perform(after, step(`unit:${order.responsibleUnit.code}`, sign, {}));
      }
    }
    return look(id);
  };
}

type Claims = Readonly<{
  claims: readonly Readonly<{ claimId: string; token: unknown; workOrder: Readonly<{ id: string }> }>[];
}>;

/** A clerk of the unit takes what waits there and signs it off. What is not of this replay goes back. */
async function claimAll(call: Call, unit: string, mine: (orderId: string) => boolean): Promise<void> {
  const as = `unit:${unit}`;
  const reply = await call(as, 'POST', `units/${unit}/claims`, { max: 50, wait: 0, lease: 30 });
  const { claims } = expected<Claims>(reply, `claims of ${unit}`);
  for (const { claimId, token, workOrder } of claims) {
    const done = mine(workOrder.id) ? 'sign' : 'release';
    const answer = await call(as, 'POST', `claims/${claimId}/${done}`, { token });
    if (!overtaken.has(codeOf(answer))) expected(answer, `${done} of order ${workOrder.id} by ${as}`);
  }
}

/** Calls for the same thing that come while one runs wait for that one. */
function together(work: (key: string) => Promise<void>): (key: string) => Promise<void> {
  const running = new Map<string, Promise<void>>();
  return (key) => {
    const known = running.get(key);
    if (known) return known;
    const started = work(key).finally(() => running.delete(key));
    running.set(key, started);
    return started;
  };
}
