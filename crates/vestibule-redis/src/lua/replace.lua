-- KEYS[5] the record    ARGV[5] the session's key    ARGV[6] version    ARGV[7] data
local s, ended = live(ARGV[5], KEYS[5])
if ended then
  return ended
end
if s.version ~= tonumber(ARGV[6]) then
  return {whole(now), 'conflict', whole_record(KEYS[5])}
end
s.version = s.version + 1
redis.call('HSET', KEYS[5], 'm', moving(s), 'd', ARGV[7])
tell('R' .. ARGV[5])
return {whole(now), 'replaced', whole_record(KEYS[5])}
