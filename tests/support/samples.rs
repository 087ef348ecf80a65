//! Small good files.

/// Three samples of JMeter.
pub const JTL: &str = "\
timeStamp,elapsed,label,responseCode,threadName,success,bytes,sentBytes,allThreads,Latency
1700000000000,12,GET /,200,t 1-1,true,850,95,2,10
1700000000005,7,GET /,200,t 1-2,true,850,95,2,6
1700000000012,9,GET /,503,t 1-1,false,180,95,2,8
";

/// One run of wrk.
pub const WRK: &str = "\
Running 1m test @ http://10.0.0.2:8080/index.html
  14 threads and 30 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   145.04us   46.81us   5.13ms   91.51%
    Req/Sec    13.28k     0.99k   20.61k    74.52%
  11193155 requests in 1.00m, 8.84GB read
Requests/sec: 186242.18
Transfer/sec:    150.61MB
";

/// A spectrum of HdrHistogram.
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

/// Two tags of an interval log.
pub const HLOG: &str = "\
#[Logged with jHiccup version 2.0.7-SNAPSHOT, by hand]
#[Histogram log format version 1.2]
#[StartTime: 1441812279.474 (seconds since epoch), Wed Sep 09 08:24:39 PDT 2015]
\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"
0.127,1.007,2.769,HISTFAAAAEV42pNpmSzMwMCgyAABTBDKT4GBgdnNYMcCBvsPEBEJISEuATEZMQ4uASkhIR4nrxg9v2lMaxhvMekILGZkKmcCAEf2CsI=
Tag=A,1.134,0.999,0.442,HISTFAAAAEJ42pNpmSzMwMAgxwABTBDKT4GBgdnNYMcCBvsPEBEWLj45FTExAT4pBSEBKa6UkAgBi1uM7xjfMMlwMDABAC0CCjM=
";

/// Cells of a publication.
pub const PUBLISHED: &str = "\
table,workload,metric,unit,clients,statistic,system,value,printed,status,note
4,http,latency,ms,10,mean,osv,1.5,1.50,read,
4,http,latency,ms,10,stdev,osv,,-,lost,cut off
4,http,request_rate,1/s,10,mean,linux,1000,1000,read,
";

/// Both a spectrum and an interval log, by its lines.
pub const TWO_FORMATS: &str = "\
\"Value\",\"Percentile\",\"TotalCount\",\"1/(1-Percentile)\"
1.000,0.000000000000,2,1.00
9.000,1.000000000000,6,Infinity
#[Histogram log format version 1.2]
";
