//! One small good file per layout.

use crate::{recordings, requests};

/// Format, name of the layout, text, `--map` entries it needs.
pub const ALL: &[(&str, &str, &str, &[&str])] = &[
    ("wrk", "two runs", WRK, &[]),
    ("wrk2", "both spectra", WRK2, &[]),
    ("hgrm", "with footer", HGRM, &[]),
    ("hgrm", "comma separated", HGRM_CSV, &[]),
    ("hlog", "V2 with tags", HLOG, &[]),
    ("sysbench", "0.4", SYSBENCH_0_4, &[]),
    ("sysbench", "0.5", SYSBENCH_0_5, &[]),
    ("sysbench", "1.0", SYSBENCH_1_0, &[]),
    ("redis-benchmark", "two columns", REDIS_TWO, &[]),
    ("redis-benchmark", "eight columns", REDIS_EIGHT, &[]),
    ("redis-benchmark", "old terminal", REDIS_OLD, &[]),
    ("redis-benchmark", "new terminal", REDIS_NEW, &[]),
    ("redis-benchmark", "quiet", REDIS_QUIET, &[]),
    ("runs-csv", "one known column", RUNS_ONE, &[]),
    ("runs-csv", "mapped", RUNS_MAPPED, RUNS_MAP),
    ("published", "cells", PUBLISHED, &[]),
    ("jmeter-csv", "quotes and controllers", requests::JMETER_CSV, &[]),
    ("jmeter-csv", "tabs", requests::JMETER_TABS, &[]),
    ("jmeter-xml", "nested", requests::JMETER_XML, &[]),
    ("k6-json", "both orders of keys", requests::K6_JSON, &[]),
    ("k6-csv", "fourteen columns", requests::K6_CSV, &[]),
    ("access-log", "combined with request time", recordings::TIMED_LOG, &[]),
    ("access-log", "common", recordings::COMMON_LOG, &[]),
    ("gor", "with responses", recordings::GOR, &[]),
    ("arrivals-csv", "methods and paths", recordings::ARRIVALS, &[]),
    ("table-csv", "mapped", requests::TABLE_CSV, requests::TABLE_CSV_MAP),
    ("table-ndjson", "mapped", requests::TABLE_NDJSON, requests::TABLE_NDJSON_MAP),
];

pub const WRK: &str = "\
$ wrk -t2 -c10 -d30s --latency http://127.0.0.1:8080/a
[1, 2]Running 30s test @ http://127.0.0.1:8080/a
  2 threads and 10 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   635.91us    0.89ms   0.93m    93.69%
    Req/Sec    56.20k     0.91M  86.54G     -nan%
  Latency Distribution
     50%  250.00us
     99.9%    5.80s
  22464657 requests in 30.00s, 17.76GB read
  Socket errors: connect 1, read 2, write 3, timeout 42
  Non-2xx or 3xx responses: 7
Requests/sec: 748868.53
Transfer/sec:    606.33MB
-------------
Running 1m test @ http://127.0.0.1:8080/b
  1 threads and 1 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     0.00us    0.00us   0.00us    -nan%
    Req/Sec     0.00      0.00     0.00      -nan%
  0 requests in 1.00h, 0.00B read
Requests/sec:      0.00
Transfer/sec:       0.00B
";

pub const WRK2: &str = "\
Running 15s test @ http://localhost:8080
  1 threads and 4 connections
  Thread calibration: mean lat.: 1.106ms, rate sampling interval: 10ms
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     5.10ms    4.00ms  10.03ms   87.02%
    Req/Sec     2.11k   195.62     4.00k    72.53%
  Latency Distribution (HdrHistogram - Recorded Latency)
 50.000%    0.50ms 
100.000%   10.04ms 

  Detailed Percentile spectrum:
       Value   Percentile   TotalCount 1/(1-Percentile)

       0.100     0.000000            1         1.00
       0.500     0.500000            6         2.00
       0.500     0.750000            6         4.00
      10.039     1.000000            8          inf
#[Mean    =        3.000, StdDeviation   =        4.000]
#[Max     =       10.032, Total count    =            8]
#[Buckets =           27, SubBuckets     =         2048]
----------------------------------------------------------

  Latency Distribution
 50.000%  100.00us
100.000%  200.00us

  Detailed Percentile spectrum:
       Value   Percentile   TotalCount 1/(1-Percentile)

       0.100     0.000000            7         1.00
       0.200     1.000000            8          inf
#[Mean    =        0.113, StdDeviation   =        0.033]
#[Max     =        0.200, Total count    =            8]
#[Buckets =           27, SubBuckets     =         2048]
----------------------------------------------------------
  12 requests in 15.00s, 1.50KB read
Requests/sec:      0.80
Transfer/sec:     102.40B
";

pub const HGRM: &str = "\
       Value   Percentile   TotalCount 1/(1-Percentile)

       1.000     0.000000            2         1.00
       4.000     0.500000            5         2.00
       4.000     0.750000            5         4.00
       9.000     1.000000            6          inf
#[Mean    =        3.000, StdDeviation   =        2.800]
#[Max     =        9.000, Total count    =            6]
#[Buckets =           27, SubBuckets     =         2048]
";

pub const HGRM_CSV: &str = "\
\"Value\",\"Percentile\",\"TotalCount\",\"1/(1-Percentile)\"
1.000,0.000000000000,2,1.00
4.000,0.500000000000,5,2.00
9.000,1.000000000000,6,Infinity
";

pub const HLOG: &str = "\
#[Logged with jHiccup version 2.0.7-SNAPSHOT, by hand]
#[Histogram log format version 1.2]
#[StartTime: 1441812279.474 (seconds since epoch), Wed Sep 09 08:24:39 PDT 2015]
\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"
0.127,1.007,2.769,HISTFAAAAEV42pNpmSzMwMCgyAABTBDKT4GBgdnNYMcCBvsPEBEJISEuATEZMQ4uASkhIR4nrxg9v2lMaxhvMekILGZkKmcCAEf2CsI=
Tag=A,1.134,0.999,0.442,HISTFAAAAEJ42pNpmSzMwMAgxwABTBDKT4GBgdnNYMcCBvsPEBEWLj45FTExAT4pBSEBKa6UkAgBi1uM7xjfMMlwMDABAC0CCjM=
";

pub const SYSBENCH_0_4: &str = "\
sysbench 0.4.12:  multi-threaded system evaluation benchmark

Running the test with following options:
Number of threads: 10

Doing OLTP test.
Running mixed OLTP test
Doing read-only test
Threads started!
Time limit exceeded, exiting...
(last message repeated 9 times)
Done.

OLTP test statistics:
    queries performed:
        read:                            140
        write:                           0
        other:                           20
        total:                           160
    transactions:                        10     (5.00 per sec.)
    deadlocks:                           0      (0.00 per sec.)
    read/write requests:                 140    (70.00 per sec.)
    other operations:                    20     (10.00 per sec.)

Test execution summary:
    total time:                          2.0026s
    total number of events:              10
    total time taken by event execution: 1.9415
    per-request statistics:
         min:                                  2.20ms
         avg:                                  2.93ms
         max:                                  1.25s
         approx.  95 percentile:               3.34ms

Threads fairness:
    events (avg/stddev):           1.0000/0.00
    execution time (avg/stddev):   0.1941/0.01
";

pub const SYSBENCH_0_5: &str = "\
sysbench 0.5:  multi-threaded system evaluation benchmark

Running the test with following options:
Number of threads: 64
Report intermediate results every 5 second(s)

Threads started!

[   5s] threads: 64, tps: 7314.22, reads/s: 102526.15, writes/s: 0.00 response time: 12.78ms (99%)
[  10s] threads: 64, tps: 7552.42, reads/s: 105720.62, writes/s: 0.00, response time: 11.33ms (99%)
OLTP test statistics:
    queries performed:
        read:                            1400
        write:                           0
        other:                           200
        total:                           1600
    transactions:                        100    (10.00 per sec.)
    deadlocks:                           1      (0.10 per sec.)
    read/write requests:                 1400   (140.00 per sec.)
    other operations:                    200    (20.00 per sec.)

General statistics:
    total time:                          12.0065s
    total number of events:              100
    total time taken by event execution: 640.5s
    response time:
         min:                                  2.13ms
         avg:                                  8.49ms
         max:                                 57.61ms
         approx.  99 percentile:              11.33ms

Threads fairness:
    events (avg/stddev):           1.5625/0.50
    execution time (avg/stddev):   10.0078/0.02
";

pub const SYSBENCH_1_0: &str = "\
sysbench 1.0.12 (using bundled LuaJIT 2.1.0-beta2)

Running the test with following options:
Number of threads: 16
Report intermediate results every 1 second(s)

Threads started!

[ 1s ] thds: 16 tps: 7813.31 qps: 125160.69 (r/w/o: 109518.10/0.00/15642.59) lat (ms,95%): 2.30 err/s: 0.00 reconn/s: 0.00
SQL statistics:
    queries performed:
        read:                            1400
        write:                           0
        other:                           200
        total:                           1600
    transactions:                        100    (50.00 per sec.)
    queries:                             1600   (800.00 per sec.)
    ignored errors:                      0      (0.00 per sec.)
    reconnects:                          0      (0.00 per sec.)

General statistics:
    total time:                          2.0046s
    total number of events:              100

Latency (ms):
         min:                                  1.72
         avg:                                  1.98
         max:                                 12.34
         99th percentile:                      2.07
         sum:                                198.04

Threads fairness:
    events (avg/stddev):           6.2500/0.10
    execution time (avg/stddev):   0.0124/0.03
";

pub const REDIS_TWO: &str = "\
\"SET\",\"1754386.00\"
\"LPUSH (needed to benchmark LRANGE)\",\"142450.14\"
\"SET\",\"1754386.00\"
";

pub const REDIS_EIGHT: &str = "\
WARNING: Could not fetch server CONFIG
\"test\",\"rps\",\"avg_latency_ms\",\"min_latency_ms\",\"p50_latency_ms\",\"p95_latency_ms\",\"p99_latency_ms\",\"max_latency_ms\"
\"JSON.SET a . {\"x\":\"y\",\"z\":\"1\"}\",\"73391.80\",\"0.206\",\"0.024\",\"0.199\",\"0.327\",\"0.423\",\"16.463\"
";

pub const REDIS_OLD: &str = "[DBG] Run #1: Connections 60.
SET: -nan\rSET: 110380.00\r====== SET ======
  500000 requests completed in 4.80 seconds
  60 parallel clients
  50 bytes payload
  keep alive: 1

99.99% <= 1 milliseconds
100.00% <= 2 milliseconds
104253.55 requests per second

GET: 101669.01\rGET: 1045";

pub const REDIS_NEW: &str = "SET: rps=0.0 (overall: nan) avg_msec=nan (overall: nan)\r                                                       \r====== SET ======
  100000 requests completed in 0.66 seconds
  50 parallel clients
  3 bytes payload
  keep alive: 1
  host configuration \"save\": 3600 1 300 100 60 10000
  host configuration \"appendonly\": no
  multi-thread: no

Latency by percentile distribution:
0.000% <= 0.063 milliseconds (cumulative count 2)
50.000% <= 0.167 milliseconds (cumulative count 52122)
100.000% <= 1.495 milliseconds (cumulative count 100000)

Cumulative distribution of latencies:
0.000% <= 0.103 milliseconds (cumulative count 0)
100.000% <= 1.503 milliseconds (cumulative count 100000)

Summary:
  throughput summary: 151057.41 requests per second
  latency summary (msec):
          avg       min       p50       p95       p99       max
        0.175     0.040     0.167     0.223     0.383     1.495

";

pub const REDIS_QUIET: &str = "SET: -nan\rSET: 104253.55 requests per second
MSET (10 keys): rps=1.0\r  \rMSET (10 keys): 91743.12 requests per second, p50=0.255 msec
";

pub const RUNS_ONE: &str = "throughput_reqs\n26028.69\n25956.09\n";

pub const RUNS_MAPPED: &str = "\
benchmark;name;command;clients;n;duration;lines
b;rg;\"rg \"\"x\"\"; y\";1;1;0.25;7
b;rg;rg z;1;2;250e-3;7
b;grep;grep x;2;1;1.5;
";

pub const RUNS_MAP: &[&str] =
    &["workload=benchmark", "system=name", "clients=clients", "repetition=n", "run_time=duration:s"];

pub const PUBLISHED: &str = "\
table,workload,metric,unit,clients,statistic,system,value,printed,status,note
II,http,latency,ms,1,mean,OSv,954.29,954.29,read,
II,http,latency,ms,10,mean,OSv,,95.00%,lost,\"a percentage, misplaced\"
II,http,request_rate,%,100,within_stdev_percent,Docker,87.00,87.00%,read,
III,http,memory,MB,,used,OSv,185,185,uncertain,guessed
";
