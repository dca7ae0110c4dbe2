import helmet from '@fastify/helmet';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import Fastify, { type FastifyBaseLogger, LogController } from 'fastify';
import { admin } from './http/admin.ts';
import { admissions } from './http/admissions.ts';
import { approvals } from './http/approvals.ts';
import { areas } from './http/areas.ts';
import { assists } from './http/assists.ts';
import { attachments } from './http/attachments.ts';
import { publicBoards } from './http/boards.ts';
import { bulletins } from './http/bulletins.ts';
import { calendars } from './http/calendars.ts';
import { callbacks } from './http/callbacks.ts';
import { callersDesk } from './http/callers.ts';
import { claims } from './http/claims.ts';
import { clients } from './http/clients.ts';
import { conduct } from './http/conduct.ts';
import { consents } from './http/consents.ts';
import { consultations } from './http/consultations.ts';
import { decrees } from './http/decrees.ts';
import { departments } from './http/departments.ts';
import { desk } from './http/desk.ts';
import { desks } from './http/desks.ts';
import { directory } from './http/directory.ts';
import { dossiers } from './http/dossiers.ts';
import { drill } from './http/drill.ts';
import { evaluations } from './http/evaluations.ts';
import { exclusions } from './http/exclusions.ts';
import { exporting } from './http/exports.ts';
import { externalIndices } from './http/external-indices.ts';
import { feeds } from './http/feeds.ts';
import { fieldRecords } from './http/field-records.ts';
import { gradedMeasures } from './http/graded-measures.ts';
import { hotMatters } from './http/hot-matters.ts';
import { rememberAnswers } from './http/idempotent.ts';
import { incidentRequests } from './http/incident-requests.ts';
import { incidents } from './http/incidents.ts';
import { inspections } from './http/inspections.ts';
import { readJson } from './http/json.ts';
import { judges } from './http/judges.ts';
import { judgingPolicy } from './http/judging-policy.ts';
import { keepLimits } from './http/limits.ts';
import { matterBoards } from './http/matter-boards.ts';
import { meetings } from './http/meetings.ts';
import { messages } from './http/messages.ts';
import type { Metrics } from './http/metrics.ts';
import { moves } from './http/moves.ts';
import { mutualReviews } from './http/mutual-reviews.ts';
import { transform, withProblems } from './http/openapi.ts';
import { type Operating, operations } from './http/operations.ts';
import { operators } from './http/operators.ts';
import { outages } from './http/outages.ts';
import { periodReviews } from './http/period-reviews.ts';
import { powerRecords } from './http/power-records.ts';
import { answerProblem, speakProblem } from './http/problem.ts';
import { residents } from './http/public.ts';
import { publicationPictures } from './http/publication-pictures.ts';
import { publishers } from './http/publishers.ts';
import { rateBoards } from './http/rate-boards.ts';
import { refusedPushRoutes } from './http/refused-pushes.ts';
import { requests } from './http/requests.ts';
import { restored } from './http/restored.ts';
import { sampling } from './http/sampling.ts';
import { servicePoints } from './http/service-points.ts';
import { services } from './http/services.ts';
import { snapshots } from './http/snapshots.ts';
import { statistics } from './http/statistics.ts';
import { streets } from './http/streets.ts';
import { supervisors } from './http/supervisors.ts';
import { surveyors } from './http/surveyors.ts';
import { surveys } from './http/surveys.ts';
import { undertakings } from './http/undertakings.ts';
import { answerUnreadable } from './http/unreadable.ts';
import { vendors } from './http/vendors.ts';
import { webhooks } from './http/webhooks.ts';
import { knowWho } from './http/who.ts';
import { workOrders } from './http/work-orders.ts';
import { type App, type HttpDeps, type Routes, speakZod } from './http/zod.ts';

/** Every group of routes below /v1, one line each. */
const groups: readonly Routes[] = [
  operators,
  workOrders,
  approvals,
  admissions,
  refusedPushRoutes,
  desks,
  assists,
  attachments,
  moves,
  desk,
  requests,
  callersDesk,
  residents,
  publicBoards,
  publishers,
  publicationPictures,
  rateBoards,
  matterBoards,
  bulletins,
  claims,
  departments,
  feeds,
  streets,
  supervisors,
  powerRecords,
  undertakings,
  statistics,
  meetings,
  consultations,
  snapshots,
  hotMatters,
  surveyors,
  sampling,
  restored,
  surveys,
  callbacks,
  vendors,
  messages,
  mutualReviews,
  judges,
  exclusions,
  judgingPolicy,
  inspections,
  gradedMeasures,
  conduct,
  incidents,
  incidentRequests,
  outages,
  evaluations,
  periodReviews,
  dossiers,
  consents,
  decrees,
  webhooks,
  admin,
  areas,
  directory,
  calendars,
  clients,
  services,
  servicePoints,
  externalIndices,
  fieldRecords,
];

/**
 * What the program adds to the routes' needs: its log, its metrics, whether there is a drill, whose clock can be moved,
 * whether it serves anybody but those who run it, and how long what is ready may wait before calls are turned away, in
 * milliseconds (default: 5000; 0 turns nobody away).
 */
export type AppDeps = HttpDeps &
  Operating &
  Readonly<{ logger?: FastifyBaseLogger; metrics?: Metrics; drill?: boolean; isApi?: boolean; mostDelayMs?: number }>;

/** The whole HTTP face of the service. Does not listen, so that tests can use it without a port. */
export async function buildApp(deps: AppDeps): Promise<App> {
  const app = speakZod(
    Fastify({
      ...(deps.logger ? { loggerInstance: deps.logger } : { logger: false }),
      logController: new LogController({ disableRequestLogging: true }),
      bodyLimit: 1_048_576,
      requestTimeout: 300_000, // who sends drop by drop must not hold a connection, and half a file, for ever
      requestIdHeader: false,
      trustProxy: false,
      routerOptions: { maxParamLength: 500 },
      frameworkErrors: answerProblem,
      clientErrorHandler: answerUnreadable,
    }),
  );
  speakProblem(app);
  readJson(app);
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'gridcall', version: '1', description: '网格一呼，服务即到: the backend of a citizen hotline' },
      components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
      security: [{ key: [] }],
    },
    transform,
    transformObject: withProblems,
  });
  // Before anybody is turned away, so that refusals have its headers too. A city's own network has no certificates
  // everywhere: pages must not be told to fetch their parts over TLS.
  await app.register(helmet, { contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } } });
  knowWho(app, deps);
  rememberAnswers(app, deps);
  await keepLimits(app, deps.mostDelayMs ?? 5000);
  deps.metrics?.watch(app);
  await app.register(swaggerUi, { routePrefix: '/docs' });
  let written: string | undefined; // the same for as long as the program runs
  app.get('/openapi.json', { config: { for: 'public' }, schema: { hide: true } }, async (_request, reply) => {
    written ??= JSON.stringify(app.swagger());
    return reply.type('application/json').serializer(String).send(written);
  });
  await app.register(operations, deps);
  if (deps.isApi === false) return app;
  if (deps.drill === true) await app.register(drill, { prefix: '/v1', ...deps });
  for (const routes of groups) await app.register(routes, { prefix: '/v1', ...deps });
  await app.register(exporting, { prefix: '/v1', ...deps }); // goes by the routes of every list
  return app;
}
