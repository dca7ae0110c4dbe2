import { z } from 'zod';
import { endVendor, setVendor, type Vendor, vendors as vendorsOf } from '../actions/vendors.ts';
import { granted } from './problem.ts';
import * as s from './shapes.ts';
import { time } from './views.ts';
import type { Routes } from './zod.ts';

const config = { for: ['admin'] } as const;
const tags = ['follow-up'];
const params = z.object({ vendor: s.said(100) });
const vendorOut = z.object({
  vendor: z.string(),
  secrets: z.number(),
  changedBy: z.string(),
  changedAt: s.momentOut,
});
const told = vendorOut.extend({ secret: z.string().optional() });
const view = ({ vendor, secrets, changedBy, changedAt }: Vendor) => ({
  vendor,
  secrets: secrets.length,
  changedBy,
  changedAt: time(changedAt) as string,
});
/** A secret as the Standard Webhooks scheme writes it, of 24 to 64 bytes. */
const secretIn = z
  .string()
  .regex(/^whsec_[A-Za-z0-9+/]+={0,2}$/, 'must be whsec_ and base64')
  .refine((text) => bytesOf(text) >= 24 && bytesOf(text) <= 64, 'must be 24 to 64 bytes');
const bytesOf = (secret: string): number => Buffer.from(secret.slice(6), 'base64').length;

/** Who of the survey vendors may call back, and what they sign with. */
export const vendors: Routes = async (app, deps) => {
  app.get(
    '/survey-vendors',
    {
      config: { for: ['admin', 'auditor'] },
      schema: {
        summary: 'Survey vendors that call back, without their secrets',
        tags,
        response: { 200: z.object({ items: z.array(vendorOut) }) },
      },
    },
    async () => ({ items: (await vendorsOf(deps)).map(view) }),
  );

  app.put(
    '/survey-vendors/:vendor',
    {
      config,
      schema: {
        summary: 'Let a vendor call back, by the name of its key; the secret is told once',
        description: '`rotate` makes another secret beside the last, or takes the one that is given. Two hold at most.',
        tags,
        params,
        body: z.object({ rotate: z.boolean().default(false), secret: secretIn.nullish() }).default({ rotate: false }),
        response: { 200: told, 201: told },
      },
    },
    async ({ params: { vendor }, body: { rotate, secret: brought = null }, actor }, reply) => {
      const { vendor: set, secret, isNew } = granted(await setVendor(deps, vendor, { rotate, secret: brought }, actor));
      reply.code(isNew ? 201 : 200);
      return { ...view(set), ...(secret === null ? {} : { secret }) };
    },
  );

  app.delete(
    '/survey-vendors/:vendor',
    { config, schema: { summary: 'Take no more callbacks of a vendor', tags, params, response: { 204: z.null() } } },
    async ({ params: { vendor }, actor }, reply) => {
      granted(await endVendor(deps, vendor, actor));
      return reply.code(204).send(null);
    },
  );
};
