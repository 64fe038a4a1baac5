-- KEYS[4] the record    ARGV[4] the session's key    ARGV[5] holder    ARGV[6] for how long
local s, ended = live(ARGV[4], KEYS[4])
if ended then
  return ended
end
if s.holder ~= '' and s.holder ~= ARGV[5] and now < s.leased_until then
  return {whole(now), 'held', whole(s.leased_until)}
end
s.holder, s.leased_until = ARGV[5], now + ARGV[6]
redis.call('HSET', KEYS[4], 'm', moving(s))
return {whole(now), 'leased', whole_record(KEYS[4])}
