import { z } from 'zod';
import { dutyListKinds, roles, severities, tiers, unitKinds, verifications } from '../domain/city.ts';
import { type ClockKind, clockKinds } from '../domain/clocks.ts';
import { cuts, type TermSource, termSources } from '../domain/evaluation-scheme.ts';
import { indexCuts, indexMeasures } from '../domain/external-index.ts';
import { countActions, countKinds, ladderAddressees } from '../domain/ladder.ts';
import { toldPosts } from '../domain/post-told.ts';
import { serviceWays } from '../domain/service.ts';
import { supervisionGrades } from '../domain/supervision.ts';
import { weekdays } from '../domain/unit-hours.ts';
import * as s from './shapes.ts';

/** A member that may be left out or null: then it is null. */
const nullable = <T extends z.ZodType>(type: T) => type.nullable().default(null);
const codes = (most: number) => z.array(s.code).max(most);

const shift = z.tuple([z.string().max(5), z.string().max(5)]).describe('opens and closes, HH:MM; 24:00 ends the day');
export const unitHours = z.object({
  week: z.partialRecord(z.enum(weekdays), z.array(shift).max(6)),
  holidays: z.boolean().optional().describe('open on public holidays too'),
});

export const unitIn = z.object({
  name: s.said(100),
  kind: z.enum(unitKinds),
  parent: nullable(s.code),
  line: nullable(s.code),
  area: nullable(s.code),
  hours: nullable(unitHours),
  leaderSigns: z.boolean().default(false),
  group: nullable(s.said(64)).describe('those it is ranked among; null: units of its own kind'),
});

export const postIn = z.object({
  unit: s.code,
  name: s.said(100),
  role: z.enum(roles),
  holderA: s.said(100),
  holderB: nullable(s.said(100)),
  acting: z.enum(['A', 'B']).optional().describe('stays as it is where nothing is said'),
  areas: codes(500).default([]),
  skills: z.array(s.said(64)).max(50).default([]),
});

export const categoryIn = z.object({
  leaf: z.boolean().default(true),
  needsPlace: z.boolean().default(true),
  severity: z.enum(severities).default('ordinary'),
  tier: z.enum(tiers).default('ordinary'),
  verification: z.enum(verifications).default('field'),
  coHandlers: codes(20).default([]),
  comprehensive: z.boolean().default(false),
  administrativeAct: z.boolean().default(false),
  assessment: z.boolean().default(false).describe('only the district sets it to a street or community'),
  safety: z.boolean().default(false),
  emergencyWords: z.array(s.said(20)).max(100).default([]),
  questions: z
    .array(z.object({ key: s.said(64), text: s.said(500), required: z.boolean().default(false) }))
    .max(30)
    .default([]),
  statutory: nullable(
    z.object({
      amount: z.number().int().min(1).max(366),
      kind: z.enum(['calendar_day', 'working_day']),
      law: s.said(200),
    }),
  ),
  retired: nullable(z.object({ reason: s.said(1000), rightPath: s.said(1000) })),
});

export const dutyIn = z.object({
  unitKind: nullable(z.enum(['street', 'community'])),
  unit: nullable(s.code),
  category: s.said(200),
  list: z.enum(dutyListKinds),
  text: s.said(500),
  basis: nullable(s.said(200)).describe('the admission it came by, or another written basis'),
});

export const channelIn = z.object({ name: s.said(100) });

export const articleIn = z.object({ title: s.said(200), category: nullable(s.said(200)), text: s.said(20_000) });

export const serviceLimit = z
  .object({ days: z.number().int().min(1).max(366), kind: z.enum(['working_day', 'calendar_day']) })
  .nullable()
  .describe('null: done while one waits');
export const serviceIn = z.object({
  name: s.said(200),
  unit: s.code,
  category: nullable(s.said(200)),
  materials: z.array(s.said(200)).max(50).default([]),
  limit: serviceLimit.default(null),
  visitsNeeded: z.number().int().min(0).max(20).describe('how often somebody has to come (到现场次数)'),
  ways: z.array(z.enum(serviceWays)).min(1).max(serviceWays.length),
  article: nullable(s.code).describe('its standard answer in the knowledge base'),
});

export const servicePointIn = z.object({
  name: s.said(100),
  kind: s.said(64).describe('the city’s own word: 网格党群服务中心, 便民服务站 …'),
  unit: s.code,
  lon: z.number().min(-180).max(180),
  lat: z.number().min(-90).max(90),
  crs: z.enum(['wgs84', 'gcj02', 'bd09', 'cgcs2000']).default('wgs84').describe('it is kept in WGS 84'),
  address: nullable(s.text(500)),
  hours: nullable(unitHours),
});

export const externalIndexIn = z.object({
  name: s.said(100),
  source: s.said(200).describe('who measures it'),
  measure: z.enum(indexMeasures).default('points'),
  cut: z.enum(indexCuts).describe('how often it is measured'),
});

export const clockRulesIn = z.object({
  version: s.said(64).describe('a name this policy has not had'),
  rows: z
    .array(
      z.object({
        clock: z.enum(clockKinds as readonly [ClockKind, ...ClockKind[]]),
        variant: s.said(40),
        kind: z.enum(['wall', 'calendar_day', 'working_day', 'working_hour']),
        amount: z.number().describe('minutes for wall and working_hour, days for the others'),
      }),
    )
    .min(1)
    .max(200),
});

/** An address or a range of addresses from which a key may be used. */
export const cidr = z.union([z.cidrv4(), z.cidrv6(), z.ipv4(), z.ipv6()]);

const rungMoment = z.union([
  z.strictObject({ percent: z.number().describe('of the limit; 100 is the limit itself') }),
  z.strictObject({ workingDaysAfter: z.number().describe('after the limit') }),
  z.strictObject({ minutesFromStart: z.number().describe('of wall time') }),
  z.strictObject({ workingHoursFromStart: z.number().describe('of the unit’s time') }),
  z.strictObject({ factor: z.number().describe('2 is twice the limit') }),
]);

const ladderAction = z.union([
  z.strictObject({ do: z.literal('warn') }),
  z.strictObject({ do: z.enum(['urge', 'tell']), whom: z.enum(ladderAddressees) }),
  z.strictObject({
    do: z.literal('supervise'),
    grade: z.enum(supervisionGrades),
    by: z.enum(['street_of_place', 'district']),
  }),
  z.strictObject({ do: z.literal('one_level_up'), levels: z.number() }),
  z.strictObject({ do: z.literal('tell_post'), whom: z.enum(toldPosts) }),
  z.strictObject({ do: z.literal('ring'), whom: z.enum(['post_b', 'duty_leader']) }),
  z.strictObject({
    do: z.enum(['human_acknowledgement', 'sign_by_timeout', 'unverified', 'replace_judges', 'next_grade']),
  }),
]);

export const ladderIn = z.object({
  version: s.said(64).describe('a name this policy has not had'),
  rungs: z
    .array(
      z.object({
        id: s.said(64).describe('kept when the row is edited: what has fired does not fire again'),
        clocks: z.array(z.enum(clockKinds as readonly [ClockKind, ...ClockKind[]])).max(clockKinds.length),
        tiers: nullable(z.array(z.enum(tiers)).max(tiers.length)),
        urgency: nullable(z.enum(['normal', 'urgent'])),
        at: rungMoment,
        actions: z.array(ladderAction).max(10),
      }),
    )
    .max(200),
  counts: z
    .array(
      z.object({
        id: s.said(64),
        count: z.enum(countKinds),
        times: z.number().describe('of leads 2 at least'),
        action: z.enum(countActions).describe('arbitration is of returns, rework of unsolved at the first time'),
      }),
    )
    .max(50),
  hot: z.object({ people: z.number(), orders: z.number(), days: z.number() }),
});

export const jointMatterIn = z.object({
  name: s.said(100),
  category: nullable(s.said(200)),
  requiredUnits: codes(20).min(1),
  quorum: z.number().int().min(1).max(50),
  lead: s.code,
  powerItem: s.said(200).describe('the line of the power list it stands on'),
});

export const evaluationSchemeIn = z.object({
  name: s.said(100),
  unitKind: z.enum(unitKinds),
  cut: z.enum(cuts),
  terms: z
    .array(
      z.object({
        code: s.said(40),
        name: s.said(100),
        source: z.enum(Object.keys(termSources) as [TermSource, ...TermSource[]]),
        weight: z.number().min(0).max(1).describe('its part of the whole; together 1'),
      }),
    )
    .min(1)
    .max(20),
});

export const powerIn = z.object({
  roles: z.array(z.enum(roles)).max(roles.length),
  units: nullable(codes(500)).describe('null: every unit of the level'),
});

export const powerParams = z.object({
  power: z.enum(['coordination', 'supervision']),
  level: z.enum(['community', 'street', 'district']),
});
export const powerOut = powerParams.extend({ roles: z.array(z.enum(roles)), units: z.array(z.string()).nullable() });

export const clientIn = z.object({
  name: s.said(100),
  roles: z.array(z.enum(roles)).min(1).max(roles.length),
  unit: nullable(s.code),
  areas: nullable(codes(500)),
  channels: nullable(codes(100)),
  cidrs: z.array(cidr).max(50).default([]),
  expiresAt: nullable(s.moment),
});
export const clientOut = z.object({
  id: z.string(),
  name: z.string(),
  roles: z.array(z.string()),
  unit: z.string().nullable(),
  areas: z.array(z.string()).nullable(),
  channels: z.array(z.string()).nullable(),
  cidrs: z.array(z.string()),
  createdAt: s.momentOut,
  expiresAt: s.momentOut.nullable(),
  revokedAt: s.momentOut.nullable(),
  active: z.boolean(),
});

export const publicationIn = z.object({
  version: s.said(64),
  holdWorkingDays: z.object({
    problem: z.number().int().min(0).max(30),
    result: z.number().int().min(0).max(30),
  }),
  excludedCategories: z.array(s.said(200)).max(500),
});
