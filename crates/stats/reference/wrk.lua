-- Writes what wrk knows after a run, beside what it prints: the corrected latency histogram in microseconds, the Req/Sec
-- histogram, and the numbers that the correction is made from. Run by wrk.py.
local percents = { 1, 25, 50, 75, 90, 99, 99.9, 100 }

local function dump(out, name, stats)
  out:write(string.format("%s mean %.17g\n%s stdev %.17g\n", name, stats.mean, name, stats.stdev))
  for _, percent in ipairs(percents) do
    out:write(string.format("%s percentile %g %d\n", name, percent, stats:percentile(percent)))
  end
  for index = 1, #stats do
    out:write(string.format("%s entry %d %d\n", name, stats(index)))
  end
end

local pipeline = tonumber(os.getenv("WRK_PIPELINE"))
local batch

function init(args)
  local requests = {}
  for index = 1, pipeline do
    requests[index] = wrk.format("GET", "/")
  end
  batch = table.concat(requests)
end

function request()
  return batch
end

function done(summary, latency, requests)
  local out = io.open(os.getenv("WRK_DUMP"), "w")
  out:write(string.format("run runtime_us %d\nrun complete %d\nrun timeouts %d\n",
    summary.duration, summary.requests, summary.errors.timeout))
  dump(out, "latency", latency)
  dump(out, "requests", requests)
  out:close()
end
