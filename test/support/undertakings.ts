import { isRefusal } from '../../src/domain/refusal.ts';
import type { Table } from '../../src/domain/table.ts';
import { decideUndertaking, type UndertakingCommand } from '../../src/domain/undertake.ts';
import {
  type Undertaking,
  type UndertakingAction,
  type UndertakingParty,
  type UndertakingSaid,
  type UndertakingState,
  undertakingLife,
  undertakingParties,
} from '../../src/domain/undertaking.ts';
import type { Actor } from '../../src/domain/work-order.ts';
import type { asks } from './powers.ts';
import { agrees } from './tables.ts';

/** The table of an undertaking's life, as other tables are read. */
export const lifeTable: Table<UndertakingAction, UndertakingState, UndertakingParty, string> = undertakingLife;

export const undertakingWords: { [A in UndertakingAction]: UndertakingSaid[A] } = {
  note: { text: 'half of it is dry' },
  plan: { plan: 'pump, then dig' },
  assign: { unit: 'street-b' },
  finish: { result: 'done', text: 'dry' },
  refuse: { reason: 'still wet' },
  decide: { taken: true },
  cancel: { reason: 'the rain stopped' },
  lapse: { reason: 'work order closed' },
};

/** Holds one action against the table: it is taken from whom the table says, and from nobody else. */
export function heldToLife(
  of: Undertaking,
  action: UndertakingAction,
  actors: readonly Actor[],
  setting: (actor: Actor) => ReturnType<typeof asks>,
  said: Partial<UndertakingSaid> = {},
): void {
  for (const actor of actors) {
    const command = { action, said: said[action] ?? undertakingWords[action] } as UndertakingCommand;
    const outcome = decideUndertaking(of, command, setting(actor));
    const parties = undertakingParties(actor, of, setting(actor).city);
    agrees(lifeTable, action, of.state, parties, isRefusal(outcome) ? outcome : { to: outcome.undertaking.state });
  }
}
