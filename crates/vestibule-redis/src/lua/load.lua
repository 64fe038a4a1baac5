-- KEYS[4] the record    ARGV[4] the session's key
-- It runs with every request: `live` of other verbs reads what only those need.
local record = redis.call('HMGET', KEYS[4], 'f', 'm', 'a', 'g', 'd')
local f, m = record[1], record[2]
if not f then
  return {whole(now), 'absent'}
end
check_layout(f, m)
local _, began, _, absolute_end = struct.unpack('>BI8I8I8', f)
local scopes = f:sub(FIXED_SIZE + 1, FIXED_SIZE + 32 * struct.unpack('>I2', f, FIXED_SIZE - 1))
local reason = why_over(ARGV[4], scopes, began, absolute_end, (struct.unpack('>I8', m)))
if reason then
  return {whole(now), reason}
end
return {whole(now), 'live', record}
