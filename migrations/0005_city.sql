-- A key is replaced by a second one of the same name, so for a while there are two.
alter table clients drop constraint clients_name_key;
create index clients_name on clients (name);

-- A directory's warnings are accepted in writing, like those of the areas.
alter table directory_versions add column accepted_warnings text;
