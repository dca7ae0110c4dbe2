import { clockKinds } from './clock-rules.ts';
import type { CountRung, LadderAction, LadderPolicy, Rung, RungMoment } from './ladder.ts';
import type { Instant } from './time.ts';
import { undertakingKinds } from './undertaking.ts';

const row = (
  id: string,
  clocks: Rung['clocks'],
  at: RungMoment,
  actions: readonly LadderAction[],
  only: Partial<Pick<Rung, 'tiers' | 'urgency'>> = {},
): Rung => ({ id, clocks, at, actions, tiers: null, urgency: null, ...only });

const limit: RungMoment = { percent: 100 };
const work = ['resolve', 'rework', 'promise', 'statutory'] as const;
const owed = undertakingKinds;
const tellsNobody: ReadonlySet<string> = new Set(['link', 'pause_end']);
const warned = clockKinds.filter((kind) => !tellsNobody.has(kind));
const slow = { tiers: ['ordinary', 'hard', 'consult'] } as const;
const fast = { tiers: ['emergency', 'utility'] } as const;

/** The rungs a city starts with, read by column: id, clocks, moment, what is done, only for. */
// biome-ignore format: one row per line
const rungs: readonly Rung[] = [
  row('warn',                 warned,          { percent: 80 },          [{ do: 'warn' }]),
  row('sign_limit',           ['sign'],        limit,                    [{ do: 'sign_by_timeout' }, { do: 'urge', whom: 'unit' }], { urgency: 'normal' }),
  row('unclaimed_1',     ['sign', 'rework'], { workingHoursFromStart: 1 }, [{ do: 'tell_post', whom: 'post_b' }], { urgency: 'normal' }),
  row('unclaimed_2',     ['sign', 'rework'], { workingHoursFromStart: 2 }, [{ do: 'tell_post', whom: 'office_head' }], { urgency: 'normal' }),
  row('unsigned_10',          ['sign'],        { minutesFromStart: 10 }, [{ do: 'ring', whom: 'post_b' }], { urgency: 'urgent' }),
  row('unsigned_20',          ['sign'],        { minutesFromStart: 20 }, [{ do: 'ring', whom: 'duty_leader' }], { urgency: 'urgent' }),
  row('unsigned_30',          ['sign'],        { minutesFromStart: 30 }, [{ do: 'human_acknowledgement' }], { urgency: 'urgent' }),
  row('contact_limit',        ['contact'],     limit,                    [{ do: 'urge', whom: 'unit' }, { do: 'tell', whom: 'street' }]),
  row('work_limit',           work,            limit,                    [{ do: 'urge', whom: 'unit' }], slow),
  row('work_limit_fast',      work,            limit,                    [{ do: 'urge', whom: 'unit' }, { do: 'tell', whom: 'duty_office' }], fast),
  row('work_supervised',      work,            { workingDaysAfter: 1 },  [{ do: 'supervise', grade: 'daily', by: 'street_of_place' }]),
  row('work_listed',          work,            { workingDaysAfter: 5 },  [{ do: 'supervise', grade: 'listed', by: 'street_of_place' }, { do: 'tell', whom: 'district' }]),
  row('work_twice',           work,            { factor: 2 },            [{ do: 'one_level_up', levels: 1 }]),
  row('assist_limit',         ['assist'],      limit,                    [{ do: 'urge', whom: 'unit' }]),
  row('assist_supervised',    ['assist'],      { workingDaysAfter: 1 },  [{ do: 'supervise', grade: 'daily', by: 'street_of_place' }]),
  row('verify_limit',         ['verify'],      limit,                    [{ do: 'urge', whom: 'verifier' }, { do: 'unverified' }]),
  row('hotline_limit',        ['dispatching', 'pass_down', 'review', 'follow_up', 'first_attempt'], limit, [{ do: 'urge', whom: 'unit' }, { do: 'tell', whom: 'shift_leader' }]),
  row('judgement_limit',      ['judgement'],   limit,                    [{ do: 'replace_judges' }, { do: 'tell', whom: 'shift_leader' }]),
  row('answer_limit',    ['answer_call'], limit,                   [{ do: 'urge', whom: 'unit' }, { do: 'tell', whom: 'street' }]),
  row('report_in_limit',      ['report_in'],   limit,                    [{ do: 'supervise', grade: 'daily', by: 'street_of_place' }, { do: 'tell', whom: 'district' }]),
  row('supervision_limit',    ['supervision_reply'], limit,              [{ do: 'next_grade' }]),
  row('owed_limit',           owed,            limit,                    [{ do: 'urge', whom: 'unit' }]),
  row('owed_told',            owed,            { workingDaysAfter: 1 },  [{ do: 'tell', whom: 'asker' }]),
  row('owed_up',              ['task_force', 'suggestion'], { workingDaysAfter: 1 }, [{ do: 'tell', whom: 'superior' }]),
];

const counts: readonly CountRung[] = [
  { id: 'second_return', count: 'returns', times: 2, action: 'arbitration' },
  { id: 'third_lead', count: 'leads', times: 3, action: 'problem_order' },
  { id: 'third_rework', count: 'reworks', times: 3, action: 'problem_order' },
  { id: 'unsolved', count: 'unsolved', times: 1, action: 'rework' },
  { id: 'unsolved_twice', count: 'unsolved', times: 2, action: 'supervision' },
];

/** The ladder a city starts with. */
export const defaultLadder: LadderPolicy = {
  version: 'default-1',
  validFrom: 0 as Instant,
  rungs,
  counts,
  hot: { people: 10, orders: 10, days: 30 },
};
