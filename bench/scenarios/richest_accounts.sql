\set bid random(1, :scale)
select aid, abalance from pgbench_accounts where bid = :bid order by abalance desc, aid limit 20;
