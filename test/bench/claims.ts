import type { Script } from './ceiling.ts';
import { drive, keepAliveClient, type Measured } from './load.ts';
import type { Server } from './server.ts';

/** Clerks at work at once. */
export const clerks = 50;

/**
 * Claims and signs a second: each of 50 clerks takes one order of its unit's queue and signs it, over and over. Queues are
 * those the creates before this have filled, and clerks spread over the units with the longest ones.
 */
export async function measureClaims({ url, keys }: Server, seconds: number): Promise<Measured> {
  const client = keepAliveClient(url, clerks);
  const units = Object.keys(keys).filter((name) => name.startsWith('unit:'));
  const queues = await Promise.all(units.map(async (name) => ({ name, count: await waiting(url, keys[name], name) })));
  const busy = queues.filter(({ count }) => count > 0).toSorted((a, b) => b.count - a.count);
  if (busy.length === 0) throw new Error('no queue holds anything to claim');
  const left = new Map(busy.map(({ name, count }) => [name, count]));
  const pick = (): string | undefined => {
    const [longest] = [...left].toSorted(([, a], [, b]) => b - a);
    if (longest === undefined || longest[1] === 0) return undefined;
    left.set(longest[0], longest[1] - 1);
    return longest[0];
  };
  const measured = await drive(
    async (clerk) => {
      const name = pick();
      if (name === undefined) return false;
      const key = keys[name] ?? '';
      const actor = { 'gridcall-actor': `clerk-${clerk}` };
      const claimed = await client.post(
        `/v1/units/${name.slice('unit:'.length)}/claims`,
        key,
        { max: 1, lease: 60 },
        actor,
      );
      if (claimed.status !== 200) throw new Error(`claim: ${claimed.status} ${claimed.text}`);
      const [claim] = (JSON.parse(claimed.text) as { claims: { claimId: string; token: number }[] }).claims;
      if (claim === undefined) return true; // somebody else was faster at the end of this queue
      const signed = await client.post(`/v1/claims/${claim.claimId}/sign`, key, { token: claim.token }, actor);
      if (signed.status !== 200) throw new Error(`sign: ${signed.status} ${signed.text}`);
      return true;
    },
    { atOnce: clerks, seconds },
  );
  client.close();
  return measured;
}

async function waiting(url: string, key: string | undefined, name: string): Promise<number> {
  const reply = await fetch(`${url}/v1/units/${name.slice('unit:'.length)}/queue`, {
    headers: { authorization: `Bearer ${key}` },
  });
  return ((await reply.json()) as { claimable: number }).claimable;
}

/**
 * What PostgreSQL has to do for a claim and its signature at the least, on the tables of `shadowOfCreate`: lease the first
 * free order, keep the claim, then sign: the order, its clock and a fact.
 */
export const claimScript: Script = [
  `with first as (select id from bench.work_orders where owner = 'queue ' || (:n::bigint % 50) and claimable and lease_until is null
     order by priority, due_at, registered_at limit 1 for update skip locked),
   leased as (update bench.work_orders w set lease_until = now() + interval '60 s', claim_token = claim_token + 1 from first where w.id = first.id returning w.id)
   insert into bench.claims (id, kind, subject_id, unit, clerk, client, token, lease_until, state, made_at)
   select :u, 'work_order', id, 'bench', 'clerk', 'bench', 1, now() + interval '60 s', 'leased', now() from leased`,
  `commit`,
  `begin`,
  `update bench.work_orders w set state = 'signed', claimable = false, clerk = 'clerk', signed_at = now(), version = version + 1, lease_until = null
   from bench.claims c where c.id = :u and w.id = c.subject_id`,
  `update bench.clocks k set state = 'stopped', stopped_at = now(), stop_cause = 'sign', version = k.version + 1
   from bench.claims c where c.id = :u and k.order_id = c.subject_id and k.kind = 'sign'`,
  `insert into bench.facts (subject, subject_id, type, at, actor, unit, body)
   select 'work_order', subject_id, 'sign', now(), '{}', 'bench', '{}' from bench.claims where id = :u`,
  `update bench.claims set state = 'final' where id = :u`,
];
