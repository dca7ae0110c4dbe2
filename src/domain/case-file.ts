import type { FollowUpAnswer } from './follow-up.ts';
import type { Judgement } from './judgement.ts';
import { redact } from './redaction.ts';
import type { Instant } from './time.ts';
import type { Contact, Outcome, WorkOrder } from './work-order.ts';

/**
 * A case as judges and reviewers read it: what was asked, what was done and what the resident said of it; nothing of who
 * asked, and every text screened as it is before publication.
 */
export type CaseFile = Readonly<{
  kind: WorkOrder['kind'];
  category: string | null;
  urgency: WorkOrder['urgency'];
  place: readonly string[];
  unit: string;
  requests: readonly Readonly<{ title: string; description: string; receivedAt: Instant }>[];
  returns: number;
  reworks: number;
  reminders: number;
  contacts: readonly Pick<Contact, 'at' | 'how' | 'outcome'>[];
  submissions: readonly Readonly<{
    at: Instant;
    unit: string;
    result: Outcome;
    text: string;
    evidence: readonly string[];
    inTime: boolean | null;
  }>[];
  claims: readonly Readonly<{ class: string | null; reason: string; evidence: string }>[];
  answers: readonly Readonly<
    Pick<FollowUpAnswer, 'contacted' | 'solved' | 'satisfaction' | 'reason'> & {
      id: string;
      at: Instant | null;
      comment: string | null;
      disputed: boolean;
    }
  >[];
}>;

/** A request of the case, and the name it was asked under: by that it is screened. */
type Asked = Readonly<{
  title: string;
  description: string;
  receivedAt: Instant;
  requester: Readonly<{ name: string | null }> | null;
}>;

/** What judges read of a case: `disputed` are the answers it is about, and claims are what a unit says against them. */
export function caseFileOf(
  order: WorkOrder,
  asked: readonly Asked[],
  { id, followUps: disputed }: Judgement,
): CaseFile {
  const names = asked.flatMap(({ requester }) => requester?.name ?? []);
  const screened = (text: string): string => redact([text], names).texts[0] ?? '';
  return {
    kind: order.kind,
    category: order.category,
    urgency: order.urgency,
    place: order.placement.path.map((step) => step.name),
    unit: order.owner,
    // Thousands may have asked about one power cut: the first say what it is.
    requests: asked.slice(0, 20).map(({ title, description, receivedAt }) => {
      // Together: a number may begin in one and go on in the other.
      const [heading = '', text = ''] = redact([title, description], names).texts;
      return { title: heading, description: text, receivedAt };
    }),
    returns: order.returns,
    reworks: order.reworks,
    reminders: order.reminders,
    contacts: order.contacts.map(({ at, how, outcome }) => ({ at, how: screened(how), outcome })),
    submissions: order.submissions.map(({ at, unit, result, text, evidence, resolveDueAt }) => ({
      at,
      unit,
      result,
      text: screened(text),
      evidence: evidence.flatMap((each) => (each.text ? [screened(each.text)] : [])),
      inTime: resolveDueAt === null ? null : at <= resolveDueAt,
    })),
    claims: order.approvals
      .filter(({ terms, state }) => terms.judgement === id && state !== 'withdrawn')
      .map(({ reason, terms }) => ({
        class: terms.class ?? null,
        reason: screened(reason),
        evidence: screened(terms.evidence ?? ''),
      })),
    answers: order.followUps.flatMap(({ id, answer, answeredAt }) =>
      answer === null
        ? []
        : [
            {
              id,
              at: answeredAt,
              contacted: answer.contacted,
              solved: answer.solved,
              satisfaction: answer.satisfaction,
              reason: answer.reason,
              comment: answer.comment === null || answer.askedToChange === true ? null : screened(answer.comment),
              disputed: disputed.includes(id),
            },
          ],
    ),
  };
}
