import { besideEffects } from './beside-effects.ts';
import type { Effects } from './change.ts';
import { dispatchEffects } from './dispatch-effects.ts';
import { endingEffects } from './ending-effects.ts';
import { handlingEffects } from './handling-effects.ts';
import { intakeEffects } from './intake-effects.ts';
import { reviewEffects } from './review-effects.ts';

/** What each action does beside moving the order. An action that is not here only moves it. */
export const effects: Effects = {
  ...intakeEffects,
  ...dispatchEffects,
  ...handlingEffects,
  ...reviewEffects,
  ...endingEffects,
  ...besideEffects,
};
