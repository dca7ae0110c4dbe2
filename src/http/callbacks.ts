import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { Webhook } from 'standardwebhooks';
import { z } from 'zod';
import { takeCallback } from '../actions/callback.ts';
import { secretsOf } from '../actions/vendors.ts';
import { followUpStates } from '../domain/follow-up.ts';
import { Refused, refuse } from '../domain/refusal.ts';
import { followUpAnswer } from './follow-up-shapes.ts';
import { jsonReader } from './json.ts';
import { granted } from './problem.ts';
import * as s from './shapes.ts';
import { answerOf } from './surveyors.ts';
import type { Routes } from './zod.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The bytes a callback was signed over; null elsewhere. */
    signed: Buffer | null;
  }
}

const params = z.object({ vendor: s.said(100) });
const headers = z.object({
  'webhook-id': z.string(),
  'webhook-timestamp': z.string(),
  'webhook-signature': z.string(),
});

/** What survey vendors call back with (第三方回访): signed, within five minutes, and however often, one answer. */
export const callbacks: Routes = async (app, deps) => {
  app.decorateRequest('signed', null);
  // The signature is over the bytes as they came: they are read as JSON only once it is proved.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    request.signed = body;
    done(null, undefined);
  });
  const readJson = jsonReader(app);
  app.addHook('preValidation', async (request) => {
    // Before anything is validated: what cannot be a name is nobody's.
    const path = params.safeParse(request.params);
    const secrets = path.success ? await secretsOf(deps, path.data.vendor) : [];
    if (!(await isSigned(request, secrets))) throw new Refused(refuse('signature-wrong'));
    request.body = await readJson(request, request.signed ?? Buffer.alloc(0));
  });

  app.post(
    '/callbacks/surveys/:vendor',
    {
      config: { for: 'signed', remember: false, rateLimit: { max: 6000, timeWindow: 60_000 } },
      bodyLimit: 65_536,
      schema: {
        summary: 'What a resident said to a survey vendor; signed by the Standard Webhooks scheme',
        description:
          'The first answer counts. The same again is 200 and changes nothing, another one is 409, one after the asking is over 410.',
        tags: ['follow-up'],
        params,
        headers,
        body: followUpAnswer.extend({ followUpId: s.id, at: s.moment.nullish() }),
        response: { 200: z.object({ followUpId: z.string(), state: z.enum(followUpStates) }) },
      },
    },
    async ({ params: { vendor }, headers: { 'webhook-id': webhookId }, body, signed }) => {
      const bodyHash = createHash('sha256')
        .update(signed ?? '')
        .digest('hex');
      const { followUpId, at = null } = body;
      const called = { followUpId, answer: answerOf(body), saidAt: at };
      const { id, state } = granted(await takeCallback(deps, { vendor, webhookId, bodyHash }, called));
      return { followUpId: id, state };
    },
  );
};

/** Whether one of the vendor's secrets has signed these bytes under this id within the last five minutes of real time. */
async function isSigned({ headers: sent, signed }: FastifyRequest, secrets: readonly string[]): Promise<boolean> {
  const read = headers.safeParse(sent);
  if (!read.success || signed === null || read.data['webhook-id'].length > 255) return false;
  return secrets.some((secret) => {
    try {
      new Webhook(secret).verify(signed, read.data, { jsonParse: false });
      return true;
    } catch {
      return false;
    }
  });
}
