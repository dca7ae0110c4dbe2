import type { City } from './city.ts';
import { superiors } from './city.ts';
import { clockKinds } from './clock-rules.ts';
import { type CountRung, type LadderPolicy, ladderAddressees, type Rung, type RungMoment } from './ladder.ts';
import { gradeRank, supervisionGrades } from './supervision.ts';

/** What is wrong with a row, or with rows together; `row` is the id of the (later) one. */
export type LadderFault = Readonly<{ row: string; fault: LadderFaultCode }>;
export type LadderFaultCode =
  | 'id-missing'
  | 'id-reserved'
  | 'id-twice'
  | 'clock-missing'
  | 'clock-unknown'
  | 'action-missing'
  | 'addressee-unknown'
  | 'grade-unknown'
  | 'grade-falls'
  | 'moment-out-of-range'
  | 'above-the-top'
  | 'urgent-never'
  | 'times-out-of-range'
  | 'action-not-of-the-count';

/** Every fault of a ladder before it may be put in force; empty for a sound one. */
export function ladderFaults(
  { rungs, counts, hot }: Omit<LadderPolicy, 'version' | 'validFrom'>,
  city: City,
): readonly LadderFault[] {
  const seen = new Set<string>();
  const faults: LadderFault[] = [];
  const add = (row: string, fault: LadderFaultCode, stands: boolean): void => {
    if (stands) faults.push({ row, fault });
  };
  for (const { id } of [...rungs, ...counts]) {
    add(id, 'id-missing', id.trim() === '');
    add(id, 'id-reserved', id === reserved);
    add(id, 'id-twice', seen.has(id));
    seen.add(id);
  }
  for (const rung of rungs) {
    const { id, clocks, actions, at, urgency } = rung;
    add(id, 'clock-missing', clocks.length === 0);
    add(
      id,
      'clock-unknown',
      clocks.some((kind) => !clockKinds.includes(kind)),
    );
    add(id, 'action-missing', actions.length === 0);
    add(
      id,
      'addressee-unknown',
      actions.some((a) => (a.do === 'urge' || a.do === 'tell') && !ladderAddressees.includes(a.whom)),
    );
    add(
      id,
      'grade-unknown',
      actions.some((a) => a.do === 'supervise' && !supervisionGrades.includes(a.grade)),
    );
    add(id, 'moment-out-of-range', !isSane(at));
    add(id, 'urgent-never', urgency !== 'normal' && actions.some((a) => a.do === 'sign_by_timeout'));
  }
  for (const row of counts) {
    add(row.id, 'times-out-of-range', !isWhole(row.times, row.count === 'leads' ? 2 : 1, 100));
    add(row.id, 'action-not-of-the-count', !isOfTheCount(row));
  }
  const { people, orders, days } = hot;
  add('hot', 'times-out-of-range', ![people, orders, days].every((n) => isWhole(n, 1, 100_000)));
  return [...faults, ...climbingFaults(rungs, city)];
}

/** An arbiter decides returns; what is unsolved goes back to work the first time, and nothing else does by a count. */
const isOfTheCount = ({ count, times, action }: CountRung): boolean =>
  (action !== 'arbitration' || count === 'returns') && (action !== 'rework' || (count === 'unsolved' && times === 1));

/** The mark of what a clock's own passing has done; it lies among the rungs that have fired. */
const reserved = 'due';

/** On one clock the levels add up, and grades only rise with time. */
function climbingFaults(rungs: readonly Rung[], city: City): readonly LadderFault[] {
  const top = Math.max(0, ...[...city.units.keys()].map((code) => superiors(city, code).length));
  return clockKinds
    .flatMap((kind) => {
      const own = rungs.filter((rung) => rung.clocks.includes(kind));
      let levels = 0;
      const tooHigh = own.filter(({ actions }) => {
        const up = actions.map((a) => (a.do === 'one_level_up' ? a.levels : 0));
        levels += up.reduce((sum, n) => sum + n, 0);
        return (
          actions.some((a) => a.do === 'one_level_up' && !isWhole(a.levels, 1, 10)) ||
          (Math.max(0, ...up) > 0 && levels > top)
        );
      });
      const falls = own.filter((later) => own.some((earlier) => fallsBelow(earlier, later)));
      return [
        ...tooHigh.map(({ id }): LadderFault => ({ row: id, fault: 'above-the-top' })),
        ...falls.map(({ id }): LadderFault => ({ row: id, fault: 'grade-falls' })),
      ];
    })
    .filter((fault, i, all) => all.findIndex((f) => f.row === fault.row && f.fault === fault.fault) === i);
}

/** Whether a later rung supervises more mildly than an earlier one; only days after the limit can be compared. */
function fallsBelow(earlier: Rung, later: Rung): boolean {
  if (!('workingDaysAfter' in earlier.at) || !('workingDaysAfter' in later.at)) return false;
  if (earlier.at.workingDaysAfter >= later.at.workingDaysAfter) return false;
  return hardest(later) >= 0 && hardest(later) < hardest(earlier);
}

const hardest = ({ actions }: Rung): number =>
  Math.max(-1, ...actions.map((a) => (a.do === 'supervise' ? gradeRank(a.grade) : -1)));

function isSane(at: RungMoment): boolean {
  if ('percent' in at) return at.percent >= 1 && at.percent <= 100;
  if ('workingDaysAfter' in at) return isWhole(at.workingDaysAfter, 1, 250);
  if ('workingHoursFromStart' in at) return isWhole(at.workingHoursFromStart, 1, 2000);
  if ('minutesFromStart' in at) return isWhole(at.minutesFromStart, 1, 525_600);
  return at.factor >= 1 && at.factor <= 10;
}

const isWhole = (n: number, least: number, most: number): boolean => Number.isInteger(n) && n >= least && n <= most;
