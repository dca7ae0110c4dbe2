import { z } from 'zod';
import { explainPower, type PowerOrders, powerHistory } from '../actions/power-records.ts';
import { written } from '../domain/time.ts';
import { historyOf } from './histories.ts';
import { granted } from './problem.ts';
import * as s from './shapes.ts';

import { allRoles } from './who.ts';
import type { Routes } from './zod.ts';

const readers = allRoles.filter((role) => !['survey_vendor', 'publisher', 'judge'].includes(role));

const collections: Readonly<Record<PowerOrders, string>> = {
  'coordination-orders': 'coordination',
  'supervision-orders': 'supervision',
};

/** One case room for everybody on an order of a power: what became true of it, and what its clocks counted. */
export const powerRecords: Routes = async (app, deps) => {
  for (const [of, tag] of Object.entries(collections) as [PowerOrders, string][]) {
    historyOf(app, of, {
      for: readers,
      tags: [tag],
      summary: `What became true of the ${tag} order, oldest first`,
      read: (id, page, actor) => powerHistory(deps, { of, id, ...page }, actor),
    });

    app.get(
      `/${of}/:id/clocks`,
      {
        config: { for: readers },
        schema: {
          summary: `Every clock of the ${tag} order with its segments explained`,
          tags: [tag],
          params: s.idParams,
          response: { 200: z.object({ items: z.array(z.unknown()) }) },
        },
      },
      async ({ params: { id }, actor }) => ({
        items: written(granted(await explainPower(deps, of, id, actor))) as never[],
      }),
    );
  }
};
