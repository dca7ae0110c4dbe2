import { readFileSync } from 'node:fs';
import type { ApprovalTerms } from '../../src/domain/approval.ts';
import { type Asking, ask, rule } from '../../src/domain/approvals.ts';
import { alwaysOpen, buildCalendar, type HolidayNotice, officeHours } from '../../src/domain/calendar.ts';
import type { Category, City, DirectoryRow, DutyLine, Post, Role, Unit, UnitKind } from '../../src/domain/city.ts';
import { defaultClockRules } from '../../src/domain/clocks.ts';
import type { Said } from '../../src/domain/commands.ts';
import { type Command, type Decision, decide, settle } from '../../src/domain/decide.ts';
import type { Verdict } from '../../src/domain/granting.ts';
import { defaultLadder } from '../../src/domain/ladder-rows.ts';
import type { Action } from '../../src/domain/lifecycle.ts';
import type { Placement } from '../../src/domain/placement.ts';
import { type Refusal, refusals } from '../../src/domain/refusal.ts';
import { type Report, register } from '../../src/domain/register.ts';
import type { RequestId, WorkOrderId } from '../../src/domain/request.ts';
import { defaultSampling } from '../../src/domain/sampling.ts';
import { atLocal, type Instant } from '../../src/domain/time.ts';
import { type Actor, type State, theSystem, type WorkOrder } from '../../src/domain/work-order.ts';

/** 'YYYY-MM-DD HH:MM' in the city. */
export const at = (local: string): Instant => atLocal(local.slice(0, 10), local.slice(11));

/** Monday morning; two plain weeks follow. */
export const monday = at('2026-03-02 09:00');

const unit = (code: string, kind: UnitKind, parent: string | null, more: Partial<Unit> = {}): Unit => ({
  code,
  name: code,
  kind,
  parent,
  line: null,
  area: null,
  hours: null,
  leaderSigns: false,
  ...more,
});

const category = (code: string, more: Partial<Category> = {}): Category => ({
  code,
  name: code,
  parent: code.includes('/') ? code.slice(0, code.lastIndexOf('/')) : null,
  leaf: true,
  needsPlace: true,
  severity: 'ordinary',
  tier: 'ordinary',
  verification: 'field',
  coHandlers: [],
  comprehensive: false,
  administrativeAct: false,
  safety: false,
  emergencyWords: [],
  questions: [],
  statutory: null,
  retired: null,
  ...more,
});

const row = (category: string, more: Partial<DirectoryRow>): DirectoryRow => ({
  line: `row ${category} ${more.area ?? 'everywhere'}`,
  category,
  area: null,
  unit: null,
  level: null,
  dutyBasis: `duty of ${category}`,
  tier: null,
  coHandlers: [],
  ceiling: null,
  ...more,
});

const duty = (line: string, unitKind: DutyLine['unitKind'], category: string, list: DutyLine['list']): DutyLine => ({
  line,
  unitKind,
  unit: null,
  category,
  list,
  text: `${unitKind} ${list} ${category}`,
});

const byCode = <T extends { code: string }>(things: readonly T[]): ReadonlyMap<string, T> =>
  new Map(things.map((thing) => [thing.code, thing]));

const notices = [2025, 2026, 2027].map(
  (year): HolidayNotice =>
    JSON.parse(readFileSync(new URL(`../../src/dev/city/calendar/${year}.json`, import.meta.url), 'utf8')),
);

const units = byCode([
  unit('hotline', 'hotline_centre', null),
  unit('district', 'district', 'hotline', { area: 'D' }),
  unit('street-a', 'street', 'district', { area: 'DA' }),
  unit('street-b', 'street', 'district', { area: 'DB' }),
  unit('community-a1', 'community', 'street-a', { area: 'DA1' }),
  unit('community-a2', 'community', 'street-a', { area: 'DA2' }),
  unit('community-b1', 'community', 'street-b', { area: 'DB1' }),
  unit('lights', 'department', 'district'),
  unit('enforcement', 'department', 'district', { leaderSigns: true }),
  unit('water', 'department', 'district'),
  unit('enforcement-a', 'stationed', 'street-a', { line: 'enforcement', area: 'DA' }),
  unit('power', 'utility', 'hotline', { hours: alwaysOpen }),
  unit('property-a', 'property_company', 'street-a'),
]);

const aPost = (code: string, unit: string, role: Role, more: Partial<Post> = {}): Post => ({
  code,
  unit,
  name: code,
  role,
  holderA: `${code} a`,
  holderB: `${code} b`,
  acting: 'A',
  areas: [],
  skills: [],
  ...more,
});
/** Where the judges come from: four of nobody's side, the others each of one. */
const seatsOfJudges = [
  'hotline',
  'hotline',
  'hotline',
  'hotline',
  'street-a',
  'street-b',
  'lights',
  'community-a1',
  'enforcement',
];

/** A city of one district and two streets, whose units have other codes than the areas they serve. */
export const city: City = {
  version: 'test-1',
  units,
  posts: [
    ...[...units.keys()].map((unit) => aPost(`${unit}-clerk`, unit, 'unit_clerk', { holderA: 'a', holderB: 'b' })),
    ...seatsOfJudges.map((unit, n) => aPost(`judge-${n + 1}`, unit, 'judge')),
    ...['hotline', 'hotline', 'hotline', 'district'].map((unit, n) => aPost(`inspector-${n + 1}`, unit, 'inspector')),
  ],
  categories: byCode([
    category('city', { leaf: false }),
    category('city/light'),
    category('city/litter', { severity: 'small', verification: 'none' }),
    category('city/hawkers'),
    category('city/flood', { coHandlers: ['water', 'enforcement'], verification: 'desk' }),
    category('city/wires', { safety: true, tier: 'utility', verification: 'none' }),
    category('city/building', { administrativeAct: true, severity: 'major' }),
    category('city/tree', { verification: 'sample' }),
    category('city/stairs', { verification: 'desk' }),
    category('city/lost', {}),
    category('city/kiosk', { retired: { reason: 'no longer issued', rightPath: 'show the card' } }),
    category('people', { leaf: false, needsPlace: false }),
    category('people/wages', {
      needsPlace: false,
      statutory: { amount: 60, kind: 'working_day', law: 'labour law' },
    }),
    category('people/pension', { needsPlace: false, verification: 'none' }),
  ]),
  directory: {
    version: 'directory-1',
    rows: [
      row('city/light', { unit: 'lights' }),
      row('city/light', { unit: 'power', area: 'DB' }),
      row('city/light', { unit: 'property-a', area: 'DB1' }),
      row('city/litter', { level: 'community' }),
      row('city/hawkers', { level: 'street' }),
      row('city/flood', { unit: 'district' }),
      row('city/wires', { unit: 'power', tier: 'utility' }),
      row('city/building', { level: 'community' }),
      row('city/tree', { unit: 'lights', tier: 'hard' }),
      row('city/stairs', { unit: 'property-a' }),
      row('people/pension', { unit: 'water' }),
      row('people/wages', { unit: 'lights' }),
    ],
  },
  dutyLists: [
    duty('community 1', 'community', 'city/litter', 'assist'),
    duty('community 2', 'community', 'city/light', 'purchase'),
    duty('community 9', 'community', 'city/building', 'negative'),
    duty('street 1', 'street', 'city', 'statutory'),
    duty('street 9', 'street', 'city/building', 'negative'),
  ],
  channels: byCode(['hotline', 'grid_worker'].map((code) => ({ code, name: code }))),
  calendar: buildCalendar(notices),
  clockRules: defaultClockRules,
  sampling: defaultSampling,
  counts: { version: defaultLadder.version, rows: defaultLadder.counts },
  defaultHours: officeHours,
};

const actor = (name: string, roles: readonly Role[], unit: string | null, more: Partial<Actor> = {}): Actor => ({
  client: name,
  name,
  roles,
  unit,
  areas: null,
  requests: [],
  system: false,
  ...more,
});

export const operator = actor('operator', ['operator'], 'hotline');
export const dispatcher = actor('dispatcher', ['dispatcher'], 'hotline');
export const shiftLeader = actor('shift leader', ['shift_leader'], 'hotline');
export const centreLeader = actor('centre leader', ['centre_leader'], 'hotline');
export const inspector = actor('inspector', ['inspector'], null);
export const judge = actor('judge-1 a', ['judge'], null);
export const followUpAgent = actor('agent', ['follow_up_agent'], null);
export const gridWorker = actor('grid worker', ['grid_worker'], 'community-a1', { areas: ['DA1'] });
export const farGridWorker = actor('far grid worker', ['grid_worker'], 'community-b1', { areas: ['DB1'] });
export const resident = actor('resident', [], null, { requests: ['r1'] });
export const neighbour = actor('neighbour', [], null, { requests: ['r2'] });

/** A clerk of the unit. */
export const clerk = (code: string): Actor =>
  actor(`clerk of ${code}`, city.units.get(code)?.kind === 'community' ? ['community_clerk'] : ['unit_clerk'], code);
/** Its leader: the street's centre where it is one. */
export const head = (code: string): Actor =>
  actor(`head of ${code}`, city.units.get(code)?.kind === 'street' ? ['street_centre'] : ['unit_leader'], code);

/** Everybody there is, for tests that try each. */
export const everybody: readonly Actor[] = [
  operator,
  dispatcher,
  shiftLeader,
  centreLeader,
  inspector,
  judge,
  followUpAgent,
  gridWorker,
  farGridWorker,
  resident,
  neighbour,
  theSystem,
  ...[...city.units.keys()].flatMap((code) => [clerk(code), head(code)]),
];

const steps = ['C', 'D', 'DA', 'DA1', 'DA1g'];

/** Placed in the first grid of the first community, or in the area with this code. */
export const inside = (code: string = 'DA1g'): Placement => {
  const path = code.startsWith('DA1')
    ? steps
    : ['C', 'D', code.slice(0, 2), code].filter((c, i, all) => all.indexOf(c) === i);
  const levels = ['city', 'district', 'street', 'community', 'grid'];
  return {
    status: 'placed',
    method: 'area_code',
    confidence: 1,
    path: path.map((step, i) => ({ level: levels[i] ?? '', code: step, name: step })),
    hints: [],
    edge: null,
    versionId: null,
  };
};
export const nowhere: Placement = { ...inside(), status: 'unplaced', method: 'none', confidence: 0, path: [] };

/** What was said by whom, when and where; unless said otherwise on Monday morning in this city. */
export type Spoken = Readonly<{ as: Actor; now?: Instant; in?: City }>;
const settingOf = ({ as, now = monday, in: where = city }: Spoken) => ({ city: where, now, actor: as });

/** The decision on one action, with what follows by itself. */
export function attempt<A extends Action>(order: WorkOrder, action: A, said: Said[A], by: Spoken): Decision | Refusal {
  const outcome = decide(order, { action, said } as unknown as Command, settingOf(by));
  return outcome.kind === 'decided' ? settle(outcome, settingOf(by)) : outcome;
}

/** The order after an action that is expected to be allowed; throws the refusal where it is not. */
export const after = <A extends Action>(order: WorkOrder, action: A, said: Said[A], by: Spoken): WorkOrder =>
  granted(attempt(order, action, said, by)).order;

/** The code an action is refused with; null where it is allowed. */
export const refusalOf = <A extends Action>(order: WorkOrder, action: A, said: Said[A], by: Spoken): string | null => {
  const outcome = attempt(order, action, said, by);
  return outcome.kind === 'refused' ? outcome.code : null;
};

/** The decision itself, for tests that expect one. */
export function granted(outcome: Decision | Refusal): Decision {
  if (outcome.kind === 'refused')
    throw new Error(`${refusals[outcome.code][1]} (${outcome.code}) ${JSON.stringify(outcome.details)}`);
  return outcome;
}

/** An approval asked for and, with a verdict, decided. */
export function asked(
  order: WorkOrder,
  { kind, terms = {}, reason = 'because' }: Pick<Asking, 'kind'> & { terms?: ApprovalTerms; reason?: string },
  by: Spoken,
  decision?: Spoken & Partial<Verdict>,
): WorkOrder {
  const waiting = granted(ask(order, { kind, terms, reason }, settingOf(by))).order;
  if (decision === undefined) return waiting;
  const { as, now, ...verdict } = decision;
  const id = waiting.approvals.at(-1)?.id ?? '';
  const said = { granted: true, reason: 'so decided', ...verdict };
  return granted(rule(waiting, id, said, settingOf(now === undefined ? { as } : { as, now }))).order;
}

/** What is special about an order to be made. */
export type Wanted = Partial<Report> & Readonly<{ placement?: Placement; by?: Actor; now?: Instant; id?: string }>;

/** A request about a street light, or whatever is wanted instead, as the city takes it. */
export function registered({
  placement = inside(),
  by = operator,
  now = monday,
  id,
  ...report
}: Wanted = {}): Decision {
  return register(
    {
      channel: 'hotline',
      kind: 'help',
      category: 'city/light',
      title: 'the light is out',
      urgency: 'normal',
      disposition: null,
      confidential: false,
      reachable: true,
      externalDueAt: null,
      receivedAt: null,
      diversion: null,
      ...report,
    },
    {
      orderId: (id ?? '0199a000-0000-7000-8000-0000000000a1') as WorkOrderId,
      requestId: 'r1' as RequestId,
      number: '20260302-000001',
      placement,
    },
    settingOf({ as: by, now }),
  );
}

const until = at('2026-03-20 18:00');
const result = { result: 'solved', text: 'mended', evidence: [{ text: 'photo' }], requesterTold: true } as const;

/** An order in a state, brought there by the rules themselves. */
export function anOrder(state: State, wanted: Wanted = {}): WorkOrder {
  const now = wanted.now ?? monday;
  const to = (order: WorkOrder) => ({ as: clerk(order.owner), now });
  const hotline = { as: operator, now };
  const before = (earlier: State): WorkOrder => anOrder(earlier, wanted);
  switch (state) {
    case 'registered':
      return registered({ disposition: 'hold', ...wanted }).order;
    case 'accepted':
      return after(before('registered'), 'accept', {}, hotline);
    case 'dispatched':
      return registered({ disposition: 'auto', ...wanted }).order;
    case 'signed':
      return after(before('dispatched'), 'sign', {}, to(before('dispatched')));
    case 'handling': {
      const signed = before('signed');
      return after(signed, 'contact', { how: 'phone', whom: 'resident', outcome: contactWith(signed) }, to(signed));
    }
    case 'suspended': {
      const handling = before('handling');
      return asked(handling, { kind: 'suspension', terms: { cause: 'waiting_for_requester', until } }, to(handling), {
        as: dispatcher,
        now,
      });
    }
    case 'on_account': {
      const handling = before('handling');
      const parent = city.units.get(handling.owner)?.parent ?? '';
      return asked(
        handling,
        { kind: 'on_account', terms: { plan: 'next season', cause: 'season_or_engineering', until } },
        to(handling),
        { as: head(parent), now },
      );
    }
    case 'submitted': {
      const handling = before('handling');
      return after(handling, 'submit', result, { as: head(handling.owner), now });
    }
    case 'verifying':
      return after(before('submitted'), 'review', { passed: true }, hotline);
    case 'following_up': {
      const reviewed = after(before('submitted'), 'review', { passed: true }, hotline);
      return reviewed.state === 'verifying'
        ? after(reviewed, 'verify_by_timeout', {}, { as: theSystem, now })
        : reviewed;
    }
    case 'rework': {
      const verifying = before('verifying');
      return after(verifying, 'verify', { passed: false, reason: 'still dark' }, { as: verifierOf(verifying), now });
    }
    case 'closed': {
      const asked = before('following_up');
      if (asked.state === 'closed') return asked;
      const followUps = asked.followUps.map((f) => ({ ...f, state: 'not_reached' as const }));
      return after({ ...asked, followUps }, 'conclude', {}, { as: theSystem, now });
    }
    case 'answered':
      return after(before('registered'), 'answer', { text: 'like this' }, hotline);
    case 'rejected':
      return asked(
        before('registered'),
        { kind: 'rejection', terms: { class: 'outside_the_city', explanation: 'ask the neighbours' } },
        hotline,
        { as: shiftLeader, now },
      );
    case 'merged':
      return after(
        before('handling'),
        'merge',
        { into: 'another', number: '20260302-000002' },
        { as: dispatcher, now },
      );
    case 'referred':
      return after(before('accepted'), 'refer', { to: 'wishes', reason: 'a wish' }, hotline);
    case 'terminated': {
      const handling = before('handling');
      return asked(handling, { kind: 'termination', terms: { explanation: 'in court' } }, to(handling), {
        as: shiftLeader,
        now,
      });
    }
    case 'withdrawn':
      return after(before('handling'), 'withdraw', { requestId: 'r1' }, { as: resident, now });
    case 'void':
      return after(before('dispatched'), 'void', { reason: 'a test call' }, { as: shiftLeader, now });
    case 'archived':
      return after(before('answered'), 'archive', {}, { as: theSystem, now: at('2026-05-01 09:00') });
  }
}

const contactWith = ({ requests, confidential }: WorkOrder) =>
  confidential || !requests.some((r) => r.reachable) ? 'not_applicable' : 'reached';

/** Somebody who may verify an order that waits for it. */
export function verifierOf({ verifier }: WorkOrder): Actor {
  switch (verifier?.party) {
    case 'finder':
      return actor(verifier.actor ?? '', ['grid_worker'], verifier.unit, { areas: [] });
    case 'grid_worker':
      return gridWorker;
    case 'street':
    case 'district':
      return head(verifier.unit ?? '');
    default:
      return inspector;
  }
}
