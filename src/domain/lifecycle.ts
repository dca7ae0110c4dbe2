import { ownerClocks } from './clock-rules.ts';
import type { Obstacle } from './obstacles.ts';
import type { TableRow } from './table.ts';
import { endStates, openStates, type State } from './work-order.ts';

export { endsOf } from './table.ts';

/** What somebody is to an order; it follows from role, unit and place, and is never asked for. */
export const parties = [
  'operator',
  'dispatcher',
  'shift_leader',
  'owner',
  'owner_leader',
  'district_or_street_owner',
  'community',
  'grid_worker',
  'street',
  'reviewer',
  'verifier',
  'superior',
  'superior_of_problem',
  'go_between',
  'requester',
  'inspector',
  'onlooker',
  'approval',
  'system',
] as const;
export type Party = (typeof parties)[number];

/** A row of the life of a work order. */
export type Row = TableRow<State, Party, Obstacle>;

const beforeWork = ['registered', 'accepted'] as const;
const working = ['signed', 'handling'] as const;
const atUnit = ['dispatched', 'signed', 'handling', 'rework', 'suspended', 'on_account'] as const;
const open = openStates;
const newOwner = ownerClocks;
const unitStarts = ['sign', 'contact', 'resolve'] as const;

/**
 * The whole life of a work order. Read a row as: FROM these states, this action, BY these parties, leads TO.
 * `approval` is the granting of one, and nothing else performs those rows.
 */
// biome-ignore format: one row per line, read by column
export const lifecycle = {
  correct:           { from: ['registered', 'accepted', 'dispatched', 'signed', 'handling'], by: ['operator', 'dispatcher'], to: 'unchanged', unless: ['category-unknown', 'category-not-leaf'] },
  place:             { from: beforeWork,                       by: ['operator', 'dispatcher'],              to: 'unchanged',    unless: ['already-placed', 'reason-missing'] },
  accept:            { from: ['registered'],                   by: ['operator', 'system'],                  to: 'accepted',     unless: ['category-missing'] },
  split:             { from: beforeWork,                       by: ['operator'],                            to: 'unchanged' },
  answer:            { from: beforeWork,                       by: ['operator', 'system'],                  to: 'answered',     unless: ['answer-missing'] },
  refer:             { from: beforeWork,                       by: ['operator', 'dispatcher'],              to: 'referred',     unless: ['reason-missing'] },
  merge:             { from: ['registered', 'accepted', 'dispatched', 'signed', 'handling'], by: ['operator', 'dispatcher', 'shift_leader'], to: 'merged', unless: ['leads-incident'] },
  unmerge:           { from: ['merged'],                       by: ['operator', 'dispatcher'],              to: 'accepted',     starts: ['dispatching'] },
  void:              { from: ['registered', 'accepted', 'dispatched'], by: ['shift_leader'],                to: 'void',         unless: ['reason-missing', 'leads-incident'] },
  'self-handle':     { from: beforeWork,                       by: ['grid_worker', 'community'],            to: 'submitted',    stops: ['dispatching'], starts: ['review'], unless: ['category-missing', 'off-duty-list', 'administrative-act', 'photos-missing'] },
  dispatch:          { from: ['accepted'],                     by: ['dispatcher', 'system'],                to: 'dispatched',   stops: newOwner, starts: unitStarts, unless: ['directory-undecided', 'unit-unknown', 'unit-not-ready', 'basis-missing', 'administrative-act', 'assessment-task', 'off-duty-list'] },
  sign:              { from: ['dispatched', 'signed'],         by: ['owner'],                               to: 'signed',       stops: ['sign'], unless: ['signed-by-a-clerk'] },
  sign_by_timeout:   { from: ['dispatched'],                   by: ['system'],                              to: 'signed',       stops: ['sign'], unless: ['urgent-never'] },
  redispatch:        { from: ['dispatched', 'signed'],         by: ['dispatcher'],                          to: 'dispatched',   stops: newOwner, starts: unitStarts, unless: ['reason-missing', 'directory-undecided', 'unit-unknown', 'unit-not-ready', 'basis-missing', 'same-unit', 'administrative-act', 'assessment-task', 'off-duty-list'] },
  'move-duty':       { from: atUnit,                           by: ['dispatcher'],                          to: 'dispatched',   stops: newOwner, starts: unitStarts, unless: ['reason-missing', 'unit-unknown', 'unit-not-ready', 'same-unit', 'administrative-act', 'assessment-task', 'off-duty-list'] },
  'pass-down':       { from: ['dispatched', 'signed'],         by: ['district_or_street_owner'],            to: 'dispatched',   stops: newOwner, starts: unitStarts, unless: ['unit-unknown', 'unit-not-ready', 'not-subordinate', 'pass-down-late', 'administrative-act', 'assessment-task', 'off-duty-list'] },
  designate:         { from: atUnit,                           by: ['superior_of_problem', 'approval'],     to: 'dispatched',   stops: newOwner, starts: unitStarts, unless: ['unit-unknown', 'unit-not-ready', 'basis-missing', 'administrative-act', 'assessment-task', 'off-duty-list'] },
  return:            { from: ['dispatched', 'signed', 'handling'], by: ['approval'],                        to: 'dispatched',   stops: newOwner, starts: unitStarts, unless: ['unit-unknown', 'unit-not-ready', 'same-unit', 'administrative-act', 'assessment-task', 'off-duty-list'] },
  hand_over:         { from: working,                          by: ['approval'],                            to: 'dispatched',   stops: newOwner, starts: unitStarts, unless: ['unit-unknown', 'unit-not-ready', 'same-unit', 'administrative-act', 'assessment-task', 'off-duty-list'] },
  contact:           { from: ['signed', 'handling', 'rework', 'suspended', 'following_up'], by: ['owner', 'go_between'], to: { signed: 'handling', handling: 'unchanged', rework: 'handling', suspended: 'unchanged', following_up: 'unchanged' }, stops: ['pass_down'], unless: ['in-the-future', 'contact-not-applicable'] },
  assign:            { from: ['signed', 'handling', 'rework'], by: ['owner', 'owner_leader'],               to: 'unchanged',    unless: ['later-than-the-limit', 'not-of-the-unit'] },
  promise:           { from: ['signed', 'handling', 'rework'], by: ['owner'],                               to: 'unchanged',    unless: ['in-the-past', 'not-earlier'] },
  suspend:           { from: ['handling'],                     by: ['approval'],                            to: 'suspended',    starts: ['pause_end'] },
  resume:            { from: ['suspended'],                    by: ['owner', 'system'],                     to: 'handling',     stops: ['pause_end'] },
  put_on_account:    { from: ['handling', 'on_account'],       by: ['approval'],                            to: 'on_account',   starts: ['pause_end', 'on_account_review'] },
  restore:           { from: ['on_account'],                   by: ['owner', 'system'],                     to: 'handling',     stops: ['pause_end', 'on_account_review'] },
  submit:            { from: working,                          by: ['owner', 'owner_leader'],               to: 'submitted',    stops: ['resolve', 'rework', 'promise', 'pass_down'], starts: ['review'], unless: ['evidence-missing', 'requester-not-told', 'leader-signature-missing'] },
  review:            { from: ['submitted'],                    by: ['reviewer'],                            to: ['verifying', 'following_up', 'handling'],    stops: ['review'], starts: ['verify'], unless: ['reason-missing'] },
  verify:            { from: ['verifying'],                    by: ['verifier'],                            to: ['following_up', 'rework'], stops: ['verify'], unless: ['reason-missing'] },
  verify_by_timeout: { from: ['verifying'],                    by: ['system'],                              to: 'following_up', stops: ['verify'] },
  judge:             { from: ['following_up', 'closed'],       by: ['inspector', 'shift_leader', 'system'], to: 'unchanged',    starts: ['judgement'], unless: ['judged-already'] },
  conclude:          { from: ['following_up'],                 by: ['system'],                              to: ['closed', 'rework'],       stops: ['follow_up', 'first_attempt', 'link'], unless: ['answers-awaited'] },
  reopen:            { from: ['closed'],                       by: ['requester', 'inspector', 'system'],            to: 'rework',       starts: ['rework'], unless: ['requester-window', 'reopened-before'] },
  take:              { from: ['rework'],                       by: ['owner'],                               to: 'handling' },
  terminate:         { from: ['signed', 'handling', 'rework', 'suspended', 'on_account'], by: ['approval'], to: 'terminated' },
  reject:            { from: beforeWork,                       by: ['approval'],                            to: 'rejected',     unless: ['leads-incident'] },
  object:            { from: ['closed', 'rejected', 'answered', 'terminated'], by: ['approval'],            to: { closed: 'rework', rejected: 'accepted', answered: 'accepted', terminated: 'handling' } },
  withdraw:          { from: open,                             by: ['requester', 'operator'],               to: ['withdrawn', 'unchanged'],    unless: ['request-unknown', 'withdrawn-already'] },
  note:              { from: open,                             by: ['onlooker'],                            to: 'unchanged' },
  urge:              { from: open,                             by: ['requester', 'operator', 'dispatcher', 'street', 'superior'], to: 'unchanged' },
  assist:            { from: open,                             by: ['dispatcher', 'shift_leader', 'owner', 'owner_leader', 'street', 'superior'], to: 'unchanged', unless: ['unit-unknown', 'same-unit', 'assessment-task', 'off-duty-list'] },
  watch:             { from: open,                             by: ['dispatcher', 'street', 'grid_worker', 'superior', 'system'], to: 'unchanged' },
  archive:           { from: endStates,                        by: ['system'],                              to: 'archived', unless: ['too-early'] },
} as const satisfies Record<string, Row>;

export type Action = keyof typeof lifecycle;
export const actions = Object.keys(lifecycle) as Action[];

/** Actions a client may send; the rest happen by time, by approval or by a resident's answer. */
export const commands = actions.filter((action) => {
  const row: Row = lifecycle[action];
  return row.by.some((party) => party !== 'system' && party !== 'approval');
});
