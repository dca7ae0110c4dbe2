-- Pictures of publications: laid out in the draft, and in what is shown. What was made before there were any has none.
update publications set draft = draft || '{"pictures": []}' where not draft ? 'pictures';
alter table publication_snapshots disable trigger publication_snapshots_stay;
update publication_snapshots set content = content || '{"pictures": []}' where not content ? 'pictures';
alter table publication_snapshots enable trigger publication_snapshots_stay;
