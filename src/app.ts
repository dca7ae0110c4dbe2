import helmet from '@fastify/helmet';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import Fastify, { type FastifyBaseLogger, LogController } from 'fastify';
import { rememberAnswers } from './http/idempotent.ts';
import { transform, withProblems } from './http/openapi.ts';
import { keepLimits } from './http/limits.ts';
import { operators } from './http/operators.ts';
import { speakProblem } from './http/problem.ts';
import { knowWho } from './http/who.ts';
import { workOrders } from './http/work-orders.ts';
import { type App, type HttpDeps, type Routes, speakZod } from './http/zod.ts';

/** Every group of routes below /v1, one line each. */
const groups: readonly Routes[] = [operators, workOrders];

/** The whole HTTP face of the service. Does not listen, so that tests can use it without a port. */
export async function buildApp(deps: HttpDeps & Readonly<{ logger?: FastifyBaseLogger }>): Promise<App> {
  const app = speakZod(
    Fastify({
      ...(deps.logger ? { loggerInstance: deps.logger } : { logger: false }),
      logController: new LogController({ disableRequestLogging: true }),
      bodyLimit: 1_048_576,
      requestIdHeader: false,
      trustProxy: false,
      routerOptions: { maxParamLength: 500 },
    }),
  );
  speakProblem(app);
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
  knowWho(app, deps);
  rememberAnswers(app, deps);
  await keepLimits(app);
  await app.register(helmet);
  await app.register(swaggerUi, { routePrefix: '/docs' });
  app.get('/openapi.json', { config: { for: 'public' }, schema: { hide: true } }, async () => app.swagger() as never);
  for (const routes of groups) await app.register(routes, { prefix: '/v1', ...deps });
  return app;
}
