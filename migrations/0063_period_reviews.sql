-- What was said of a unit around the score of a period (述职评议): the report of its leader, the remarks at the meeting with
-- the unit's answers, and the ratings that follow. It is filled after the evaluation has closed, too, whose row stands still.
create table period_reviews (
  evaluation_id uuid  not null references evaluations,
  unit          text  not null,
  report        jsonb,
  remarks       jsonb not null,
  ratings       jsonb not null,
  primary key (evaluation_id, unit)
);
