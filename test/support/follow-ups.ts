import { expect } from 'vitest';
import { aLight, type demo } from './city.ts';

/** The unit that handles street lights in the demo city. */
export const lightsUnit = '510107-urban-management';
const own = `unit:${lightsUnit}`;

/** What is done with an order until it waits for its residents, by whom, in order. */
export const untilAsked = [
  [own, 'sign', {}],
  [own, 'contact', { how: '电话', whom: '诉求人', outcome: 'reached' }],
  [own, 'submit', { result: 'solved', text: '灯已更换', evidence: [{ text: '灯已更换' }], requesterTold: true }],
  ['operator', 'review', { passed: true }],
  ['gridWorker', 'verify', { passed: true }],
] as const;

/** The steps of asking residents, in a demo city. */
export function askingIn({ call, act }: Pick<Awaited<ReturnType<typeof demo>>, 'call' | 'act'>) {
  /** Handles an order until its residents are to be asked. */
  const finish = async (id: string, from = 0): Promise<string> => {
    for (const [as, action, body] of untilAsked.slice(from)) {
      const done = await act(as, id, action, body);
      expect(done.status, `${action}: ${done.text}`).toBe(200);
    }
    return id;
  };
  /** An order that has been handled and verified: its residents are to be asked. */
  const handled = async (remarkable: object = {}): Promise<string> => {
    const made = await call('operator', 'POST', 'requests', aLight(remarkable));
    expect(made.status, made.text).toBe(201);
    return finish(made.body.workOrder.id);
  };
  const claims = (body: object = {}, as = 'followUp') => call(as, 'POST', 'follow-ups/claims', { lease: 600, ...body });
  /** Takes the one resident who waits. */
  const take = async (as = 'followUp'): Promise<string> => {
    const { body, text } = await claims({}, as);
    expect(body.claims, text).toHaveLength(1);
    return body.claims[0].followUp.id;
  };
  const attempt = (id: string, said: object, as = 'followUp') => call(as, 'POST', `follow-ups/${id}/attempts`, said);
  const answer = (id: string, said: object = content, as = 'followUp') =>
    call(as, 'POST', `follow-ups/${id}/answer`, said);
  const order = async (id: string, as = 'operator') => (await call(as, 'GET', `work-orders/${id}`)).body;
  return { finish, handled, claims, take, attempt, answer, order };
}

/** A resident who has nothing to complain of. */
export const content = { contacted: true, solved: 'yes', satisfaction: 'satisfied' };
