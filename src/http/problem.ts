import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors, isResponseSerializationError } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { isRefusal, type Refusal, type RefusalCode, Refused, refusals, refuse } from '../domain/refusal.ts';
import { written } from '../domain/time.ts';
import { type Language, sayIn } from '../domain/words.ts';
import { type Fault, faultsOf } from './faults.ts';

/** The only place that knows both vocabularies. A new refusal without a status does not compile. */
const httpStatus = {
  'not-found': 404,
  'wrong-state': 409,
  'not-yours': 403,
  'reason-missing': 422,
  'basis-missing': 422,
  'unit-unknown': 422,
  'post-unknown': 422,
  'category-unknown': 422,
  'category-not-leaf': 422,
  'category-missing': 409,
  'area-unknown': 422,
  'channel-unknown': 422,
  'already-placed': 409,
  'directory-undecided': 409,
  'off-duty-list': 409,
  'assessment-task': 409,
  'administrative-act': 409,
  'same-unit': 409,
  'not-of-the-unit': 422,
  'not-subordinate': 409,
  'pass-down-late': 409,
  designated: 409,
  'return-late': 409,
  'returned-before': 409,
  'make-safe-first': 409,
  'dispute-late': 409,
  'pending-already': 409,
  'not-pending': 409,
  'own-request': 403,
  'not-the-decider': 403,
  'not-late': 409,
  'contest-late': 409,
  'contested-before': 409,
  'receiver-missing': 422,
  'not-guarded': 409,
  'transfer-missing': 422,
  'contract-missing': 422,
  'admitted-already': 409,
  'negative-list': 409,
  'cause-not-listed': 422,
  'too-long': 422,
  'not-later': 422,
  'not-earlier': 422,
  'extension-late': 409,
  'extensions-used': 409,
  'emergency-never': 409,
  'in-the-past': 422,
  'in-the-future': 422,
  'later-than-the-limit': 422,
  'too-early': 409,
  'signed-by-a-clerk': 409,
  'urgent-never': 409,
  'evidence-missing': 422,
  'photos-missing': 422,
  'requester-not-told': 422,
  'leader-signature-missing': 409,
  'contact-not-applicable': 422,
  'explanation-missing': 422,
  'answer-missing': 422,
  'target-closed': 409,
  'merge-self': 409,
  'not-merged': 409,
  'requester-window': 409,
  'reopened-before': 409,
  'withdrawn-already': 409,
  'request-unknown': 422,
  'verifier-only': 403,
  'not-superior': 403,
  'same-holder': 409,
  'task-done': 409,
  'assist-done': 409,
  'follow-up-done': 409,
  'survey-over': 410,
  'calls-over': 409,
  'outside-calling-hours': 422,
  'day-part-used': 422,
  'called-too-soon': 422,
  'call-back-missing': 422,
  'handling-unit-asks': 403,
  'answer-differs': 409,
  'answer-unknown': 422,
  'class-missing': 422,
  'not-adverse': 409,
  'excluded-before': 409,
  'exclusion-late': 409,
  'not-excluded': 409,
  'inspection-done': 409,
  'inspection-moot': 409,
  'inspection-over': 409,
  'answers-awaited': 409,
  'judged-already': 409,
  'judgement-over': 409,
  'not-drawn': 403,
  'opinion-given': 409,
  recused: 403,
  'lease-lost': 409,
  'no-power': 403,
  'outside-jurisdiction': 409,
  'units-missing': 422,
  'called-already': 409,
  'work-orders-missing': 422,
  'work-order-ended': 409,
  'slot-backwards': 422,
  'matter-missing': 422,
  'matter-unknown': 422,
  'required-units-missing': 422,
  'quorum-missing': 422,
  'units-not-released': 409,
  'outcome-missing': 422,
  'result-missing': 422,
  'reply-missing': 422,
  'demand-missing': 422,
  'own-order': 403,
  'not-the-supervisor': 403,
  'not-answerable': 409,
  'period-unknown': 422,
  'not-a-side': 409,
  'cycle-over': 409,
  'index-values-wrong': 422,
  'index-value-differs': 409,
  'entry-withdrawn': 409,
  'scheme-unknown': 422,
  'evaluated-already': 409,
  'evaluation-closed': 409,
  'not-evaluated': 422,
  'not-excellent': 409,
  'not-appointing': 403,
  'not-served': 409,
  'not-in-command': 403,
  'not-a-meeting-level': 409,
  'item-listed': 409,
  'item-unknown': 422,
  'item-decided': 409,
  'not-a-member': 409,
  'minutes-missing': 409,
  'text-missing': 422,
  'reach-invalid': 422,
  'decree-over': 409,
  'outside-territory': 403,
  'urgent-never-pauses': 422,
  'notice-over': 409,
  'leads-incident': 409,
  'lead-unit-differs': 409,
  'urgent-stays-alone': 409,
  'not-asked': 409,
  'not-publishable': 409,
  'publication-exists': 409,
  'correction-missing': 422,
  'shift-unknown': 404,
  'signature-wrong': 401,
  unauthorized: 401,
  forbidden: 403,
  'code-wrong': 404,
  'idempotency-key-missing': 400,
  'idempotency-mismatch': 422,
  'idempotency-running': 409,
  'precondition-missing': 428,
  'stale-version': 412,
  invalid: 400,
  malformed: 400,
  'address-malformed': 400,
  'too-slow': 408,
  'headers-too-large': 431,
  'too-large': 413,
  'unsupported-media-type': 415,
  'picture-unreadable': 422,
  'pictures-unchecked': 422,
  'handling-unit-checks': 403,
  'method-not-allowed': 405,
  'route-unknown': 404,
  'too-many-requests': 429,
  'calendar-unpublished': 422,
  'version-blocked': 409,
  'warnings-not-accepted': 409,
  'already-active': 409,
  'configuration-invalid': 422,
  'unit-not-ready': 409,
  'unit-in-use': 409,
  'two-keys-active': 409,
  'code-taken': 409,
  'address-refused': 422,
  'clock-backwards': 409,
  unavailable: 503,
  internal: 500,
} as const satisfies Record<RefusalCode, number>;

/** The status each refusal is answered with. */
export const statusOf = (code: RefusalCode): number => httpStatus[code];

/** What was asked for, if the city said yes; if it said no, leaves through the error handler below. */
export function granted<T>(outcome: T | Refusal): T {
  if (isRefusal(outcome)) throw new Refused(outcome);
  return outcome;
}

/** RFC 9457: what every failure looks like to a client. */
export type Problem = Readonly<{
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  code: RefusalCode;
  requestId: string;
  errors?: readonly Fault[];
}> &
  Readonly<Record<string, unknown>>;

/** Whether a client asked for a page to look at. */
export const asksForPage = ({ headers }: Pick<FastifyRequest, 'headers'>): boolean =>
  (headers.accept ?? '').includes('text/html');

/** The language a client asked for: Chinese unless English is preferred. */
export function languageOf(request: Pick<FastifyRequest, 'headers'>): Language {
  const wanted = (request.headers['accept-language'] ?? '')
    .split(',')
    .map((part) => {
      const [tag = '', q] = part.trim().split(';q=');
      return { tag: tag.toLowerCase(), q: q === undefined ? 1 : Number(q) || 0 };
    })
    .filter(({ tag }) => /^(zh|en)\b/.test(tag))
    .toSorted((a, b) => b.q - a.q)[0];
  return wanted?.tag.startsWith('en') ? 'en' : 'zh';
}

/** The problem document of a refusal, in the client's language. Details become members of their own, instants as they are elsewhere. */
export function problemOf(
  refusal: Refusal,
  request: Pick<FastifyRequest, 'headers' | 'id' | 'url'>,
  errors?: readonly Fault[],
): Problem {
  const { code, details } = refusal;
  const title = sayIn(languageOf(request))(refusals[code]);
  return {
    ...(written(details) as Refusal['details']),
    type: `/problems/${code}`,
    title,
    status: statusOf(code),
    detail: errors?.map((e) => `${e.pointer} ${e.message}`).join('; ') || title,
    instance: request.url.split('?')[0] ?? '/',
    code,
    requestId: request.id,
    ...(errors ? { errors } : {}),
  };
}

const fastifyCodes: Readonly<Record<number, RefusalCode>> = {
  400: 'malformed',
  404: 'route-unknown',
  405: 'method-not-allowed',
  406: 'malformed',
  411: 'malformed',
  413: 'too-large',
  414: 'too-large',
  415: 'unsupported-media-type',
  429: 'too-many-requests',
  431: 'too-large',
  503: 'unavailable',
};

function refusalOf(
  error: FastifyError | Refused,
  request: FastifyRequest,
): Readonly<{ refusal: Refusal; errors?: readonly Fault[] }> {
  if (error instanceof Refused) return { refusal: error.refusal };
  if (hasZodFastifySchemaValidationErrors(error))
    return { refusal: refuse('invalid'), errors: saidAgain(error, request) ?? error.validation.map(faultOf) };
  if (isResponseSerializationError(error)) return { refusal: refuse('internal') };
  const status = error.statusCode ?? 500;
  if (error.code === 'FST_ERR_BAD_URL') return { refusal: refuse('address-malformed') };
  if (isDatabaseAway(error)) return { refusal: refuse('unavailable') };
  return { refusal: refuse(status >= 500 ? 'internal' : (fastifyCodes[status] ?? 'malformed')) };
}

const faultOf = ({ instancePath, message }: Readonly<{ instancePath: string; message?: string }>): Fault => ({
  pointer: instancePath || '/',
  message: message ?? 'is not valid',
});

/** The faults of a request in its own language: shapes are made once, for everybody, so it is looked at again. */
function saidAgain({ validationContext: where }: FastifyError, request: FastifyRequest): readonly Fault[] | null {
  const part = (['body', 'params', 'headers'] as const).find((name) => name === where);
  const [name, sent] = part === undefined ? ['querystring' as const, request.query] : [part, request[part]];
  const shape = request.routeOptions.schema?.[name];
  const faults = shape instanceof z.ZodType ? faultsOf(shape, sent, languageOf(request)) : [];
  return faults.length > 0 ? faults : null;
}

/** What a failure that is nobody's refusal is called: the database away, or a fault of ours. */
export const codeOfFailure = (error: unknown): RefusalCode =>
  isDatabaseAway(error as { code?: string }) ? 'unavailable' : 'internal';

/** The database cannot be reached, or is going down: the client may try again. */
const isDatabaseAway = (error: { code?: string }): boolean => /^(ECONN|EPIPE|57P0|08|53300)/.test(error.code ?? '');

/** The media types that a route takes. */
const acceptedBy = ({ routeOptions: { schema } }: FastifyRequest): readonly string[] =>
  schema?.consumes ?? ['application/json'];

/** One shape for every error a client can meet, Fastify's own included. */
export function answerProblem(
  error: FastifyError | Refused,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const { refusal, errors } = refusalOf(error, request);
  const accepts = refusal.code === 'unsupported-media-type' ? { accepts: acceptedBy(request) } : {};
  const problem = { ...accepts, ...problemOf(refusal, request, errors) };
  // The error's own words may quote what a resident said: only its place is logged.
  if (problem.status >= 500)
    request.log.error({ code: 'code' in error ? error.code : undefined, stack: stackOf(error) }, 'request failed');
  if (problem.status === 503 || refusal.code === 'idempotency-running') reply.header('retry-after', '1');
  if (refusal.code === 'unauthorized') reply.header('www-authenticate', 'Bearer');
  // Some failures come before anything else has seen the request.
  reply.header('x-content-type-options', 'nosniff');
  return reply.code(problem.status).type('application/problem+json').serializer(JSON.stringify).send(problem);
}

/** Lets the server answer every failure, and every unknown route, as a problem document. */
export function speakProblem(app: FastifyInstance): void {
  app.setErrorHandler<FastifyError | Refused>(answerProblem);
  app.setNotFoundHandler((request, reply) => answerProblem(new Refused(refuse('route-unknown')), request, reply));
}

const stackOf = (error: Error): string => (error.stack ?? '').split('\n').slice(1, 6).join('\n');
