select bid, count(*), sum(abalance), avg(abalance) from pgbench_accounts group by bid order by bid;
