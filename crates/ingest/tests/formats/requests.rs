//! One small good file per layout that holds requests.

pub const JMETER_CSV: &str = "\
timeStamp,elapsed,label,responseCode,responseMessage,threadName,success,bytes,sentBytes,grpThreads,allThreads,Latency
1700000000100,35,Home,200,OK,Users 1-1,true,5120,120,2,2,30
1700000000040,12,\"Search, \"\"all\"\"\",400,\"Bad
 Request\",Users 1-2,true,211,126,2,2,0
1700000000200,2001,Home,Non HTTP response code: java.net.SocketTimeoutException,timed out,Users 1-1,false,0,0,2,2,0
1700000000010,47,Visit,200,\"Number of samples in transaction : 2, number of failing samples : 0\",Users 1-1,true,5331,246,2,2,0
";

pub const JMETER_TABS: &str = "\
timeStamp\telapsed\tlabel\tresponseCode\tsuccess
1700000000100\t35\tТест.Эхо\t200\tfalse

1700000000140\t12\t/\t\tfalse
";

pub const JMETER_XML: &str = "\
<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<testResults version=\"1.2\">
<httpSample t=\"35\" lt=\"30\" ts=\"1700000000100\" s=\"true\" lb=\"Home &amp; away\" rc=\"200\" tn=\"U 1-1\" by=\"51\" na=\"2\">
  <httpSample t=\"5\" lt=\"3\" ts=\"1700000000110\" s=\"true\" lb=\"style.css\" rc=\"200\" tn=\"U 1-1\" by=\"9\" na=\"2\"/>
</httpSample>
<com.example.Plugin t=\"7\" lt=\"0\" ts=\"1700000000090\" s=\"false\" lb=\"plugin\" rc=\"\" tn=\"U 1-2\" by=\"0\" na=\"2\"/>
</testResults>
";

pub const K6_JSON: &str = "\
{\"type\":\"Metric\",\"data\":{\"name\":\"http_req_duration\",\"type\":\"trend\",\"submetrics\":[]},\"metric\":\"http_req_duration\"}
{\"metric\":\"http_req_duration\",\"type\":\"Point\",\"data\":{\"time\":\"2024-08-21T23:39:15.5-03:00\",\"value\":500.25,\"tags\":{\"expected_response\":\"true\",\"method\":\"POST\",\"name\":\"http://h/p\",\"status\":\"200\",\"value\":\"3\"}}}
{\"data\":{\"tags\":{\"name\":\"say \\\"hi\\\"\",\"method\":\"GET\",\"status\":\"0\",\"error_code\":\"1050\"},\"value\":60000,\"time\":\"2024-08-21T23:40:16Z\"},\"type\":\"Point\",\"metric\":\"http_req_duration\"}
{\"metric\":\"http_req_waiting\",\"type\":\"Point\",\"data\":{\"time\":\"2024-08-21T23:39:15.5-03:00\",\"value\":499.0,\"tags\":{}}}
";

pub const K6_CSV: &str = "\
metric_name,timestamp,metric_value,check,error,error_code,expected_response,group,method,name,proto,scenario,status,url
http_reqs,1700000001,1.000000,,,,true,,GET,http://h/a,HTTP/1.1,default,200,http://h/a
http_req_duration,1700000001,245.591442,,,,true,,GET,http://h/a,HTTP/1.1,default,200,http://h/a
http_req_duration,1700000002,12.5,,\"a, b\",1404,false,,GET,http://h/b,HTTP/1.1,default,404,http://h/b
";

pub const TABLE_CSV: &str = "\
began;took;what;code;due
2024-01-01 00:00:01.5;1.25;/a;200;
2024-01-01 00:00:00.5;0.75;/b;503;2024-01-01 00:00:00.25
";
pub const TABLE_CSV_MAP: &[&str] =
    &["sent=began", "latency=took:ms", "operation=what", "status=code", "due=due"];

pub const TABLE_NDJSON: &str = "\
{\"at\": 12.5, \"data\": {\"ms\": 1.5, \"ok\": true}}
{\"at\": 12.0, \"data\": {\"ms\": 250, \"ok\": false}}
";
pub const TABLE_NDJSON_MAP: &[&str] = &["done=at:s", "latency=data.ms:ms", "success=data.ok"];
