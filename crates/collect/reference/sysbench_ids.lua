-- Counts of a million ids of 1 to 1000, in bins of 20, as sysbench draws them:
--   for type in special uniform gaussian pareto; do
--     sysbench --rand-seed=1 --rand-type=$type --events=1 --time=0 sysbench_ids.lua run | grep BIN | sed "s/BIN/$type/"
--   done
function event()
  local counts = {}
  for bin = 1, 50 do counts[bin] = 0 end
  for _ = 1, 1000000 do
    local bin = math.floor((sysbench.rand.default(1, 1000) - 1) / 20) + 1
    counts[bin] = counts[bin] + 1
  end
  for bin = 1, 50 do print(string.format("BIN\t%d\t%d", (bin - 1) * 20 + 1, counts[bin])) end
end
