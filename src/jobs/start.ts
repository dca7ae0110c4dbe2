import type { Deps } from '../actions/deps.ts';
import { type ExportDeps, workExports } from '../actions/exports.ts';
import { type FileDeps, sweepFiles } from '../actions/files.ts';
import { fireDue, momentsTo } from '../actions/fire-timers.ts';
import type { Instant } from '../domain/time.ts';
import type { Listening } from '../store/notices.ts';
import type { Engine, Log } from './engine.ts';
import { startCounting } from './measure.ts';
import { oweToWebhooks, startPush } from './push.ts';
import { startReconcile } from './reconcile.ts';
import { startRelay } from './relay.ts';
import { repeating } from './repeat.ts';
import { type Handler, startWorkers, wantedBy } from './worker.ts';

/** `drill`: the city's time may jump, so what is due fires one by one as of its own moment. */
export type JobsOptions = Readonly<{
  deps: ExportDeps & FileDeps;
  notices: Pick<Listening, 'on'>;
  engine: Engine;
  log: Log;
  drill: boolean;
  handlers?: readonly Handler[];
  /** IP addresses that may be pushed to although they are not public. */
  webhookAllow?: readonly string[];
  scanMs?: number;
  /** How often the relay looks by itself, for facts whose notice was lost. */
  pollMs?: number;
}>;

/** Who acts on facts, one line each: built with what the actions need. */
const consumers: readonly ((deps: Deps) => Handler)[] = [() => oweToWebhooks];

/**
 * Everything that runs by itself: facts to their consumers, what is due when it is due, and the look after both every
 * `scanMs` of real time. The engine is the caller's and stays open. `stop` lets what is in hand end.
 */
export function startJobs(options: JobsOptions): Readonly<{ stop(): Promise<void> }> {
  const { deps, notices, engine, log, drill, scanMs = 5000, pollMs, webhookAllow = [] } = options;
  const { pool, now } = deps;
  const handlers = options.handlers ?? consumers.map((consumer) => consumer(deps));
  const fire = () => fireDue(deps, { inOrder: drill });
  const relay = startRelay({
    pool,
    engine,
    log,
    wanted: wantedBy(handlers),
    onWake: (wake) => notices.on('facts', wake),
    ...(pollMs && { pollMs }),
  });
  const workers = startWorkers({ engine, pool, handlers, fireDue: fire, log });
  const reconciler = startReconcile({
    pool,
    engine,
    relay,
    log,
    now,
    doorbells: (by) => momentsTo(deps, by as Instant),
    fireDue: fire,
    intervalMs: scanMs,
  });
  const counting = startCounting({ deps, log, onWake: (wake) => notices.on('facts', wake) });
  const push = startPush({ pool, allow: webhookAllow, log });
  // In real time: a long table keeps no clock from firing, and files are the machines' own matter.
  const exporting = repeating(() => workExports(deps), {
    everyMs: 2000,
    failed: 'exports could not be worked on',
    log,
  });
  const sweeping = repeating(() => sweepFiles(deps), { everyMs: 60_000, failed: 'files could not be swept', log });
  void reconciler.once(); // what came due while nobody ran
  return {
    async stop() {
      await Promise.all([
        reconciler.stop(),
        relay.stop(),
        workers.close(),
        push.stop(),
        counting.stop(),
        exporting.stop(),
        sweeping.stop(),
      ]);
    },
  };
}
