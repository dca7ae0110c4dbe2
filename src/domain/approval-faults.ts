import { type ApprovalKind, type ApprovalTerms, extensions, rejectionClasses } from './approval.ts';
import { dueAtFactor } from './clocks.ts';
import { deadline } from './deadline.ts';
import { appealFault, exclusionFault } from './exclusion.ts';
import { contestFault } from './late-mark.ts';
import { fifteenDaysAfter, type Setting } from './obstacles.ts';
import { clockOf, timetableOf } from './order-clocks.ts';
import { pauseFault } from './pauses.ts';
import type { RefusalCode } from './refusal.ts';
import type { Instant } from './time.ts';
import type { WorkOrder } from './work-order.ts';

type Fault = (order: WorkOrder, terms: ApprovalTerms, setting: Setting) => RefusalCode | null;

const said = (value: string | undefined): boolean => value !== undefined && value.trim() !== '';
const oneWorkingDay = (order: WorkOrder, from: Instant, { city }: Setting): Instant =>
  deadline({ start: from, kind: 'working_day', amount: 1, ...timetableOf(city, order.owner) }).dueAt;
const inReturnTime = (order: WorkOrder, setting: Setting): boolean =>
  order.dispatchedAt !== null && setting.now <= oneWorkingDay(order, order.dispatchedAt, setting);
const marked = (order: WorkOrder, mark: 'make_safe' | 'site_visit') =>
  order.notes.findLast((n) => n.mark === mark && n.unit === order.owner);

const paused =
  (grant: 'suspended' | 'on_account'): Fault =>
  (order, { cause, until, plan }, setting) => {
    if (grant === 'on_account' && !said(plan)) return 'basis-missing';
    if (
      grant === 'on_account' &&
      order.approvals.filter((a) => a.kind === 'on_account' && a.state === 'granted').length > 1
    )
      return 'extensions-used';
    if (until === undefined) return 'in-the-past';
    // A renewal begins where the first ends.
    const first = order.state === 'on_account' ? clockOf(order, 'pause_end')?.dueAt : undefined;
    if (first !== undefined && until <= first) return 'not-later';
    const reason = cause ?? (grant === 'on_account' ? 'season_or_engineering' : '');
    const fault = pauseFault(
      grant,
      { reason, from: first ?? setting.now, until },
      timetableOf(setting.city, order.owner),
    );
    return fault === null
      ? null
      : (
          {
            'pause-cause-not-listed': 'cause-not-listed',
            'pause-too-long': 'too-long',
            'pause-already-over': 'in-the-past',
          } as const
        )[fault];
  };

/** What keeps each kind from being asked at all. */
export const faults: Readonly<Record<ApprovalKind, Fault>> = {
  return: (order, { basis, proposedUnit }, setting) => {
    if (order.designated) return 'designated';
    if (!said(basis)) return 'basis-missing';
    if (!said(proposedUnit) || !setting.city.units.has(proposedUnit ?? '')) return 'unit-unknown';
    if (proposedUnit === order.owner) return 'same-unit';
    if (order.approvals.some((a) => a.kind === 'return' && a.askedByUnit === order.owner && a.succeeds === null))
      return 'returned-before';
    const category = order.category === null ? undefined : setting.city.categories.get(order.category);
    if (category?.safety === true && marked(order, 'make_safe') === undefined) return 'make-safe-first';
    return inReturnTime(order, setting) ? null : 'return-late';
  },
  dispute: (order, { basis, proposedUnit }, setting) => {
    if (!said(basis)) return 'basis-missing';
    if (said(proposedUnit) && !setting.city.units.has(proposedUnit ?? '')) return 'unit-unknown';
    const visit = marked(order, 'site_visit');
    const afterVisit = visit !== undefined && setting.now <= oneWorkingDay(order, visit.at, setting);
    return inReturnTime(order, setting) || afterVisit ? null : 'dispute-late';
  },
  extension: (order, { dueAt }, setting) => {
    if (order.tier === 'emergency') return 'emergency-never';
    const resolve = clockOf(order, 'resolve');
    if (resolve === undefined) return 'extension-late';
    if (extensions(order) > 1) return 'extensions-used';
    if (dueAt === undefined || dueAt <= resolve.dueAt) return 'not-later';
    if (oneWorkingDay(order, setting.now, setting) > resolve.dueAt) return 'extension-late';
    const most = dueAtFactor(resolve, 2, timetableOf(setting.city, resolve.unit)).dueAt;
    return extensions(order) === 0 && dueAt > most ? 'too-long' : null;
  },
  suspension: paused('suspended'),
  on_account: paused('on_account'),
  hand_over: (order, { unit, power }, { city }) => {
    if (!said(power)) return 'basis-missing';
    if (!city.units.has(unit ?? '')) return 'unit-unknown';
    return unit === order.owner ? 'same-unit' : null;
  },
  // Without one the reason is the explanation.
  termination: (_order, { explanation }) =>
    explanation === undefined || said(explanation) ? null : 'explanation-missing',
  rejection: (_order, terms) =>
    said(terms.explanation) && (rejectionClasses as readonly (string | undefined)[]).includes(terms.class)
      ? null
      : 'explanation-missing',
  objection: (order, { against }, { now }) => {
    if (against !== undefined) return appealFault(order, against, now);
    return order.endedAt !== null && now > fifteenDaysAfter(order.endedAt) ? 'requester-window' : null;
  },
  exclusion: exclusionFault,
  late_mark: contestFault,
};
