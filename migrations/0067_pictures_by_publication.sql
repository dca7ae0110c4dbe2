-- A picture is asked for below its publication, whose last snapshot is found by its own key.
drop index publication_snapshots_pictures;
