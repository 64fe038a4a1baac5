-- The moment, for a verb that changes nothing: `realm` is needed first when there is none, or it has to be put ahead.
-- KEYS[1] META    ARGV[1] the least that the time can be
local clock, meta = redis.call('TIME'), redis.call('HMGET', KEYS[1], 'birth', 'offset')
local birth = tonumber(meta[1] or nil)
local now = clock[1] * 1000 + math.floor(clock[2] / 1000) + (meta[2] or 0)

local function whole(number)
  return string.format('%.0f', number)
end

if not birth or ARGV[1] - now > 1000 then
  return {whole(now), 'unsettled'}
end
