import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Deps } from '../actions/deps.ts';
import { backlog } from '../actions/vitals.ts';
import type { App } from './zod.ts';

/** What a process measures, and the text Prometheus collects. Labels name routes and queues, never people or orders. */
export type Metrics = Readonly<{ watch(app: App): void; text(): Promise<string>; contentType: string }>;

/** Measures this process, its answers, and what waits in the database, looked up when somebody collects. */
export function openMetrics({
  deps,
  queue,
}: Readonly<{ deps: Pick<Deps, 'pool' | 'now' | 'log'>; queue: () => 'up' | 'down' }>): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const answers = new Histogram({
    name: 'gridcall_http_answer_seconds',
    help: 'Time to answer, by route pattern and status',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30],
    registers,
  });
  new Gauge({
    name: 'gridcall_waiting',
    help: 'Facts not published, not handled or given up, and clocks that are due and have not fired',
    labelNames: ['what'],
    registers,
    async collect() {
      const found = await backlog(deps).catch(() => null);
      this.reset();
      for (const [what, n] of Object.entries(found ?? {})) this.set({ what }, n);
    },
  });
  new Gauge({
    name: 'gridcall_database_connections',
    help: 'Connections of the pool, and callers waiting for one',
    labelNames: ['what'],
    registers,
    collect() {
      this.set({ what: 'open' }, deps.pool.totalCount);
      this.set({ what: 'idle' }, deps.pool.idleCount);
      this.set({ what: 'wanted' }, deps.pool.waitingCount);
    },
  });
  new Gauge({
    name: 'gridcall_queue_up',
    help: 'Whether the queue engine takes writes',
    registers,
    collect() {
      this.set(queue() === 'up' ? 1 : 0);
    },
  });
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    watch(app) {
      app.addHook('onResponse', async (request, reply) => {
        const route = request.is404 ? 'unknown' : (request.routeOptions.url ?? 'unknown');
        answers.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
      });
    },
  };
}
