import type { Fault } from './configuration.ts';

/**
 * When too much is too much. A unit whose exclusions pass `exclusionShare` of the answers about it in a calendar month is
 * named to the centre's leader, from `exclusionsFrom` exclusions on. A unit found at fault `faults` times within
 * `faultDays` gets a measure, the next one harder as long as the last is less than `memoryDays` old; `rectifyDays` are
 * the working days it has to put things right.
 */
export type JudgingPolicy = Readonly<{
  exclusionShare: number;
  exclusionsFrom: number;
  faults: number;
  faultDays: number;
  memoryDays: number;
  rectifyDays: number;
}>;

export const defaultJudgingPolicy: JudgingPolicy = {
  exclusionShare: 0.05,
  exclusionsFrom: 3,
  faults: 3,
  faultDays: 30,
  memoryDays: 90,
  rectifyDays: 5,
};

/** What is wrong with a policy. */
export function judgingPolicyFaults(policy: JudgingPolicy): readonly Fault[] {
  const { exclusionShare, ...whole } = policy;
  return [
    ...(exclusionShare > 0 && exclusionShare <= 1
      ? []
      : [{ pointer: '/exclusionShare', message: 'is above 0 and at most 1' }]),
    ...Object.entries(whole)
      .filter(([, value]) => !Number.isInteger(value) || value < 1)
      .map(([key]) => ({ pointer: `/${key}`, message: 'is a whole number of at least 1' })),
  ];
}

/** Whether a unit has had more answers excluded than the policy lets pass without a word. */
export const isOverCap = (
  { excluded, answers }: Readonly<{ excluded: number; answers: number }>,
  { exclusionShare, exclusionsFrom }: JudgingPolicy,
): boolean => excluded >= exclusionsFrom && excluded > answers * exclusionShare;
