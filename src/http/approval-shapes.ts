import { z } from 'zod';
import { approvalKinds, rejectionClasses, suspensionCauses } from '../domain/approval.ts';
import { states } from '../domain/work-order.ts';
import { momentOut } from './shapes.ts';

const approvalOut0 = {
  id: z.string(),
  kind: z.enum([...approvalKinds, 'admission']),
  reason: z.string(),
  terms: z.unknown(),
  askedBy: z.string(),
  askedByUnit: z.string().nullable(),
  askedAt: momentOut,
  decider: z.object({ role: z.string().nullable(), unit: z.string().nullable() }),
  dueAt: momentOut.nullable(),
  state: z.enum(['pending', 'granted', 'refused', 'withdrawn', 'lapsed']),
  decidedBy: z.string().nullable(),
  decidedAt: momentOut.nullable(),
  decisionReason: z.string().nullable(),
  succeeds: z.string().nullable(),
};

export const approvalOut = z.object(approvalOut0).meta({ id: 'Approval' });

/** An approval outside its order, as lists show it. */
export const approvalInList = z
  .object({
    ...approvalOut0,
    workOrder: z
      .object({ id: z.string(), number: z.string(), title: z.string(), state: z.enum(states) })
      .nullable()
      .describe('null for an admission, which belongs to no order, unless one showed the need'),
  })
  .meta({ id: 'ApprovalInList' });

export const rejectionClass = z.enum(rejectionClasses);

export const suspensionCause = z.enum(suspensionCauses);
