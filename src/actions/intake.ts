import type { Category } from '../domain/city.ts';
import { type EmergencyPrompt, emergencyPrompts } from '../domain/emergency.ts';
import type { Incident } from '../domain/incident.ts';
import type { OutageNotice } from '../domain/outage.ts';
import type { Report } from '../domain/register.ts';
import type { Urgency } from '../domain/request.ts';
import type { Instant } from '../domain/time.ts';
import type { WorkOrder } from '../domain/work-order.ts';
import { type DuplicateHint, normalText, phoneKey } from '../store/intake.ts';
import type { Deps } from './deps.ts';
import { type Location, pointOf } from './location.ts';

/** Who asks. Kept apart from the request, and never handed to the accused. */
export type Requester = Readonly<{
  name: string | null;
  phone: string | null;
  anonymous: boolean;
  onBehalfOf: string | null;
}>;

/** A request as a channel brings it. */
export type Intake = Omit<Report, 'reachable'> &
  Readonly<{
    externalId: string | null;
    description: string;
    location: Location | null;
    requester: Requester | null;
    answers: Readonly<Record<string, unknown>>;
    attachments: readonly string[];
    callRecordId: string | null;
    replyTo: unknown;
    /** The caller was told of a planned outage that covers it and is content with that. */
    noticeAccepted?: boolean;
  }>;

/** What came of it. `queryCode` is told once, and null where nothing was stored. */
export type Registered = Readonly<{
  kind: 'registered';
  requestId: string;
  number: string;
  queryCode: string | null;
  receivedAt: Instant;
  registeredAt: Instant;
  /** As it was registered: danger makes a request urgent whatever it was taken as. */
  urgency: Urgency;
  order: WorkOrder;
  hints: readonly DuplicateHint[];
  prompts: readonly EmergencyPrompt[];
  /** The incident it is about, of which its caller is told at once. */
  incident: MetIncident | null;
  /** Planned outages that cover it; `answeredBy` is the one it was answered with. */
  notices: readonly OutageNotice[];
  answeredBy: OutageNotice['id'] | null;
  /** The caller's number is under a limit, so the request waits for a person. */
  nuisance: boolean;
}> &
  Hints;

/**
 * What a caller is told of an incident: the standard answer and when more is known. `joined`: it is handled with the
 * others; else `danger` says what gave it an order of its own. `again`: this number has asked about it before.
 */
export type MetIncident = Readonly<{
  incident: Pick<Incident, 'id' | 'number' | 'title' | 'answer' | 'nextUpdateAt'>;
  joined: boolean;
  danger: readonly string[];
  again: boolean;
}>;

/** What an operator can still ask or say while the caller is there. None of it keeps a request out. */
export type Hints = Readonly<{ missingAnswers: Category['questions']; retired: Category['retired'] }>;

/** What may stand in the text of a request that an operator should think of. */
export const promptsOf = (
  { city }: Deps,
  { title, description, category }: Pick<Intake, 'title' | 'description' | 'category'>,
) => emergencyPrompts(`${title} ${description}`, category === null ? undefined : city().city.categories.get(category));

/** The category's required questions that are still open, and what to say of a retired item. */
export function hintsOf({ city }: Deps, { category, answers }: Pick<Intake, 'category' | 'answers'>): Hints {
  const { questions = [], retired = null } = (category === null ? null : city().city.categories.get(category)) ?? {};
  const isOpen = (key: string): boolean => ['', null, undefined].includes(answers[key] as string | null | undefined);
  return { missingAnswers: questions.filter((q) => q.required && isOpen(q.key)), retired };
}

/** By what a request is compared with others. */
export function likenessOf({ category, location, requester, title, description }: Intake) {
  const at = pointOf(location);
  return {
    category,
    point: at === null ? null : { lon: at[0], lat: at[1] },
    phoneKey: phoneKey(requester?.phone),
    normalText: normalText(`${title}${description}`),
  };
}

/** A nuisance number's call is registered all the same, but nobody is sent out before a person has looked; urgent calls pass. */
export const isHeldBack = ({ requester, urgency, diversion }: Intake, limited: ReadonlySet<string>): boolean =>
  urgency === 'normal' && diversion === null && limited.has(phoneKey(requester?.phone) ?? '');

/** The intake as it is registered: a limited number's waits for a person. */
export const heldBack = (intake: Intake, limited: ReadonlySet<string>): Intake =>
  isHeldBack(intake, limited) ? { ...intake, disposition: 'hold' } : intake;
