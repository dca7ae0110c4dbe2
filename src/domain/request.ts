import type { Brand, Instant } from './time.ts';

export type RequestId = Brand<string, 'RequestId'>;
export type WorkOrderId = Brand<string, 'WorkOrderId'>;

/** What kind of thing a resident asks (诉求类型). */
export const requestKinds = ['consult', 'help', 'complaint', 'report', 'suggestion', 'praise'] as const;
export type RequestKind = (typeof requestKinds)[number];

/** How fast it must move; below, *urgent* means urgent or emergency. */
export const urgencies = ['normal', 'urgent', 'emergency'] as const;
export type Urgency = (typeof urgencies)[number];
export const isUrgent = (urgency: Urgency): boolean => urgency !== 'normal';

/** `auto`: accept and dispatch at once where the directory decides. `hold`: stays registered, so that it can be answered. */
export const dispositions = ['auto', 'hold'] as const;
export type Disposition = (typeof dispositions)[number];

/** A consultation waits for an answer unless the channel says otherwise; everything else moves. */
export const defaultDisposition = (kind: RequestKind): Disposition => (kind === 'consult' ? 'hold' : 'auto');

/** The emergency services an operator may bring in; bringing one in never ends the order (110, 119, 120, 122). */
export const emergencyServices = ['110', '119', '120', '122'] as const;
export type EmergencyService = (typeof emergencyServices)[number];

/** What an order needs to know of a request (诉求) attached to it. The contact itself is kept elsewhere. */
export type RequestRef = Readonly<{
  id: RequestId;
  number: string;
  kind: RequestKind;
  channel: string;
  /** A person can be asked: not anonymous, with a phone. */
  reachable: boolean;
  confidential: boolean;
  externalDueAt: Instant | null;
  withdrawnAt: Instant | null;
}>;

/** Channels whose finds are the city's own; nobody is asked whether they are satisfied with them. */
const ownFinds: ReadonlySet<string> = new Set(['grid_worker', 'sensor']);
export const isOwnFind = (channel: string | null): boolean => channel !== null && ownFinds.has(channel);

/** Whether somebody can and should be asked afterwards (回访). */
export const isAsked = (request: RequestRef): boolean =>
  request.reachable && request.withdrawnAt === null && !isOwnFind(request.channel);
