-- Graded measures against a unit (及时提醒、限期整改、追责问责): what was demanded, by when, and what it said.
create sequence graded_measure_numbers;
create table graded_measures (
  id             uuid        primary key,
  number         text        not null unique,
  version        int         not null,
  unit           text        not null,
  grade          text        not null check (grade in ('remind', 'rectify', 'referral')),
  demand         text        not null,
  work_order_ids uuid[]      not null,
  by_unit        text        not null,
  raised_by      jsonb       not null,
  raised_at      timestamptz not null,
  automatic      boolean     not null,
  faults         int,
  rectify_by     timestamptz,
  state          text        not null check (state in ('issued', 'replied', 'closed', 'lapsed')),
  replies        jsonb       not null,
  outcome        text,
  follows        uuid        references graded_measures,
  ended_at       timestamptz,
  check ((grade = 'rectify') = (rectify_by is not null)),
  check ((state in ('closed', 'lapsed')) = (ended_at is not null))
);
create index graded_measures_unit on graded_measures (unit, id desc);
create index graded_measures_due on graded_measures (rectify_by) where state = 'issued' and rectify_by is not null;
create index graded_measures_waiting on graded_measures (unit, id) where state = 'issued';
create index graded_measures_answered on graded_measures (by_unit, id) where state = 'replied';

-- What both sides say of the other's conduct (双向监督), for the hotline and inspectors alone.
create table conduct_remarks (
  id         uuid        primary key,
  order_id   uuid        not null references work_orders,
  request_id uuid        references requests,
  about      text        not null check (about in ('unit', 'resident')),
  tone       text        not null check (tone in ('praise', 'complaint')),
  text       text        not null,
  unit       text        not null,
  by_side    text        not null check (by_side in ('unit', 'resident', 'hotline')),
  by_actor   text        not null,
  by_unit    text,
  at         timestamptz not null
);
create index conduct_remarks_order on conduct_remarks (order_id);
create index conduct_remarks_unit on conduct_remarks (unit, id desc);
