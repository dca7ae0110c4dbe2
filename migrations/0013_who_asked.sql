-- Nobody decides what they asked, whatever name they give: the client it was asked through is kept as well.
alter table approvals add column asked_by_client text;
