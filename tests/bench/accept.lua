-- Reports to the gateway: a new random key for each, every second one with an e-mail contact.
local n = 0
function init(args) math.randomseed(os.time()) end
local function uuid()
  n = n + 1
  return string.format("%08x-%04x-4%03x-a%03x-%04x%08x", math.random(0, 0x7fffffff), math.random(0, 0xffff), math.random(0, 0xfff), math.random(0, 0xfff), math.random(0, 0xffff), n)
end
local text = string.rep("Beredar kabar bahwa bantuan dibagikan lewat tautan ini. ", 6)
function request()
  local contact = ""
  if n % 2 == 0 then contact = ',"contact":{"channel":"email","address":"warga' .. n .. '@contoh.example","consent":true}' end
  local body = '{"kind":"hoax","text":"' .. text .. n .. '","urls":["https://example.org/bantuan"],"area":"32.74.01.1001"' .. contact .. '}'
  return wrk.format("POST", nil, {["Content-Type"] = "application/json", ["Idempotency-Key"] = uuid()}, body)
end
function done(summary)
  io.write(string.format('{"what": "accept", "n": %d, "seconds": %.3f, "per_second": %.1f, "errors": %d}\n', summary.requests, summary.duration / 1e6,
    summary.requests / (summary.duration / 1e6), summary.errors.status + summary.errors.timeout + summary.errors.connect + summary.errors.read + summary.errors.write))
end
