import { randomBytes } from 'node:crypto';
import { type Refusal, refuse } from '../domain/refusal.ts';
import type { Instant } from '../domain/time.ts';
import type { Actor } from '../domain/work-order.ts';
import { transaction } from '../store/rows.ts';
import { findVendor, isVendorClient, listVendors, removeVendor, saveVendor, type Vendor } from '../store/vendors.ts';
import { recordChange } from '../store/versions.ts';
import type { Deps } from './deps.ts';

export type { Vendor } from '../store/vendors.ts';

/** A vendor as its admin sees it: a secret that was made is told once. */
export type ToldVendor = Readonly<{ kind: 'set'; vendor: Vendor; secret: string | null; isNew: boolean }>;

/**
 * Lets a survey vendor call back. The first time, and to `rotate`, a secret is made, or the one the vendor brings is
 * taken; it holds beside the last one, so that the vendor can change over. Whoever rotates twice ends the first.
 */
export const setVendor = (
  deps: Deps,
  vendor: string,
  { rotate, secret: brought }: Readonly<{ rotate: boolean; secret: string | null }>,
  actor: Actor,
): Promise<ToldVendor | Refusal> =>
  transaction(deps.pool, async (tx) => {
    if (!(await isVendorClient(tx, vendor))) return refuse('not-found');
    const known = await findVendor(tx, vendor, true);
    const isMade = brought === null && (known === null || rotate);
    const secret = brought ?? (isMade ? `whsec_${randomBytes(24).toString('base64')}` : null);
    if (secret === null && known !== null) return { kind: 'set', vendor: known, secret: null, isNew: false };
    const secrets = [...new Set([...(secret === null ? [] : [secret]), ...(known?.secrets ?? [])])].slice(0, 2);
    const set: Vendor = { vendor, secrets, changedBy: actor.name, changedAt: Date.now() as Instant };
    await saveVendor(tx, set);
    await recordChange(tx, actor, deps.now(), {
      type: 'survey_vendor_set',
      body: { kind: 'survey_vendor', code: vendor, secrets: secrets.length },
    });
    return { kind: 'set', vendor: set, secret: isMade ? secret : null, isNew: known === null };
  });

/** Every vendor that calls back, without its secrets being shown further on. */
export const vendors = ({ pool }: Deps): Promise<readonly Vendor[]> => listVendors(pool);

/** Takes no more callbacks of a vendor. */
export const endVendor = (deps: Deps, vendor: string, actor: Actor): Promise<true | Refusal> =>
  transaction(deps.pool, async (tx) => {
    if (!(await removeVendor(tx, vendor))) return refuse('not-found');
    await recordChange(tx, actor, deps.now(), {
      type: 'survey_vendor_ended',
      body: { kind: 'survey_vendor', code: vendor },
    });
    return true;
  });

/** What a vendor signs with now; nothing where nobody is called so. */
export const secretsOf = async ({ pool }: Deps, vendor: string): Promise<readonly string[]> =>
  (await findVendor(pool, vendor))?.secrets ?? [];
