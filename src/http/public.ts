import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import * as lookup from '../actions/lookup.ts';
import { conductTones } from '../domain/conduct.ts';
import { incidentStates } from '../domain/incident.ts';
import { isRefusal, type Refusal } from '../domain/refusal.ts';
import { requestKinds } from '../domain/request.ts';
import { residentActions } from '../domain/resident-may.ts';
import { iso } from '../domain/time.ts';
import { sayIn } from '../domain/words.ts';
import { states } from '../domain/work-order.ts';
import { networkOf } from './limits.ts';
import { granted, languageOf } from './problem.ts';
import * as s from './shapes.ts';
import { time, unitRef } from './views.ts';
import type { HttpDeps, Routes } from './zod.ts';

/** The number and the code that a resident was given. */
export const proof = { number: s.said(20), code: s.said(20) };
const said = z.object({ at: s.momentOut, text: z.string() });
const residentOut = z
  .object({
    number: z.string(),
    title: z.string(),
    kind: z.enum(requestKinds),
    registeredAt: s.momentOut,
    state: z.enum(states),
    stateText: z.string(),
    promisedAt: s.momentOut.nullable(),
    extendedTo: s.momentOut.nullable().describe('to when the unit has been given more time, or the work stands still'),
    nextStep: z.string().nullable(),
    responsibleUnit: s.unitRef,
    answer: said.nullable(),
    publicNotes: z.array(said.extend({ own: z.boolean() })),
    /** The incident it is about: what everybody is told, and whether it is restored for this one. */
    incident: z
      .object({
        number: z.string(),
        title: z.string(),
        answer: z.string(),
        nextUpdateAt: s.momentOut.nullable(),
        state: z.enum(incidentStates),
        joined: z.boolean(),
        restored: z.enum(['not_asked', 'open', 'yes', 'no']),
      })
      .nullable(),
    /** The decree by which the time of the own request stands still. */
    decree: z.object({ number: z.string(), title: z.string(), text: z.string(), to: s.momentOut }).nullable(),
    allowedActions: z
      .array(z.enum(residentActions))
      .describe('what would be accepted now; `appeal` is an objection about the own answer not being counted'),
    objection: z
      .object({ about: z.enum(['end', 'exclusion']), askedAt: s.momentOut })
      .nullable()
      .describe('an objection that is still to be decided'),
    publish: z.boolean().describe('whether it may be shown in public, without a word of who asked'),
  })
  .meta({ id: 'ResidentView' });

/** The resident's own view (凭编号和查询码查询): no account, the number and the code say whose it is. */
export const residents: Routes = async (app, deps) => {
  app.addHook('onRequest', async (_request, reply) => void reply.header('cache-control', 'no-store'));

  app.post(
    '/lookup',
    {
      config: { for: 'public', remember: false },
      schema: {
        summary: 'How the own request stands, in plain words',
        tags: ['residents'],
        body: z.object(proof),
        response: { 200: residentOut },
      },
    },
    async (request, reply) => answer(deps, await lookup.lookUp(deps, proofOf(request)), request, reply),
  );

  app.post(
    '/lookup/notes',
    {
      config: { for: 'public' },
      schema: {
        summary: 'Add words to the own request',
        tags: ['residents'],
        body: z.object({ ...proof, text: s.said(5000) }),
        response: { 200: residentOut },
      },
    },
    async (request, reply) =>
      answer(deps, await lookup.addWords(deps, proofOf(request), request.body.text), request, reply),
  );

  app.post(
    '/lookup/urge',
    {
      config: { for: 'public' },
      schema: {
        summary: 'Ask for the own request to be handled at last (催单), with words or without; the unit sees how often',
        tags: ['residents'],
        body: z.object({ ...proof, text: s.said(5000).optional() }),
        response: { 200: residentOut },
      },
    },
    async (request, reply) =>
      answer(deps, await lookup.urge(deps, proofOf(request), request.body.text), request, reply),
  );

  app.post(
    '/lookup/objections',
    {
      config: { for: 'public' },
      schema: {
        summary: 'Object to how it ended, or to the own answer not being counted, within 15 days',
        tags: ['residents'],
        body: z.object({ ...proof, reason: s.reason, about: z.enum(['end', 'exclusion']).default('end') }),
        response: { 200: residentOut },
      },
    },
    async (request, reply) => answer(deps, await lookup.object(deps, proofOf(request), request.body), request, reply),
  );

  app.post(
    '/lookup/conduct',
    {
      config: { for: 'public' },
      schema: {
        summary: 'Say how the unit behaved; the hotline and inspectors read it, the unit does not',
        tags: ['residents'],
        body: z.object({ ...proof, tone: z.enum(conductTones), text: s.said(2000) }),
        response: { 200: residentOut },
      },
    },
    async (request, reply) => answer(deps, await lookup.remarkOn(deps, proofOf(request), request.body), request, reply),
  );

  app.post(
    '/lookup/withdrawal',
    {
      config: { for: 'public' },
      schema: {
        summary: 'Withdraw the own request',
        tags: ['residents'],
        body: z.object(proof),
        response: { 200: residentOut },
      },
    },
    async (request, reply) => answer(deps, await lookup.withdraw(deps, proofOf(request)), request, reply),
  );

  app.post(
    '/lookup/reopen',
    {
      config: { for: 'public' },
      schema: {
        summary: 'It is not fixed: have it handled again, within 15 days',
        tags: ['residents'],
        body: z.object({ ...proof, reason: s.text(2000).optional() }),
        response: { 200: residentOut },
      },
    },
    async (request, reply) =>
      answer(deps, await lookup.reopen(deps, proofOf(request), request.body.reason), request, reply),
  );

  app.post(
    '/lookup/restored',
    {
      config: { for: 'public' },
      schema: {
        summary: 'Say whether it is restored, after the end of an incident (恢复了吗); "no" opens an order of its own',
        tags: ['residents'],
        body: z.object({ ...proof, restored: z.boolean(), words: s.said(2000).optional() }),
        response: { 200: residentOut },
      },
    },
    async (request, reply) => {
      const { restored, words } = request.body;
      return answer(deps, await lookup.sayRestored(deps, proofOf(request), { restored, words }), request, reply);
    },
  );

  app.post(
    '/lookup/publication',
    {
      config: { for: 'public' },
      schema: {
        summary: 'Let the own request be shown in public or not; what is shown of it vanishes at once',
        tags: ['residents'],
        body: z.object({ ...proof, publish: z.boolean() }),
        response: { 200: residentOut },
      },
    },
    async (request, reply) =>
      answer(deps, await lookup.choosePublication(deps, proofOf(request), request.body.publish), request, reply),
  );
};

type WithProof = Readonly<{ body: Readonly<{ number: string; code: string }>; ip: string }>;
/** The proof a request holds, and where it comes from. */
export const proofOf = ({ body: { number, code }, ip }: WithProof): lookup.Proof => ({
  number: number.trim(),
  code: code.trim(),
  address: networkOf(ip),
});

function answer(
  deps: HttpDeps,
  outcome: lookup.ResidentView | Refusal,
  request: Pick<FastifyRequest, 'headers'>,
  reply: FastifyReply,
) {
  if (isRefusal(outcome) && outcome.code === 'too-many-requests')
    reply.header('retry-after', String(outcome.details.retryAfter));
  const view = granted(outcome);
  const say = sayIn(languageOf(request));
  return {
    number: view.request.number,
    title: view.request.title,
    kind: view.request.kind,
    registeredAt: iso(view.request.registeredAt),
    state: view.state,
    stateText: say(view.words),
    promisedAt: time(view.promisedAt),
    extendedTo: time(view.extendedTo),
    nextStep: view.next && say(view.next),
    responsibleUnit: unitRef(view.unit, { city: deps.city().city }),
    answer: view.answer && { at: iso(view.answer.at), text: view.answer.text },
    publicNotes: view.notes.map(({ at, text, request: of }) => ({ at: iso(at), text, own: of === view.request.id })),
    decree: view.decree && {
      number: view.decree.number,
      title: view.decree.title,
      text: view.decree.text,
      to: iso(view.decree.until),
    },
    incident: view.incident && {
      number: view.incident.incident.number,
      title: view.incident.incident.title,
      answer: view.incident.incident.answer,
      nextUpdateAt: time(view.incident.incident.nextUpdateAt),
      state: view.incident.incident.state,
      joined: view.incident.joined,
      restored: view.incident.question,
    },
    allowedActions: [...view.mayDo],
    objection: view.objection && { about: view.objection.about, askedAt: iso(view.objection.askedAt) },
    publish: view.publish,
  };
}
