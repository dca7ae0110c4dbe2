import { deadline } from './deadline.ts';
import { nameOf } from './decide.ts';
import {
  type Board,
  barOf,
  type Content,
  causeOf,
  type Draft,
  type Hold,
  namesIn,
  type Publication,
  type PublicationAction,
  type PublicationCause,
  type PublicationObstacle,
  type PublicationPolicy,
  type PublicationSaid,
  type PublicationSetting,
  type PublicationState,
  placeOf,
  problemCause,
  publicationLife,
  publicationParties,
  type Snapshot,
  type Source,
  showsResult,
  type Wording,
} from './publication.ts';
import { shownOf, unseenOf } from './publication-pictures.ts';
import { redact } from './redaction.ts';
import { type Refusal, refuse } from './refusal.ts';
import { allowedIn, arrive, notAllowed, type TableRow } from './table.ts';
import { dateOf, type Instant } from './time.ts';
import { type Actor, type Fact, partId, type WorkOrder } from './work-order.ts';

/** The next publication, and what became true on the way. */
export type PublicationDecision = Readonly<{ kind: 'decided'; publication: Publication; facts: readonly Fact[] }>;

/** One thing to do to a publication, with what was said. */
export type PublicationCommand = {
  [A in PublicationAction]: Readonly<{ action: A; said: PublicationSaid[A] }>;
}[PublicationAction];

/** Something to be published: on which board, why, and what there was of the same order before. */
export type Proposal = Readonly<{ board: Board; cause: PublicationCause; id: string; earlier: readonly Publication[] }>;

/**
 * Proposes an order for a board: its texts are screened, and a hold begins in which it can be stopped. One at a time;
 * what people took down does not come back by itself. Refused for orders that never appear.
 */
export function proposePublication(
  { board, cause, id, earlier }: Proposal,
  setting: PublicationSetting,
): PublicationDecision | Refusal {
  const { source, policy, now, actor } = setting;
  const { order } = source;
  const because = barOf(source, policy) ?? (isFor(board, order) ? null : 'state');
  if (because !== null) return refuse('not-publishable', { because });
  const same = earlier.filter((each) => each.board === board);
  if (same.some((each) => each.endedAt === null || (actor.system && !each.mayReturn)))
    return refuse('publication-exists', { board });
  const problem = earlier.findLast((each) => each.board === 'problem');
  const draft = screened({ ...wordingOf(board, source, problem?.draft), pictures: [] }, source.names);
  const publication: Publication = {
    id,
    version: 1,
    board,
    round: same.length + 1,
    workOrderId: order.id,
    unit: order.owner,
    areaPath: placeOf(order).codes,
    category: order.category,
    cause,
    state: stateOf(draft),
    draft,
    proposedBy: nameOf(actor),
    proposedAt: now,
    holdUntil: holdFrom(board, policy, setting),
    hold: null,
    approvedBy: null,
    publishedAt: null,
    endedAt: null,
    mayReturn: false,
    problemId: board === 'result' && problem?.state === 'published' ? problem.id : null,
    seq: 0,
    snapshots: [],
  };
  const body = { board, cause, doubts: draft.doubts, holdUntil: publication.holdUntil };
  return { kind: 'decided', publication, facts: [fact('publication_proposed', publication, setting, body)] };
}

/** What a draft waits for while nobody has approved it: for a person where anything is doubtful, else for its time. */
const stateOf = ({ doubts }: Draft): 'doubtful' | 'waiting' => (doubts.length > 0 ? 'doubtful' : 'waiting');

const isFor = (board: Board, order: WorkOrder): boolean =>
  board === 'result' ? showsResult(order) : order.endedAt === null && order.dispatchedAt !== null;

function holdFrom(board: Board, { holdWorkingDays }: PublicationPolicy, { now, city }: PublicationSetting): Instant {
  const amount = holdWorkingDays[board];
  if (amount === 0) return now;
  const { calendar, defaultHours: hours } = city;
  return deadline({ start: now, kind: 'working_day', amount, calendar, hours }).dueAt;
}

/** The words to begin with: the resident's, as the publisher left them for the problem, and the unit's of the result. */
function wordingOf(board: Board, { order, description }: Source, problem: Draft | undefined): Wording {
  const { title, text } = problem ?? { title: order.title, text: description };
  if (board === 'problem') return { title, text, result: null, evidence: [] };
  const done = order.submissions.at(-1);
  const ended = order.state === 'terminated' ? (order.ending?.text ?? order.ending?.reason) : done?.text;
  const evidence = (done?.evidence ?? []).flatMap(({ stage = null, text: said }) =>
    said === undefined || said.trim() === '' ? [] : [{ stage, text: said }],
  );
  return { title, text, result: ended ?? '', evidence: order.state === 'terminated' ? [] : evidence };
}

/** The same words after the screen; all of them together, so that nothing hides by going on in the next one. */
function screened(
  { title, text, result, evidence, pictures }: Wording & Pick<Draft, 'pictures'>,
  names: readonly string[],
): Draft {
  const said = [title, text, result ?? '', ...evidence.map((e) => e.text), ...pictures.map((p) => p.caption)];
  const { texts, marked, doubts } = redact(said, names);
  return {
    title: texts[0] ?? '',
    text: texts[1] ?? '',
    result: result === null ? null : (texts[2] ?? ''),
    evidence: evidence.map((each, i) => ({ ...each, text: texts[3 + i] ?? '' })),
    pictures: pictures.map((each, i) => ({ ...each, caption: texts[3 + evidence.length + i] ?? '' })),
    marked,
    doubts: pictures.length === 0 ? doubts : [...doubts, 'pictures'],
  };
}

/** What happens if this reaches the publication now. Pure, like `decide`. */
export function decidePublication(
  publication: Publication,
  { action, said }: PublicationCommand,
  setting: PublicationSetting,
): PublicationDecision | Refusal {
  const row: TableRow<PublicationState, string, PublicationObstacle> = publicationLife[action];
  const parties = publicationParties(setting.actor, setting.source.order.requests);
  const no = notAllowed(publicationLife, action, publication.state, parties);
  if (no !== null) return no;
  const stands = row.unless?.find((code) => obstacles[code](said, publication, setting));
  if (stands !== undefined) return refuse(stands);
  const effect = effects[action] as (of: Publication, said: unknown, setting: PublicationSetting) => Change;
  const change = effect({ ...publication, version: publication.version + 1 }, said, setting);
  const state = arrive(row, publication.state, change.to);
  const isOver = state === 'replaced' || state === 'withdrawn';
  const next = { ...change.publication, state, endedAt: isOver ? setting.now : null };
  const body = { board: next.board, from: publication.state, to: state, version: next.version, ...change.body };
  return { kind: 'decided', publication: next, facts: [fact(`publication_${action}`, next, setting, body)] };
}

/** What the actor may do to the publication now, whatever then stands in the way of it. */
export const allowedOnPublication = ({ state }: Publication, actor: Actor): readonly PublicationAction[] =>
  allowedIn(publicationLife, state, publicationParties(actor, []));

/** The pictures that are laid out and not on the board: nothing shows them until a person has looked. */
const unseen = ({ draft, snapshots }: Publication): readonly string[] =>
  unseenOf(draft.pictures, snapshots.at(-1)?.content?.pictures ?? []);

type Change = Readonly<{ publication: Publication; to?: PublicationState; body?: Fact['body'] }>;

const obstacles: Readonly<
  Record<PublicationObstacle, (said: object, of: Publication, setting: PublicationSetting) => boolean>
> = {
  'reason-missing': (said) => !('reason' in said && typeof said.reason === 'string' && said.reason.trim() !== ''),
  'correction-missing': (said) => !('note' in said && typeof said.note === 'string' && said.note.trim() !== ''),
  'too-early': (_said, { holdUntil }, { now }) => now < holdUntil,
  // What the legal office stops only the legal office lets go on.
  'not-the-decider': (_said, { hold }, { actor }) => hold?.role === 'legal' && !actor.roles.includes('legal_office'),
  // Each is named, so that nobody's word is taken for a picture that was laid out behind their back.
  'pictures-unchecked': ({ picturesChecked = [] }: { picturesChecked?: readonly string[] }, of, { actor }) =>
    !actor.system && unseen(of).some((id) => !picturesChecked.includes(id)),
  // Whoever has done the work does not judge what its pictures give away.
  'handling-unit-checks': (_said, of, { actor, source }) => unseen(of).length > 0 && actor.unit === source.order.owner,
};

const effects: {
  [A in PublicationAction]: (of: Publication, said: PublicationSaid[A], setting: PublicationSetting) => Change;
} = {
  illustrate: (of, { pictures }, { source }) => {
    const draft = screened({ ...of.draft, pictures }, source.names);
    const body = { pictures: pictures.length };
    if (of.state === 'published') return { publication: { ...of, draft }, to: 'published', body };
    // What was approved before it had these pictures is to be looked at again.
    return { publication: { ...of, draft, approvedBy: null }, to: stateOf(draft), body };
  },
  approve: (of, { picturesChecked: _checked, ...words }, { actor, source }) => ({
    publication: { ...of, draft: screened({ ...of.draft, ...words }, source.names), approvedBy: nameOf(actor) },
    body: { reworded: Object.keys(words), pictures: of.draft.pictures.length },
  }),
  hold: (of, { reason }, { actor, now }) => {
    const role: Hold['role'] = actor.roles.includes('legal_office') ? 'legal' : 'publisher';
    return { publication: { ...of, hold: { by: nameOf(actor), role, reason, at: now } }, body: { role } };
  },
  release: (of) => {
    return { publication: { ...of, hold: null }, to: of.approvedBy === null ? stateOf(of.draft) : 'waiting' };
  },
  publish: (of, _said, setting) => {
    const reason = goneBecause(of, setting);
    if (reason !== null) return { publication: { ...of, mayReturn: true }, to: 'withdrawn', body: { reason } };
    // Screened once more: what is known of the requesters may have changed since.
    const draft = { ...of.draft, ...screened(of.draft, setting.source.names), doubts: of.draft.doubts };
    const { order } = setting.source;
    const ready = { ...of, draft, unit: order.owner, publishedAt: setting.now };
    return { publication: append(ready, 'published', contentOf(ready, setting), null, setting), to: 'published' };
  },
  correct: (of, { note, unit = of.unit, picturesChecked: _checked, ...words }, setting) => {
    const shown = of.snapshots.at(-1)?.content;
    if (!shown) throw new Error(`publication ${of.id} is published and shows nothing`);
    const { names } = setting.source;
    const draft = screened({ ...of.draft, ...words }, names);
    const { marked: _m, doubts: _d, pictures: laidOut, ...wording } = draft;
    // What corrects by itself has looked at no picture.
    const pictures = setting.actor.system ? shown.pictures : laidOut.map(shownOf);
    const corrections = [...shown.corrections, { at: setting.now, note: redact([note], names).texts[0] ?? '' }];
    const content = { ...shown, ...wording, pictures, unit: namesIn(setting.city).unit(unit), corrections };
    return {
      publication: append({ ...of, draft, unit }, 'corrected', content, null, setting),
      body: { reworded: Object.keys(words), pictures: pictures.length },
    };
  },
  replace: (of, { by }, setting) => ({
    publication: append({ ...of, mayReturn: true }, 'replaced', null, by, setting),
    body: { by },
  }),
  withdraw: (of, { reason, mayReturn = false }, setting) => {
    const taken = { ...of, mayReturn: setting.actor.system && mayReturn };
    const shown = of.publishedAt !== null;
    return {
      publication: shown ? append(taken, 'withdrawn', null, reason, setting) : taken,
      // A person's reason is their own words.
      body: setting.actor.system || setting.actor.requests.length > 0 ? { reason } : {},
    };
  },
};

/** Why what was proposed is not published when its hold is over. */
function goneBecause({ board, cause }: Publication, { source, policy, now }: PublicationSetting): string | null {
  const bar = barOf(source, policy);
  if (bar !== null) return bar;
  if (!isFor(board, source.order)) return source.order.state;
  const isProblem = board === 'result' || cause === 'chosen' || problemCause(source, now) !== null;
  return isProblem ? null : 'not_overdue';
}

function append(
  of: Publication,
  kind: Snapshot['kind'],
  content: Content | null,
  reason: string | null,
  { now, actor }: PublicationSetting,
): Publication {
  const seq = of.seq + 1;
  const snapshot: Snapshot = { seq, id: partId(of.id, seq), kind, at: now, actor: nameOf(actor), reason, content };
  return { ...of, seq, snapshots: [...of.snapshots, snapshot] };
}

function contentOf(of: Publication, setting: PublicationSetting): Content {
  const { city, now, source } = setting;
  const { order } = source;
  const { title, text, result, evidence, pictures } = of.draft;
  const { street, community } = placeOf(order);
  const { cause, due } = causeOf(of, setting);
  const isResult = of.board === 'result';
  return {
    board: of.board,
    cause,
    title,
    text,
    result,
    evidence,
    pictures: pictures.map(shownOf),
    category: namesIn(city).category(order.category),
    unit: namesIn(city).unit(order.owner),
    street,
    community,
    registeredOn: dateOf(order.registeredAt),
    dueOn: due === null ? null : dateOf(due),
    outcome: !isResult
      ? null
      : order.state === 'terminated'
        ? 'terminated'
        : (order.submissions.at(-1)?.result ?? null),
    finishedOn: isResult && order.endedAt !== null ? dateOf(order.endedAt) : null,
    problemId: of.problemId,
    publishedAt: now,
    corrections: [],
  };
}

const fact = (
  type: string,
  { unit, workOrderId }: Publication,
  { now, actor }: PublicationSetting,
  body: Fact['body'],
): Fact => ({ type, at: now, actor: nameOf(actor), unit, body: { workOrderId, ...body } });
