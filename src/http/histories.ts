import { z } from 'zod';
import type { StoredFact } from '../actions/look.ts';
import type { Role } from '../domain/city.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { Actor } from '../domain/work-order.ts';
import { paged } from './paging.ts';
import { granted } from './problem.ts';
import * as s from './shapes.ts';
import { factView } from './views.ts';
import type { App } from './zod.ts';

type History = Readonly<{
  for: readonly Role[];
  tags: string[];
  summary: string;
  read: (
    id: string,
    page: Readonly<{ after: number; limit: number }>,
    actor: Actor,
  ) => Promise<readonly StoredFact[] | Refusal>;
}>;

/** The route of the history of each thing of a collection: what became true of it, oldest first. */
export const historyOf = (app: App, path: string, { for: readers, tags, summary, read }: History): void => {
  app.get(
    `/${path}/:id/events`,
    {
      config: { for: readers },
      schema: {
        summary,
        tags,
        params: s.idParams,
        querystring: z.object({ limit: s.limit, cursor: z.coerce.number().int().min(0).default(0) }),
        response: { 200: s.pageOf(s.eventOut) },
      },
    },
    async ({ params: { id }, query: { limit, cursor }, actor }) => {
      const facts = granted(await read(id, { after: cursor, limit: limit + 1 }, actor));
      return paged(facts, limit, factView, (last) => String(last.id));
    },
  );
};
