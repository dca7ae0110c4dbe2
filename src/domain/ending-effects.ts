import { askAnswered, askNoMore } from './asking.ts';
import type { Effects } from './change.ts';
import { end } from './ending.ts';
import { endClocks, owedToResident, restoreStopped } from './order-clocks.ts';
import { toHotline } from './responsibility.ts';
import { isReachable } from './work-order.ts';

/** What ends an order without work that was handed in, what undoes a merge, and the way to the archive. */
export const endingEffects = {
  answer: (order, said, setting) => {
    const asked = askAnswered(end(order, setting, { ...said }), setting);
    return {
      order: asked.order,
      body: { articleId: said.articleId ?? null, noticeId: said.noticeId ?? null },
      also: asked.facts,
    };
  },
  refer: (order, said, setting) => ({
    order: end(order, setting, said),
    body: { referredTo: said.to, reason: said.reason },
  }),
  void: (order, said, setting) => ({ order: end(order, setting, said), body: said }),
  reject: (order, said, setting) => ({
    order: end(order, setting, { class: said.class, text: said.explanation }),
    body: { class: said.class },
  }),
  terminate: (order, said, setting) => ({ order: end(order, setting, said), body: said }),
  merge: (order, said, setting) => ({
    order: { ...end(order, setting, { to: said.number }), mergedInto: said.into, requests: [] },
    body: { into: said.into },
  }),
  unmerge: (order, said, setting) => ({
    order: {
      ...toHotline(order, setting, 'unmerge'),
      clocks: restoreStopped(order.clocks, owedToResident(order, setting.city), setting, 'unmerge'),
      disposition: said.disposition,
      mergedInto: null,
    },
  }),
  withdraw: (order, said, setting) => {
    const { now } = setting;
    const requests = order.requests.map((r) => (r.id === said.requestId ? { ...r, withdrawnAt: now } : r));
    const still = askNoMore({ ...order, requests }, setting, (f) => f.request === said.requestId);
    const left = isReachable(still) ? still : endClocks(still, ['contact'], setting, 'withdrawn');
    const safety = (order.category === null ? undefined : setting.city.categories.get(order.category))?.safety === true;
    // Lives at stake: the place is made safe whether or not somebody still asks for it. An incident is not over with one.
    if (safety || order.incident !== null || requests.some((r) => r.withdrawnAt === null))
      return { order: left, to: order.state, body: said };
    return { order: end(left, setting, { class: 'withdrawn' }), body: said };
  },
  archive: (order) => ({ order: { ...order, ending: { ...order.ending, was: order.state } } }),
} satisfies Effects;
