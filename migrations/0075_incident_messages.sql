-- Everybody who joined an incident is told of it by message: its updates, and at its end the question whether it is
-- restored, which a link answers. One message goes to a telephone, however many requests it made.
alter table messages rename column about to follow_up_id;
alter table messages
  alter column follow_up_id drop not null,
  add column incident_id uuid references incidents (id),
  drop constraint messages_kind_check,
  add constraint messages_kind_check check (kind in ('survey_link', 'incident_update', 'restored')),
  add constraint messages_about check (
    (kind = 'survey_link') = (follow_up_id is not null) and (kind <> 'survey_link') = (incident_id is not null));
create index messages_incident on messages (incident_id) where state = 'waiting';

-- A link answers a follow-up, or whether it is restored for one request of an incident.
alter table survey_links
  alter column follow_up_id drop not null,
  add column request_id uuid references incident_requests (request_id),
  add constraint survey_links_about check (num_nonnulls(follow_up_id, request_id) = 1);
