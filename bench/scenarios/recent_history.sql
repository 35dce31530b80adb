\set tid random(1, 10 * :scale)
select tid, count(*), sum(delta) from pgbench_history where tid between :tid and :tid + 4 group by tid order by tid;
