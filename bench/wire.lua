-- Sends the requests of a file, one after another, each thread from its own place in it.
-- A line holds method, path and body, parted by tabs; each {id} becomes an id never used before,
-- each {lon}, {lat} and {at} another place and another time of half a year.
local requests, thread_number = {}, 0

function setup(thread)
  thread:set("number", thread_number)
  thread_number = thread_number + 1
end

function init(args)
  math.randomseed(os.time() * 64 + number)
  for line in io.lines(args[1]) do
    local method, path, body = line:match("^(%S+)\t(%S+)\t(.*)$")
    requests[#requests + 1] = {method = method, path = path, body = body}
  end
  turn = math.random(#requests)
end

local function new_id()
  local random = math.random
  return string.format(
    "%08x-%04x-7%03x-8%03x-%06x%06x", os.time(), random(0, 65535), random(0, 4095),
    random(0, 4095), random(0, 16777215), random(0, 16777215))
end

local fresh = {
  id = new_id,
  lon = function() return string.format("%.6f", -2.7 + 0.9 * math.random()) end,
  lat = function() return string.format("%.6f", 53.35 + 0.35 * math.random()) end,
  at = function()
    local random = math.random
    return string.format(
      "2026-%02d-%02dT%02d:%02d:%02dZ",
      random(4, 9), random(28), random(0, 23), random(0, 59), random(0, 59))
  end,
}

function request()
  turn = turn % #requests + 1
  local chosen = requests[turn]
  if chosen.body == "" then
    return wrk.format(chosen.method, chosen.path)
  end
  return wrk.format(chosen.method, chosen.path, nil, (chosen.body:gsub("{(%a+)}", function(name)
    return fresh[name] and fresh[name]()
  end)))
end

function done(summary, latency, _)
  local failed = summary.errors
  print(string.format(
    '{"requests": %d, "seconds": %.6f, "p50_ms": %.3f, "p99_ms": %.3f, "failed": %d}',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1000,
    latency:percentile(99) / 1000,
    failed.connect + failed.read + failed.write + failed.status + failed.timeout))
end
