import { type Decision, nameOf, settle } from './decide.ts';
import type { Setting } from './obstacles.ts';
import { startClockOf, withStatutory } from './order-clocks.ts';
import type { Placement } from './placement.ts';
import { type Refusal, refuse } from './refusal.ts';
import {
  type Disposition,
  defaultDisposition,
  type EmergencyService,
  type RequestId,
  type RequestKind,
  type RequestRef,
  type Urgency,
  type WorkOrderId,
} from './request.ts';
import { reroute } from './reroute.ts';
import type { Instant } from './time.ts';
import { clientOf, type WorkOrder } from './work-order.ts';

/** What a channel says of a request, as far as the order is concerned. */
export type Report = Readonly<{
  channel: string;
  kind: RequestKind;
  category: string | null;
  title: string;
  urgency: Urgency;
  disposition: Disposition | null;
  confidential: boolean;
  reachable: boolean;
  externalDueAt: Instant | null;
  receivedAt: Instant | null;
  diversion: Readonly<{ service: EmergencyService; receipt: string | null }> | null;
  splitFrom?: string | null;
  /** When the request was registered, where that was before its order is. The resident's time counts from there. */
  registeredAt?: Instant;
}>;

/** What was drawn or worked out before deciding. */
export type Given = Readonly<{ orderId: WorkOrderId; requestId: RequestId; number: string; placement: Placement }>;

/** What keeps a report from being registered at all: a channel that is not the actor's or is none, a category that is none. */
export function intakeFault(
  report: Pick<Report, 'channel' | 'category'>,
  { city, actor }: Pick<Setting, 'city' | 'actor'>,
): Refusal | null {
  if (actor.channels && !actor.channels.includes(report.channel))
    return refuse('forbidden', { channel: report.channel, channels: actor.channels });
  if (!city.channels.has(report.channel)) return refuse('channel-unknown', { channel: report.channel });
  if (report.category === null) return null;
  const category = city.categories.get(report.category);
  if (category === undefined) return refuse('category-unknown', { category: report.category });
  return category.leaf ? null : refuse('category-not-leaf', { category: report.category });
}

/**
 * Opens the work order of a new request: registered with the hotline responsible, then accepted and dispatched at once
 * where the directory decides and nobody asked to hold it. Nothing a resident says is ever turned away here.
 */
export function register(report: Report, given: Given, setting: Setting): Decision {
  const { now, actor, city } = setting;
  const request: RequestRef = {
    id: given.requestId,
    number: given.number,
    kind: report.kind,
    channel: report.channel,
    reachable: report.reachable,
    confidential: report.confidential,
    externalDueAt: report.externalDueAt,
    withdrawnAt: null,
  };
  const centre = hotline(city);
  const registeredAt = report.registeredAt ?? now;
  const registered = reroute(
    {
      id: given.orderId,
      number: given.number,
      version: 1,
      state: 'registered',
      title: report.title,
      kind: report.kind,
      category: report.category,
      urgency: report.diversion === null ? report.urgency : 'emergency',
      tier: 'ordinary',
      disposition: report.disposition ?? defaultDisposition(report.kind),
      diversion: report.diversion,
      placement: given.placement,
      routing: { status: 'undecided', unit: null, row: null, tier: null, coHandlers: [], reason: null, candidates: [] },
      owner: centre,
      designated: false,
      problem: false,
      leads: [],
      returns: 0,
      reworks: 0,
      reopened: false,
      clerk: null,
      signedLate: false,
      signedAt: null,
      finder: actor.roles.includes('grid_worker')
        ? { actor: actor.name, unit: actor.unit, client: clientOf(actor) }
        : null,
      verifier: null,
      unverified: false,
      confidential: report.confidential,
      reminders: 0,
      splitFrom: report.splitFrom ?? null,
      mergedInto: null,
      ending: null,
      receivedAt: report.receivedAt ?? now,
      registeredAt,
      dispatchedAt: null,
      endedAt: null,
      seq: 1,
      requests: [request],
      assignments: [
        { seq: 1, role: 'lead', unit: centre, cause: 'registered', basis: 'registered', from: now, to: null },
      ],
      clocks: [],
      approvals: [],
      assists: [],
      innerAssignments: [],
      watchers: [],
      contacts: [],
      notes: [],
      submissions: [],
      followUps: [],
      judgements: [],
      recusals: [],
      called: [],
      claimed: false,
      incident: null,
    },
    setting,
  );
  const clocked = startClockOf(startClockOf(registered, 'dispatching', setting), 'resident', {
    ...setting,
    now: registeredAt,
  });
  const order: WorkOrder = withStatutory(clocked, setting);
  const fact = {
    type: 'register',
    at: now,
    actor: nameOf(actor),
    unit: centre,
    body: {
      from: null,
      to: 'registered',
      version: 1,
      request: request.id,
      channel: report.channel,
      placement: order.placement.status,
    },
  };
  return settle({ kind: 'decided', order, facts: [fact] }, setting);
}

/** The city's own unit, which leads until the first dispatch. */
export function hotline(city: Setting['city']): string {
  for (const unit of city.units.values()) if (unit.kind === 'hotline_centre') return unit.code;
  throw new Error('the city has no hotline centre');
}
