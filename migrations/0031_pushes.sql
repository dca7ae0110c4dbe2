-- Why a push was refused: off the duty list, or an assessment task that only the district sets.
alter table refused_pushes add column code text not null default 'off-duty-list';
