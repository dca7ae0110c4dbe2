import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyPluginAsync,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import type { BlobDeps } from '../actions/attach.ts';
import type { Deps } from '../actions/deps.ts';
import type { ExportDeps } from '../actions/exports.ts';
import type { Feed } from '../actions/feed.ts';
import type { Intake } from '../actions/intake.ts';
import type { Answering, Outcome } from '../actions/register.ts';
import type { QueueWaits } from '../actions/waits.ts';
import type { Actor } from '../domain/work-order.ts';

/** What routes may use: the actions' needs, and the ways in that hold state of their own. */
export type HttpDeps = Deps &
  Readonly<{
    register: (intake: Intake, actor: Actor, answering?: Answering) => Promise<Outcome>;
    /** Clerks and agents who wait for work. */
    waits: QueueWaits;
    /** The files of attachments, and what makes pictures fit to be kept. */
    blobs: BlobDeps['blobs'];
    pictures: BlobDeps['pictures'];
    /** The copies of pictures that the public sees. */
    pictureFiles: BlobDeps['pictureFiles'];
    /** The files of exports, and the forms they are written in. */
    exportFiles: ExportDeps['exportFiles'];
    forms: ExportDeps['forms'];
    /** The one reader of the feed of facts, for whoever follows it. */
    feed: Feed;
    /** IP addresses that may be pushed to although they are not public. */
    webhookAllow: readonly string[];
    /** Where residents reach the city; null: the address the caller has used. */
    publicUrl: string | null;
  }>;

export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** A group of routes of one actor; every route's `schema` is zod, parsed on the way in and checked on the way out. */
export type Routes<Options extends object = HttpDeps> = FastifyPluginAsync<Options, RawServerDefault, ZodTypeProvider>;

/** Teaches Fastify to take zod for schemas. */
export function speakZod(app: FastifyInstance): App {
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  return app.withTypeProvider<ZodTypeProvider>();
}
