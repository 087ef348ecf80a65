-- An event that sleeps for 0.2 to 50 ms, in a fixed order. Run by sysbench.py.
local ffi = require("ffi")
ffi.cdef("int usleep(unsigned int microseconds);")
local index = 0

function event()
  index = index + 1
  ffi.C.usleep(200 * (1 + index * 7919 % 250))
end
