-- KEYS[4] the record    ARGV[1] the least that the time can be    ARGV[4] the session's key
-- It runs with every request: as `live` of other verbs, without what only those need.
local record = redis.call('HMGET', KEYS[4], 'f', 'm', 'a', 'g', 'd')
local fixed, moving = record[1], record[2]
if not fixed then
  return {whole(now), 'absent'}
end
if fixed:byte() ~= 1 or #fixed < 75 or not moving or #moving ~= 90 then
  error('CORRUPT a record in another format')
end
local _, began, _, absolute_end = struct.unpack('>BI8I8I8', fixed)
local scopes = fixed:sub(76, 75 + 32 * struct.unpack('>I2', fixed, 74))
local idle_end = struct.unpack('>I8', moving)
if covered(ARGV[4], scopes, began) then
  return {whole(now), 'revoked'}
elseif now >= absolute_end then
  return {whole(now), 'expired'}
elseif now >= idle_end then
  return {whole(now), 'idle'}
end
return {whole(now), 'live', record}
